import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { userEnvironment } from '../../config/dev';
import { PROJECT_ROOT } from '../../dev/parts/project-root';

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
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { env, timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
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
