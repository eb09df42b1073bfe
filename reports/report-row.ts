import { SUCCESSFUL, type Task, type TaskOutcome } from '../contracts/engine/outcome';
import { csvCell } from '../contracts/text/csv-cell';

/** What a report row can be written of: a pending task has none yet. */
export type FinalOutcome = Exclude<TaskOutcome, { status: 'pending' }>;

/**
 * One row of a completion report, line feed included. Columns: Bucket, Key (URL-encoded as in the manifest), VersionId,
 * TaskStatus, HTTPStatusCode, ErrorCode, ResultMessage. AWS's rows have the status before the error code although its
 * ReportSchema says the opposite (user guide, "Completion reports"): parsers in the wild depend on it.
 *
 * A plain success names the key that was meant where the manifest spells another: `a+b` unencoded is a success on `a b`.
 */
export function formatRow(task: Task, outcome: FinalOutcome): string {
  const { status, httpStatus } = outcome;
  const errorCode = outcome.status === 'failed' ? csvCell(outcome.errorCode) : '';
  const versionId = task.versionId === undefined ? '' : csvCell(task.versionId);
  const object = `${csvCell(task.bucket)},${csvCell(task.manifestKey)},${versionId}`;
  return `${object},${status},${httpStatus},${errorCode},${csvCell(messageOf(task, outcome))}\n`;
}

function messageOf({ key, manifestKey }: Task, outcome: FinalOutcome): string {
  const { message } = outcome;
  // Most manifests spell most keys as they are: then both are the same string.
  return key === manifestKey || outcome !== SUCCESSFUL ? message : `${message} (key: ${key})`;
}
