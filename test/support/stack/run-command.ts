import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { userEnvironment } from '../../../config/dev';
import { defined } from '../../../contracts/defined';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;

/** Runs a program to its end; a failure of its own is a result, not an exception. */
export function runProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { cwd, timeoutMs = TIMEOUT_MS }: { readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 };
    execFile(file, [...args], { ...limits, env, ...defined({ cwd }) }, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else reject(error);
    });
  });
}

/** The compiled `drover` command line. */
export function runDroverCli(
  apiUrl: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const script = join(PROJECT_ROOT, 'dist', 'cli', 'main.js');
  return runProgram(process.execPath, [script, ...args], { ...userEnvironment(), DROVER_API_URL: apiUrl, ...env });
}
