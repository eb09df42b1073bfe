import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userEnvironment } from '../../../config/dev';
import { type CommandResult, runProgram } from '../stack/run-command';

/** The AWS SDK and its parts, compiled for the first time, take a minute of CPU; Go caches both them and what it fetched. */
const BUILD_TIMEOUT_MS = 300_000;

/** Builds the program of this folder with the AWS SDK for Go v2, and runs it. */
export async function runGoClient(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-go-client-'));
  try {
    const binary = join(folder, 'client');
    await buildGo(__dirname, binary);
    return await runProgram(binary, args, env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Compiles the program in the folder `source` to the file `binary`. */
export function buildGo(source: string, binary: string): Promise<void> {
  const env = { ...userEnvironment(), GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0' };
  return new Promise((resolve, reject) => {
    execFile(
      'go',
      ['build', '-o', binary, '.'],
      { cwd: source, env, timeout: BUILD_TIMEOUT_MS },
      (error, _, stderr) => {
        if (error === null) resolve();
        else reject(new Error(`go build: ${stderr}`, { cause: error }));
      },
    );
  });
}
