import { readdirSync, readFileSync } from 'node:fs';
import { runCommand } from '../dev/tools/progress.cjs';

/** CPU and memory as Linux accounts for them in /proc (proc(5)). Other systems have no such files: see `usageAvailable`. */

export function usageAvailable(): boolean {
  return process.platform === 'linux';
}

export async function clockTicksPerSecond(): Promise<number> {
  return Number((await runCommand('getconf', ['CLK_TCK'])).trim());
}

/** Fields of /proc/<pid>/stat, counted from the state, which follows the name in parentheses. */
const GROUP = 2;
const UTIME = 11;
const STIME = 12;
const CUTIME = 13;
const CSTIME = 14;

/** Seconds of CPU, user and system, that each process group has used; children that have ended and been waited for included. */
export function groupCpuSeconds(
  groups: Readonly<Record<string, number>>,
  ticksPerSecond: number,
): Record<string, number> {
  const names = new Map(Object.entries(groups).map(([name, pid]) => [pid, name]));
  const seconds = Object.fromEntries(Object.keys(groups).map((name) => [name, 0]));
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statFields(entry);
    const name = names.get(Number(fields[GROUP]));
    if (name === undefined) continue;
    seconds[name] = (seconds[name] ?? 0) + sum(fields, [UTIME, STIME, CUTIME, CSTIME]) / ticksPerSecond;
  }
  return seconds;
}

/** Seconds of CPU of the children of this process that have ended. */
export function endedChildrenCpuSeconds(ticksPerSecond: number): number {
  return sum(statFields('self'), [CUTIME, CSTIME]) / ticksPerSecond;
}

/** Resident memory now, in bytes; undefined when the process is gone. */
export function residentBytes(pid: number): number | undefined {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
    return line === null ? undefined : Number(line[1]) * 1_024;
  } catch {
    return undefined;
  }
}

function statFields(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function sum(fields: readonly string[], indices: readonly number[]): number {
  return indices.reduce((total, index) => total + Number(fields[index] ?? 0), 0);
}
