import type { JobStatus, Tag } from '../../contracts/job';
import { identityOf, type JobRecord, recordedSnapshot } from './job-view';

/** Which jobs of an account a list has. An absent member means all. */
export interface JobFilter {
  readonly account: string;
  /** Empty means all. */
  readonly statuses: readonly JobStatus[];
  readonly operations?: readonly string[];
  /** All of them. */
  readonly tags?: readonly Tag[];
  /** In id, description or operation, in any case. */
  readonly search?: string;
  /** ISO 8601: created then or later. */
  readonly createdFrom?: string;
  /** ISO 8601: created earlier. */
  readonly createdBefore?: string;
}

/** What Temporal's list can't be asked for, so that rows are read which are not wanted. */
export function looksThroughRows({ tags = [], search }: JobFilter): boolean {
  return tags.length > 0 || search !== undefined;
}

/** `tags` are those that the job has now. */
export function passes(record: JobRecord, filter: JobFilter, tags: readonly Tag[]): boolean {
  const { operations = [], tags: wanted = [], search, createdFrom, createdBefore } = filter;
  const { jobId, operation, description = '', createdAt } = identityOf(record);
  const created = Date.parse(createdAt);
  if (createdFrom !== undefined && created < Date.parse(createdFrom)) return false;
  if (createdBefore !== undefined && created >= Date.parse(createdBefore)) return false;
  if (operations.length > 0 && !operations.includes(operation)) return false;
  const text = `${jobId}\n${description}\n${operation}`.toLowerCase();
  if (search !== undefined && !text.includes(search.toLowerCase())) return false;
  return wanted.every((tag) => tags.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value));
}

/** The order of its members does not matter: a token of a list is for these filters alone. */
export function filterText(filter: JobFilter): string {
  const { account, statuses, operations = [], tags = [], search, createdFrom, createdBefore } = filter;
  const others = [[...operations].sort(), tags.map(({ Key, Value }) => `${Key}=${Value}`).sort()];
  const rest = [...others, search, createdFrom, createdBefore];
  const isPlain = rest.every((each) => each === undefined || each.length === 0);
  return [account, ...[...statuses].sort(), ...(isPlain ? [] : [JSON.stringify(rest)])].join(' ');
}

export function hasStatus(record: JobRecord, { statuses }: JobFilter): boolean {
  return statuses.length === 0 || statuses.includes(recordedSnapshot(record).status);
}
