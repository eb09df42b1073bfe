import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { userEnvironment } from '../../../config/dev';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { runProgram } from './run-command';

/** npm's cache may be empty: hundreds of packages, on a machine that does other things. */
const NPM_TIMEOUT_MS = 400_000;

export interface InstalledPackage {
  /** The folder where the user is: `node_modules/` and nothing of ours besides. */
  readonly folder: string;
  /** The folder of the package itself. */
  readonly root: string;
  /** All its files, relative to `root`. */
  readonly files: readonly string[];
  /** What a person's shell has there, with the programs of the package in the PATH. */
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** The package as users get it: `npm pack`, and `npm install` of the file in an empty folder, without development dependencies. */
export async function installPackage(): Promise<InstalledPackage> {
  const home = mkdtempSync(join(tmpdir(), 'drover-package-'));
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  try {
    const [packed, folder] = ['packed', 'installed'].map((name) => join(home, name)) as [string, string];
    for (const one of [packed, folder]) mkdirSync(one);
    await npm(PROJECT_ROOT, 'pack', '--pack-destination', packed);
    const [file = ''] = readdirSync(packed);
    await npm(folder, 'install', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', join(packed, file));
    const root = join(folder, 'node_modules', 'drover');
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
    return { folder, root, files, env: shell(join(folder, 'node_modules', '.bin')), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function npm(cwd: string, ...args: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runProgram('npm', args, shell(), { cwd, timeoutMs: NPM_TIMEOUT_MS });
  if (exitCode !== 0) throw new Error(`npm ${args.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
}

/** Without what jest, npm and the tests of this checkout have set. The Node of this process comes first. */
function shell(...path: string[]): Record<string, string> {
  const env = userEnvironment();
  const kept = Object.entries(env).filter(
    ([name]) => !/^(npm_|NODE_|JEST_|DROVER_|TEMPORAL_|AWS_|INIT_CWD$)/i.test(name),
  );
  const PATH = [...path, dirname(process.execPath), env['PATH'] ?? ''].join(delimiter);
  return { ...Object.fromEntries(kept), PATH };
}
