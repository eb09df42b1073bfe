import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a running process was started, or undefined when there is none. Process ids are used again by the system; id and start
 * together tell whether the process is still the one that was recorded. (Its command line would not: a launcher script
 * becomes the program it launches.)
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform !== 'linux') return identityFromPs(pid);
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // proc(5): the name may contain spaces and parentheses; state is the first field after it, start time the 22nd of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function identityFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return line.trim() === '' ? undefined : line.trim();
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  return processIdentity(pid) !== undefined;
}

/** Signals the process group that `pid` leads. A group that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
