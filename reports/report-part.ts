import { defined } from '../contracts/defined';
import { DroverError } from '../contracts/engine/failures';
import type { Tally } from '../contracts/engine/outcome';
import type { Waiting } from '../contracts/engine/waiting';
import type { ReportScope } from '../contracts/job';

/** A task whose action was accepted and whose effect is awaited: all that is needed to look again and to write its row. */
export interface PendingTask {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly manifestKey: string;
  readonly row: number;
  /** Absent in jobs of former versions. */
  readonly waiting?: Waiting;
}

/** Which rows are kept; all are counted. `NoTasks`: a job of a former version without a report. */
export type PartScope = ReportScope | 'NoTasks';

/** The report rows of one batch. */
export interface ReportPart {
  readonly scope: PartScope;
  /** All tasks of the part, whether their rows are kept or not. */
  readonly tally: Tally;
  /** CSV text of the rows kept, each with its line feed. */
  readonly succeeded: string;
  readonly failed: string;
  /** Rows that were passed over, where those of succeeded tasks are not kept: another job may take them up. Absent: none. */
  readonly skipped?: string;
  readonly pending: readonly PendingTask[];
  /** The rows of the batch that an open part has, as in `BatchCheckpoint`. */
  readonly done?: string;
}

/** A part as bytes, cut into its sections without looking into them. */
export interface PartSections {
  readonly scope: PartScope;
  readonly tally: Tally;
  /** Views into the part's bytes, and the number of rows in them. */
  readonly succeeded: PartSection;
  readonly failed: PartSection;
  readonly skipped: Buffer;
  /** One JSON text per line. */
  readonly pending: Buffer;
  readonly done?: string;
}

export interface PartSection {
  readonly bytes: Buffer;
  readonly rows: number;
}

interface PartHeader {
  readonly v: 1;
  readonly scope: PartScope;
  readonly tally: Tally;
  /** Lengths of the sections, in the order in which they follow: succeeded, failed, pending. */
  readonly bytes: readonly [number, number, number];
  /** Length of a fourth section. Absent: there is none. */
  readonly skippedBytes?: number;
  readonly done?: string;
}

const LINE_FEED = 0x0a;

/** A line of JSON (see PartHeader), then the text of the sections. */
export function encodePart(part: ReportPart): Buffer {
  const pending = part.pending.map((task) => `${JSON.stringify(task)}\n`).join('');
  const sections = [part.succeeded, part.failed, pending].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
  const skipped = Buffer.from(part.skipped ?? '');
  const header: PartHeader = {
    v: 1,
    scope: part.scope,
    tally: part.tally,
    bytes: [sections[0].length, sections[1].length, sections[2].length],
    ...(skipped.length > 0 && { skippedBytes: skipped.length }),
    ...defined({ done: part.done }),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...sections, skipped]);
}

/** Throws `InternalError` when the bytes are not a whole part. */
export function slicePart(part: Uint8Array): PartSections {
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  const start = bytes.indexOf(LINE_FEED) + 1;
  const header = readHeader(bytes.toString('utf8', 0, start));
  const [succeeded, failed, pending] = header.bytes;
  const { skippedBytes = 0 } = header;
  const expected = start + succeeded + failed + pending + skippedBytes;
  if (bytes.length !== expected) {
    throw new DroverError('InternalError', `A report part has ${bytes.length} bytes instead of ${expected}`);
  }
  const { scope, tally, done } = header;
  const failedStart = start + succeeded;
  const pendingStart = failedStart + failed;
  return {
    scope,
    tally,
    succeeded: { bytes: bytes.subarray(start, failedStart), rows: keepsSucceeded(scope) ? tally.succeeded : 0 },
    failed: { bytes: bytes.subarray(failedStart, pendingStart), rows: keepsFailed(scope) ? tally.failed : 0 },
    skipped: bytes.subarray(expected - skippedBytes),
    pending: bytes.subarray(pendingStart, expected - skippedBytes),
    ...defined({ done }),
  };
}

/** The reverse of `encodePart`; throws like `slicePart`. */
export function decodePart(bytes: Uint8Array): ReportPart {
  const { scope, tally, succeeded, failed, skipped, pending, done } = slicePart(bytes);
  const lines = pending.toString('utf8').split('\n').slice(0, -1);
  return {
    scope,
    tally,
    succeeded: succeeded.bytes.toString('utf8'),
    failed: failed.bytes.toString('utf8'),
    ...(skipped.length > 0 && { skipped: skipped.toString('utf8') }),
    pending: lines.map((line) => JSON.parse(line) as PendingTask),
    ...defined({ done }),
  };
}

export function keepsSucceeded(scope: PartScope): boolean {
  return scope === 'AllTasks';
}

export function keepsFailed(scope: PartScope): boolean {
  return scope !== 'NoTasks';
}

function readHeader(line: string): PartHeader {
  try {
    const header = JSON.parse(line) as Omit<PartHeader, 'v'> & { readonly v: number };
    if (header.v === 1) return { ...header, v: 1 };
  } catch {
    // Told below, together with an unknown version.
  }
  throw new DroverError('InternalError', `A report part begins with "${line.slice(0, 40)}" instead of its header`);
}
