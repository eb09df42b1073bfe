import { childEnvironment } from '../../config/dev';
import { SEARCH_ATTRIBUTE_TYPES } from '../../contracts/engine/naming';
import type { Part } from '../supervisor';
import { hasNamespace } from './temporal-probe';

export interface TemporalPartOptions {
  readonly binary: string;
  readonly port: number;
  /** Without it no UI is served. */
  readonly uiPort?: number;
  /** Made by the server when it is missing. */
  readonly namespace: string;
  /** SQLite file. Without it everything is in memory. */
  readonly databaseFile?: string;
  /** More `key=value` pairs of dynamic configuration, JSON values. */
  readonly dynamicConfig?: Readonly<Record<string, unknown>>;
}

const DYNAMIC_CONFIG: Readonly<Record<string, unknown>> = {
  // The development server polls its transfer queue 20 times a second at most, which delays every task of a busy job.
  'history.transferProcessorMaxPollRPS': 1_000,
  // One partition: with few pollers, four partitions make tasks wait for a forwarded poll.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'matching.enableFairness': true,
  // Its HTTP interface on a port by chance starts workflows for any page that posts a form. Nobody here uses it: the only host
  // name that it answers to is one that no browser can resolve (RFC 6761).
  'frontend.httpAllowedHosts': ['temporal.invalid'],
};

/** Temporal's development server: the whole server in one process, on the loopback interface. */
export function temporalPart(options: TemporalPartOptions): Part {
  const { port, uiPort, databaseFile, namespace } = options;
  const dynamicConfig = Object.entries({ ...DYNAMIC_CONFIG, ...options.dynamicConfig });
  const args = [
    ...[
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--log-level',
      'warn',
      '--namespace',
      namespace,
    ],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-ip', '127.0.0.1']),
    // Not synced at each commit: what a killed server has written is there all the same, and it takes three times the load.
    ...(databaseFile === undefined ? [] : ['--db-filename', databaseFile, '--sqlite-pragma', 'synchronous=0']),
    ...dynamicConfig.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
    ...Object.entries(SEARCH_ATTRIBUTE_TYPES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
  return {
    name: 'temporal',
    command: options.binary,
    args,
    env: childEnvironment({}),
    ports: [
      { port, variable: 'DROVER_TEMPORAL_PORT' },
      ...(uiPort === undefined ? [] : [{ port: uiPort, variable: 'DROVER_TEMPORAL_UI_PORT' }]),
    ],
    ready: () => hasNamespace(`127.0.0.1:${String(port)}`, namespace),
    readyTimeoutMs: 60_000,
    stopGraceMs: 10_000,
  };
}
