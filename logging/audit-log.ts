import { closeSync, openSync } from 'node:fs';
import { destination as openDestination, type DestinationStream } from 'pino';
import type { Config } from '../config/config';
import { DroverError } from '../contracts/engine/failures';
import { createLogger, type Logger } from './logger';

/** One request that changed something, or was refused. Undefined members are left out. */
export interface AuditEntry {
  /** The account and the access key that were proven. */
  readonly account: string | undefined;
  readonly accessKeyId: string | undefined;
  /** A configured key that the request named without proof. */
  readonly claimedAccessKeyId: string | undefined;
  /** The call's name, as S3 Control or the OpenAPI document has it. */
  readonly operation: string | undefined;
  readonly jobId: string | undefined;
  readonly scheduleId: string | undefined;
  readonly method: string;
  /** Without the query, which may hold a signature. */
  readonly path: string;
  /** The address of the connection, that of a proxy included. */
  readonly from: string | undefined;
  /** `X-Forwarded-For` as it was sent: anybody can write it. */
  readonly forwardedFor: string | undefined;
  readonly userAgent: string | undefined;
  /** Absent: the client left before an answer. */
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string;
  readonly durationMs: number;
}

export interface AuditLog {
  write(entry: AuditEntry): void;
  /** Opens the file anew: another program has moved it away. Does nothing without a file of its own. */
  reopen(): void;
  close(): void;
}

/** The entries are written whatever `logLevel` says. */
const AUDIT_LEVEL = 'info';
/** Readable by the group, for what ships logs. */
const FILE_MODE = 0o640;
/** A full disk refuses every line: the log tells it once in this time. */
const FAILURE_TOLD_INTERVAL_MS = 60_000;

/**
 * The audit log of the API: lines with `"log":"audit"` among the others of `log`, or the same lines in the file that
 * `api.auditLog` names. Each line is written before the next request is looked at. Throws InvalidConfiguration for a file that
 * can't be written.
 */
export function openAuditLog({ api, logLevel }: Pick<Config, 'api' | 'logLevel'>, log: Logger): AuditLog {
  const marks = { log: 'audit' };
  if (api.auditLog === undefined) {
    const lines = log.child(marks, { level: AUDIT_LEVEL });
    return { write: (entry) => lines.info(entry, 'audit'), reopen: () => undefined, close: () => undefined };
  }
  const path = api.auditLog;
  const file = openFile(path);
  let toldAt = -Infinity;
  const complain = (error: unknown): void => {
    if (Date.now() - toldAt < FAILURE_TOLD_INTERVAL_MS) return;
    toldAt = Date.now();
    log.error({ error, file: path }, 'the audit log can not be written');
  };
  file.on('error', complain);
  const lines = createLogger('drover-api', { logLevel }, file).child(marks, { level: AUDIT_LEVEL });
  return {
    write: (entry) => lines.info(entry, 'audit'),
    reopen: () => {
      try {
        // A reopening that fails half-way would leave the old file to be closed twice.
        closeSync(openSync(path, 'a', FILE_MODE));
        file.reopen();
      } catch (error) {
        complain(error);
      }
    },
    close: () => file.end(),
  };
}

type LogFile = DestinationStream & ReturnType<typeof openDestination>;

function openFile(path: string): LogFile {
  try {
    return openDestination({ dest: path, sync: true, mkdir: false, mode: FILE_MODE });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `The audit log ${path} can not be written (api.auditLog, DROVER_AUDIT_LOG): ${why}`;
    throw new DroverError('InvalidConfiguration', message, { cause: error });
  }
}
