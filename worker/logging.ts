import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import type { Config } from '../config/config';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** One JSON line per event, from Temporal's runtime and from ours alike. Installed once per process, before any connection. */
export function installLogging(config: Config) {
  const logger = pino({ level: config.logLevel, base: { part: 'worker', pid: process.pid } });
  const forward = ({ level, message, meta }: LogEntry): void => {
    logger[LEVELS[level]](plain(meta), message);
  };
  // Temporal's own chatter at `info` tells of each activity; warnings and errors tell of trouble.
  const level = config.logLevel === 'info' ? 'WARN' : (config.logLevel.toUpperCase() as keyof typeof LEVELS);
  // Else the native part writes lines of its own to the terminal, in colour.
  const logging = { forward: {}, filter: { core: level, other: level } };
  Runtime.install({ logger: new DefaultLogger(level, forward), telemetryOptions: { logging } });
  return logger;
}

function plain(meta: LogEntry['meta']): object {
  return Object.fromEntries(Object.entries(meta ?? {}).filter(([key]) => key !== 'sdkComponent'));
}
