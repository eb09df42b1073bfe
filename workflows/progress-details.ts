import { adviceFor } from '../contracts/failures';
import type { JobInput, JobSnapshot } from '../contracts/job';
import type { Tally } from '../contracts/outcome';
import type { ChunkRange } from '../contracts/plan';
import { sourceText } from '../contracts/source-text';
import { grouped } from '../contracts/text';

/** Markdown for the Temporal UI's "current details". */
export function jobDetails(input: JobInput, snapshot: JobSnapshot): string {
  const { request, plan } = input;
  const { kind, text } = sourceText(request);
  return table([
    ['Status', snapshot.status],
    ['Waiting for', snapshot.waitingFor],
    ['Operation', plan.operation],
    [kind, request.Manifest?.Location.ObjectArn ?? text],
    ['Read', preparingText(snapshot)],
    ['Duplicates', duplicatesText(snapshot)],
    ['Refused rows', refusedText(snapshot)],
    ['Tasks', snapshot.totalTasks === undefined ? undefined : grouped(snapshot.totalTasks)],
    ...tallyRows(snapshot.tally),
    ['Chunks in flight', snapshot.chunksInFlight.join(', ')],
    ['Priority', String(snapshot.priority)],
    ['Role', request.RoleArn],
    ['Reason', snapshot.statusUpdateReason],
    ...snapshot.failureReasons.flatMap(({ FailureCode, FailureReason }): Row[] => [
      ['Failure', `${FailureCode}: ${FailureReason}`],
      ['Advice', adviceFor(FailureCode)],
    ]),
    ['Report', snapshot.reportManifestKey],
  ]);
}

/** Undefined once the tasks are known. */
function preparingText({ preparing, totalTasks }: JobSnapshot): string | undefined {
  if (preparing === undefined || totalTasks !== undefined) return undefined;
  const { read, rows, parts, partsDone } = preparing;
  return `${grouped(read)} rows, of which ${grouped(rows)} pass; ${partsDone} of ${parts} parts`;
}

function duplicatesText({ preparing }: JobSnapshot): string | undefined {
  return preparing?.duplicates === undefined ? undefined : grouped(preparing.duplicates);
}

function refusedText({ preparing }: JobSnapshot): string | undefined {
  const { refusedRows = 0 } = preparing ?? {};
  return refusedRows === 0 ? undefined : `${grouped(refusedRows)} in buckets that the role may not use`;
}

export function chunkDetails(chunk: {
  readonly range: ChunkRange;
  readonly started: number;
  readonly running: number;
  readonly tally: Tally;
}): string {
  const { range } = chunk;
  return table([
    ['Batches', `${range.firstBatch} to ${range.firstBatch + range.batches - 1}`],
    ['Handed out', `${chunk.started} of ${range.batches}`],
    ['In flight', String(chunk.running)],
    ...tallyRows(chunk.tally),
  ]);
}

type Row = readonly [string, string | undefined];

function tallyRows(tally: Tally): Row[] {
  return [
    ['Succeeded', grouped(tally.succeeded)],
    ['Skipped', tally.skipped === undefined ? undefined : `${grouped(tally.skipped)} of those succeeded`],
    ['Failed', grouped(tally.failed)],
    ['Awaited', tally.pending === 0 ? undefined : grouped(tally.pending)],
  ];
}

function table(rows: readonly Row[]): string {
  const lines = rows
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `| ${name} | ${cell(value ?? '')} |`);
  return ['| | |', '|---|---|', ...lines].join('\n');
}

/** Text that people gave must not break the table. */
function cell(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
}
