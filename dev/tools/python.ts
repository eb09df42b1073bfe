import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { userEnvironment } from '../../config/dev';
import { aptAvailable, aptInstall } from './apt';
import { runCommand } from './progress.cjs';
import { onPath } from './tool';

/**
 * Installs into a plain folder (`pip install --target`): unlike a virtual environment it can be moved, needs no ensurepip,
 * and is allowed where the system's Python is externally managed (PEP 668). Scripts land in `<into>/bin`.
 */
export async function pipInstall(requirements: readonly string[], into: string, label: string): Promise<void> {
  const env = userEnvironment();
  const pip = await findPip(into);
  const quiet = ['--no-input', '--disable-pip-version-check', '--no-warn-script-location'];
  await runCommand(pip.command, [...pip.args, 'install', ...quiet, '--target', into, ...requirements], { label, env });
  await rm(join(into, '.pip'), { recursive: true, force: true });
}

export async function pipAvailable(): Promise<boolean> {
  return onPath('python3');
}

/** The interpreter itself, past version managers' shims: scripts that name it work from anywhere. */
export async function pythonPath(): Promise<string> {
  return (await runCommand('python3', ['-c', 'import sys; print(sys.executable)'], { env: userEnvironment() })).trim();
}

interface Pip {
  readonly command: string;
  readonly args: readonly string[];
}

/** Debian splits pip and ensurepip off Python: its own pip, else one in a throw-away virtual environment, else apt for root. */
async function findPip(scratch: string): Promise<Pip> {
  const own: Pip = { command: 'python3', args: ['-m', 'pip'] };
  if (await works(own)) return own;
  const venv = join(scratch, '.pip');
  const made = await runCommand('python3', ['-m', 'venv', venv]).then(
    () => true,
    () => false,
  );
  const inVenv: Pip = { command: join(venv, 'bin', 'python3'), args: ['-m', 'pip'] };
  if (made && (await works(inVenv))) return inVenv;
  if (await aptAvailable()) {
    await aptInstall(['python3-pip']);
    if (await works(own)) return own;
  }
  throw new Error('Python has no pip here (Debian: apt install python3-pip)');
}

async function works(pip: Pip): Promise<boolean> {
  return runCommand(pip.command, [...pip.args, '--version'], { env: userEnvironment() }).then(
    () => true,
    () => false,
  );
}
