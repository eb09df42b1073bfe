import { adviceFor } from '../contracts/engine/failures';
import { markdownTable } from '../contracts/engine/job-start';
import type { Tally } from '../contracts/engine/outcome';
import type { ChunkRange } from '../contracts/engine/plan';
import type { JobInput, JobSnapshot, JsonObject } from '../contracts/job';
import { limitsText } from '../contracts/text/limits-text';
import { preparingText } from '../contracts/text/preparing-text';
import { reportText, requestFacts } from '../contracts/text/request-text';
import { grouped } from '../contracts/text/text';

/** Markdown for the Temporal UI's "current details". */
export function jobDetails(input: JobInput, snapshot: JobSnapshot): string {
  const { plan } = input;
  const request = input.request as unknown as JsonObject;
  return markdownTable([
    ['Status', snapshot.status],
    ['Waiting for', snapshot.waitingFor],
    ...snapshot.failureReasons.flatMap(({ FailureCode, FailureReason }): Row[] => [
      ['Failure', `${FailureCode}: ${FailureReason}`],
      ['Advice', adviceFor(FailureCode)],
    ]),
    ['Description', input.request.Description],
    ['Operation', plan.operation],
    ['Read', readText(snapshot)],
    ['Duplicates', duplicatesText(snapshot)],
    ['Refused rows', refusedText(snapshot)],
    ['Tasks', tasksText(snapshot)],
    ...tallyRows(snapshot.tally),
    ['Report', reportText(request, snapshot.reportManifestKey)],
    ['Chunks in flight', snapshot.chunksInFlight.join(', ')],
    ['Priority', String(snapshot.priority)],
    ['Limits', limitsText(snapshot.limits)],
    ['Reason', snapshot.statusUpdateReason],
    ...requestFacts(request),
  ]);
}

/** With the share that has run, in whole percent. */
function tasksText({ totalTasks, tally: { succeeded, failed } }: JobSnapshot): string | undefined {
  if (totalTasks === undefined) return undefined;
  const done = succeeded + failed;
  return totalTasks === 0 ? '0' : `${grouped(totalTasks)} (${Math.floor((100 * done) / totalTasks)} % done)`;
}

/** Undefined once the tasks are known. */
function readText({ preparing, totalTasks }: JobSnapshot): string | undefined {
  return preparing === undefined || totalTasks !== undefined ? undefined : preparingText(preparing);
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
  return markdownTable([
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
