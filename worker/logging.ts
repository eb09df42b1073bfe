import { DefaultLogger, type LogEntry, Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Config } from '../config/config';
import { defined } from '../contracts/defined';
import { createLogger, type Logger } from '../logging/logger';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
const SEVERITIES = Object.keys(LEVELS);

/** Workers for batches and for events run no workflows. */
const IS_NORMAL = /^No workflows registered/;
/** Left to `workflows/failure-log.ts`: on its way out of the isolate, an error loses its code. */
const TOLD_BY_THE_WORKFLOW = 'Workflow failed';

/**
 * One JSON line per event, from Temporal's runtime, its native core, workflows and activities alike. To be called once per
 * process, before any connection. `metrics`: where the core serves its own.
 */
export function installLogging(
  config: Pick<Config, 'logLevel'>,
  metrics?: NonNullable<RuntimeOptions['telemetryOptions']>['metrics'],
  logger: Logger = createLogger('drover-worker', config),
): Logger {
  const level = config.logLevel.toUpperCase() as keyof typeof LEVELS;
  const quiet = quietLevel(level);
  // Else the native part writes lines of its own to the terminal, in colour.
  const logging = { forward: {}, filter: { core: quiet, other: quiet } };
  Runtime.install({
    logger: new DefaultLogger(level, forwardTo(logger, quiet)),
    telemetryOptions: { logging, ...defined({ metrics }) },
  });
  return logger;
}

/** Temporal's own chatter at `info` tells of each activity; its warnings and errors tell of trouble. */
function quietLevel(level: keyof typeof LEVELS): keyof typeof LEVELS {
  return level === 'INFO' ? 'WARN' : level;
}

export function forwardTo(logger: Logger, quiet: keyof typeof LEVELS): (entry: LogEntry) => void {
  return ({ level, message, meta = {} }) => {
    const { sdkComponent, ...members } = meta;
    const isOurs = sdkComponent !== 'worker' && sdkComponent !== 'core';
    if (!isOurs) {
      if (SEVERITIES.indexOf(level) < SEVERITIES.indexOf(quiet)) return;
      if (IS_NORMAL.test(message) || message === TOLD_BY_THE_WORKFLOW) return;
    }
    logger[LEVELS[level]](typeof sdkComponent === 'string' ? { part: sdkComponent, ...members } : members, message);
  };
}
