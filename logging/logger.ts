import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from '../config/config';
import { packageVersion } from '../config/package-version';
import { errorMembers } from './error-members';

export type { Logger } from 'pino';

/** The program that writes. */
export type Service = 'drover-api' | 'drover-worker';

/**
 * The log of a process: one JSON object a line, on standard output unless `destination` is given. Every line has `level` (a
 * word), `time` (ISO 8601, UTC), `service`, `version` and `msg`; a failure is in `error`.
 */
export function createLogger(
  service: Service,
  { logLevel }: Pick<Config, 'logLevel'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: logLevel,
    base: { service, version: packageVersion() },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: errorMembers, err: errorMembers },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
