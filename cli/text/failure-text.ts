import { isTerminal } from '../../contracts/engine/lifecycle';
import { reportText } from '../../contracts/text/request-text';
import { type ApiClient, ApiError, type Job, UnreachableError } from '../api-client';

/** A row of a report has a key of 1,024 bytes and a message of a store. */
const ROW_BYTES_MAX = 16 * 1024;

/** Why the job failed, line by line: code and reason, and what to do about it. */
export function failureLines({ failureReasons }: Job): (readonly ['Failure' | 'Advice', string])[] {
  return failureReasons.flatMap(({ FailureCode, FailureReason, Advice }) => [
    ['Failure', `${FailureCode}: ${FailureReason}`] as const,
    ...(Advice === undefined ? [] : [['Advice', Advice] as const]),
  ]);
}

/** What a person can do who sees failures and no reason for them. */
export function lacksReport({ progress: { failed }, request }: Job): string[] {
  if (failed === 0 || reportText(request, undefined) !== 'none') return [];
  return ['Why tasks failed is not kept, for the job has no report: ask for one with --report s3://bucket/folder'];
}

/** The first failed row of an ended job's report, as CSV: object and answer of the store. Undefined when there is none, or none can be read. */
export async function firstFailedRow(api: ApiClient, job: Job): Promise<string | undefined> {
  if (!isTerminal(job.status) || job.progress.failed === 0 || job.reportManifestKey === undefined) return undefined;
  try {
    return await firstLine(await api.reportRows(job.jobId, 'failed'));
  } catch (error) {
    // The job is what was asked for.
    if (error instanceof ApiError || error instanceof UnreachableError) return undefined;
    throw error;
  }
}

async function firstLine(rows: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  let begun = Buffer.alloc(0);
  for await (const bytes of rows) {
    begun = Buffer.concat([begun, bytes]);
    if (begun.includes('\n') || begun.length > ROW_BYTES_MAX) break;
  }
  const [line = ''] = begun.subarray(0, ROW_BYTES_MAX).toString('utf8').split('\n');
  return line === '' ? undefined : line;
}
