import type { Task, TaskOutcome } from '../contracts/outcome';

/** What a report row can be written of: a pending task has none yet. */
export type FinalOutcome = Exclude<TaskOutcome, { status: 'pending' }>;

const NEEDS_QUOTES = /[",\r\n]/;

/**
 * One row of a completion report, line feed included. Columns: Bucket, Key (URL-encoded as in the manifest), VersionId,
 * TaskStatus, HTTPStatusCode, ErrorCode, ResultMessage. AWS's rows have the status before the error code although its
 * ReportSchema says the opposite (user guide, "Completion reports"): parsers in the wild depend on it.
 */
export function formatRow(task: Task, outcome: FinalOutcome): string {
  const { status, httpStatus } = outcome;
  const errorCode = outcome.status === 'failed' ? quoted(outcome.errorCode) : '';
  const versionId = task.versionId === undefined ? '' : quoted(task.versionId);
  const object = `${quoted(task.bucket)},${quoted(task.manifestKey)},${versionId}`;
  return `${object},${status},${httpStatus},${errorCode},${quoted(outcome.message)}\n`;
}

function quoted(field: string): string {
  return NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
