import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { runCommand } from '../tools/progress.cjs';

const PORT_MAX = 65_535;

/** A port that a part will listen on, and the variable that moves it. */
export interface PortClaim {
  readonly port: number;
  readonly variable: string;
}

/**
 * Rejects with a message that names every port in use, who uses it and which variable moves it; and every one that two variables
 * give to different servers.
 */
export async function assertPortsFree(claims: readonly PortClaim[]): Promise<void> {
  const taken: string[] = contested(claims);
  for (const { port, variable } of claims) {
    if (port > PORT_MAX) {
      taken.push(`port ${String(port)} (${variable}) is above ${String(PORT_MAX)}; set ${variable} to a lower one`);
      continue;
    }
    if (await isFree(port)) continue;
    const owner = (await portOwner(port)) ?? 'another process';
    taken.push(`port ${String(port)} (${variable}) is in use by ${owner}; set ${variable} to another port or stop it`);
  }
  if (taken.length > 0) throw new Error(taken.join('\n'));
}

function contested(claims: readonly PortClaim[]): string[] {
  return claims.flatMap(({ port, variable }, index) => {
    const other = claims.slice(0, index).find((claim) => claim.port === port);
    if (other === undefined) return [];
    return [`port ${String(port)} is taken by both ${other.variable} and ${variable}: set one of them to another port`];
  });
}

export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** First ports of the ranges searched: below the range that systems hand out by themselves. */
const SEARCH_FROM = 12_000;
const SEARCH_TO = 22_000;

/**
 * The first of `count` consecutive ports that are free, with each one's port + `alsoAt` free too. Starts at a random place, so
 * that two stacks that start at the same time seldom meet.
 */
export async function freePorts(count: number, alsoAt: readonly number[] = []): Promise<number> {
  const span = SEARCH_TO - SEARCH_FROM - count;
  const start = Math.floor(Math.random() * span);
  for (let step = 0; step < span; step += count) {
    const first = SEARCH_FROM + ((start + step) % span);
    const wanted = Array.from({ length: count }, (_, index) => first + index).flatMap((port) => [
      port,
      ...alsoAt.map((more) => port + more),
    ]);
    if (await allFree(wanted)) return first;
  }
  throw new Error(`no ${String(count)} free ports in a row between ${String(SEARCH_FROM)} and ${String(SEARCH_TO)}`);
}

async function allFree(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (!(await isFree(port))) return false;
  return true;
}

/** "process 4711 (node server.js)", if the system tells. */
async function portOwner(port: number): Promise<string | undefined> {
  const pid = process.platform === 'linux' ? ownerFromProc(port) : await ownerFromLsof(port);
  if (pid === undefined) return undefined;
  const command = commandLine(pid);
  return `process ${String(pid)}${command === undefined ? '' : ` (${command})`}`;
}

const LISTENING = '0A';

/** proc(5): /proc/net/tcp gives the socket's inode, and the owner has it among its file descriptors. */
function ownerFromProc(port: number): number | undefined {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readText(table).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === LISTENING && Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16) === port) {
        inodes.add(fields[9] ?? '');
      }
    }
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => sockets(pid).some((inode) => inodes.has(inode)));
}

function sockets(pid: number): string[] {
  const folder = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

async function ownerFromLsof(port: number): Promise<number | undefined> {
  const text = await runCommand('lsof', ['-nP', `-iTCP:${String(port)}`, '-sTCP:LISTEN', '-t']).catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return pid > 0 ? pid : undefined;
}

function commandLine(pid: number): string | undefined {
  const text = readText(`/proc/${String(pid)}/cmdline`)
    .replaceAll('\0', ' ')
    .trim();
  return text === '' ? undefined : text.slice(0, 120);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
