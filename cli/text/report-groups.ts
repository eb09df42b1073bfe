import { count } from '../output';
import { fittedTable } from './layout';
import { REPORT_COLUMNS } from './report-rows';

/** More kinds of failures than a person reads: a function may give each task a code of its own. */
const GROUPS_MAX = 1_000;

export interface ReportGroup {
  readonly taskStatus: string;
  readonly httpStatusCode: string;
  readonly errorCode: string;
  readonly tasks: number;
  /** The first row of the group. */
  readonly example: { readonly bucket: string; readonly key: string; readonly message: string };
}

export interface ReportGroups {
  /** The largest first. */
  readonly groups: readonly ReportGroup[];
  /** Tasks of codes that came after too many others. */
  readonly otherTasks: number;
}

/** Counts rows by status and code. */
export async function groupRows(rows: AsyncIterable<readonly string[]>): Promise<ReportGroups> {
  const groups = new Map<string, { group: ReportGroup; tasks: number }>();
  let otherTasks = 0;
  for await (const row of rows) {
    const group = groupOf(row);
    const name = JSON.stringify([group.taskStatus, group.httpStatusCode, group.errorCode]);
    const known = groups.get(name);
    if (known !== undefined) known.tasks += 1;
    else if (groups.size < GROUPS_MAX) groups.set(name, { group, tasks: 1 });
    else otherTasks += 1;
  }
  const sorted = [...groups.values()].sort((a, b) => b.tasks - a.tasks);
  return { groups: sorted.map(({ group, tasks }) => ({ ...group, tasks })), otherTasks };
}

function groupOf(row: readonly string[]): ReportGroup {
  const cell = (name: (typeof REPORT_COLUMNS)[number]): string => row[REPORT_COLUMNS.indexOf(name)] ?? '';
  return {
    taskStatus: cell('TaskStatus'),
    httpStatusCode: cell('HTTPStatusCode'),
    errorCode: cell('ErrorCode'),
    tasks: 1,
    example: { bucket: cell('Bucket'), key: cell('Key'), message: cell('ResultMessage') },
  };
}

export function groupsText({ groups, otherTasks }: ReportGroups, columns: number | undefined): string {
  if (groups.length === 0) return 'No rows.';
  const rows = groups.map(({ tasks, taskStatus, httpStatusCode, errorCode, example }) => [
    count(tasks),
    taskStatus,
    httpStatusCode,
    errorCode === '' ? '-' : errorCode,
    `${example.bucket}/${example.key}: ${example.message}`,
  ]);
  const shown = fittedTable([['TASKS', 'STATUS', 'HTTP', 'CODE', 'FIRST'], ...rows], columns);
  return otherTasks === 0 ? shown : `${shown}\n… and ${count(otherTasks)} tasks of other codes`;
}
