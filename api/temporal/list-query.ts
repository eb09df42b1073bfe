import { DroverError } from '../../contracts/engine/failures';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../../contracts/engine/naming';
import type { Tag } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { type JobFilter, looksThroughRows, passes } from '../jobs/job-filter';
import { type JobRecord, tagsOfRecord } from '../jobs/job-view';
import type { VisibleRow } from './list-order';

/** A workflow starts a moment after its job was created, or before: with a schedule the clocks are two machines'. */
const START_SLACK_MS = 60_000;

/** Tags that ended jobs have got since their end, by job id. */
export type ChangedTags = ReadonlyMap<string, { readonly tags: readonly Tag[]; readonly jobCreatedAt: string }>;

/**
 * The part of a filter that Temporal's visibility store can tell. Account (digits), statuses, operations (enumerations) and times
 * are validated before: nothing here can break out of its quotes.
 */
export function visibilityQuery(filter: JobFilter): string {
  const { account, statuses, operations = [], createdFrom, createdBefore } = filter;
  return [
    `WorkflowType = '${WORKFLOW_TYPES.job}'`,
    `${SEARCH_ATTRIBUTES.account} = '${account}'`,
    ...anyOf(SEARCH_ATTRIBUTES.status, statuses),
    ...anyOf(SEARCH_ATTRIBUTES.operation, operations),
    ...(createdFrom === undefined ? [] : [`StartTime >= '${shifted(createdFrom, -START_SLACK_MS)}'`]),
    ...(createdBefore === undefined ? [] : [`StartTime <= '${shifted(createdBefore, START_SLACK_MS)}'`]),
  ].join(' AND ');
}

function anyOf(attribute: string, values: readonly string[]): string[] {
  if (values.length === 0) return [];
  return [`(${values.map((value) => `${attribute} = '${value}'`).join(' OR ')})`];
}

function shifted(time: string, byMs: number): string {
  return new Date(Date.parse(time) + byMs).toISOString();
}

/** The tags that a job has now. */
export function presentTags(record: JobRecord, changed: ChangedTags): readonly Tag[] {
  const own = changed.get(record.jobId);
  return own?.jobCreatedAt === record.memo.createdAt ? own.tags : tagsOfRecord(record);
}

/**
 * The rows that pass. Throws BadRequestException when too many would have to be read for those that Temporal can't be asked
 * for: the caller waits.
 */
export async function* passing(
  rows: AsyncIterable<VisibleRow<JobRecord>>,
  filter: JobFilter,
  changed: ChangedTags,
): AsyncGenerator<VisibleRow<JobRecord>> {
  let left = looksThroughRows(filter) ? LIMITS.api.jobsLookedThroughMax : Infinity;
  for await (const row of rows) {
    if (left-- === 0) {
      throw new DroverError(
        'BadRequestException',
        `search, tags: there are more than ${LIMITS.api.jobsLookedThroughMax} jobs to look through: set createdFrom, createdBefore, jobStatuses or operations`,
      );
    }
    if (passes(row.item, filter, presentTags(row.item, changed))) yield row;
  }
}
