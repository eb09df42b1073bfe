import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LIMITS } from '../../contracts/limits';
import { installedDuckDB } from './installed';

/** Compiled beside this file, and there as it is in the sources. */
const PROGRAM = path.join(__dirname, 'duckdb-process.cjs');

/** Node 20 has the flag under its former name. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/**
 * Limits of the kernel, by the shell that then becomes Node: no core dump, no byte into any file, few open files, and no more
 * memory than is allowed. A system that does not know one of them goes on without it.
 */
const LIMITED = [
  ...['-c 0', '-f 0', '-n 64', `-d ${LIMITS.select.processMiB * 1_024}`].map((limit) => `ulimit ${limit} 2>/dev/null`),
  'exec "$@"',
].join('; ');

export type SandboxProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a process with DuckDB that has no environment, no right to read, write or run anything but its own code, and bounds
 * of memory. SQL reaches it only as `print.ts` has written it; this is what is left to something that gets by.
 *
 * @throws DroverError BadRequestException when DuckDB is not installed.
 */
export function startSandbox(): SandboxProcess {
  const { apiPath, bindingsPath, folders } = installedDuckDB();
  const command = [
    process.execPath,
    PERMISSION,
    '--allow-addons',
    ...[...folders, path.dirname(PROGRAM)].map((folder) => `--allow-fs-read=${folder}${path.sep}*`),
    `--max-old-space-size=${LIMITS.select.heapMiB}`,
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    ...[PROGRAM, apiPath, bindingsPath, String(LIMITS.select.memoryMiB)],
  ];
  const [program, args] =
    process.platform === 'win32'
      ? [process.execPath, command.slice(1)]
      : ['/bin/sh', ['-c', LIMITED, 'sh', ...command]];
  return spawn(program, args, { cwd: path.parse(PROGRAM).root, env: {}, stdio: ['pipe', 'pipe', 'pipe'] });
}
