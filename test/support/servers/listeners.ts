import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isAlive } from '../../../dev/parts/process-identity.cjs';

/** Every process that was started on this home, whoever its parent is by now. Empty where there is no /proc. */
export function processesOf(home: string): number[] {
  const readable = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return readable.map(Number).filter((pid) => {
    try {
      return isAlive(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`DROVER_HOME=${home}`);
    } catch {
      return false;
    }
  });
}

/** The state LISTEN in /proc/net/tcp: proc(5). */
const LISTENING = '0A';

/** TCP ports of IPv4 and IPv6 that these processes listen on. */
export function listeningPorts(pids: readonly number[]): number[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1));
  const ports = rows.flatMap((row) => {
    const fields = row.trim().split(/\s+/);
    if (fields[3] !== LISTENING || !inodes.has(fields[9] ?? '')) return [];
    return [Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16)];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}

function socketInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}
