import { resolve } from 'node:path';
import type { TemporalConfig } from '../../config/config';
import { childEnvironment } from '../../config/dev';
import { jobsQueue } from '../../contracts/engine/naming';
import type { Part } from '../supervisor';
import { PROJECT_ROOT } from './project-root';
import { polls } from './temporal-probe';

/**
 * Requests live for milliseconds, by the thousand: with V8's default of 16 MiB for young objects many are copied before they
 * die. 64 was not clearly quicker on the benchmark's stub, and memory grew past its bound. The same flag stands in package.json
 * and docker-compose.yml.
 */
const WORKER_NODE_FLAGS = ['--max-semi-space-size=32'];

export interface ApiPartOptions {
  readonly host: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

export function apiPart({ host, port, env }: ApiPartOptions): Part {
  // An address that means "all" is no address to connect to.
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  return {
    name: 'api',
    ...entry('api/main.js'),
    env: childEnvironment({ ...env, DROVER_API_HOST: host, DROVER_API_PORT: String(port) }),
    ports: [{ port, variable: 'DROVER_API_PORT' }],
    ready: async () =>
      (await fetch(`http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${String(port)}/healthz`)).ok,
    readyTimeoutMs: 60_000,
    stopGraceMs: 15_000,
  };
}

export interface WorkerPartOptions {
  readonly number: number;
  readonly env: Readonly<Record<string, string>>;
  readonly temporal: TemporalConfig;
}

export function workerPart(options: WorkerPartOptions): Part {
  return {
    name: `worker-${String(options.number)}`,
    ...entry('worker/main.js', WORKER_NODE_FLAGS),
    env: childEnvironment(options.env),
    ports: [],
    ready: (pid) => polls(pid, options.temporal, jobsQueue(options.temporal.taskQueue)),
    readyTimeoutMs: 90_000,
    // Batches in hand are given time to end or to write down where they stand.
    stopGraceMs: 40_000,
  };
}

function entry(file: string, flags: readonly string[] = []): { command: string; args: string[] } {
  const args = ['--enable-source-maps', ...flags, resolve(PROJECT_ROOT, 'dist', file)];
  return { command: process.execPath, args };
}
