import { type Command, InvalidArgumentError, Option } from 'commander';
import { JOB_STATUSES, type JobStatus } from '../../contracts/job';
import { UsageError } from '../usage-error';
import { collect } from './collect';
import { named, unknownName } from './names';
import { operationNamed, operationNames } from './operation-options';
import { secondsIn, timeIn } from './quantities';
import { tagsOf } from './tag-options';

export interface JobFilterOptions {
  readonly status?: readonly JobStatus[];
  readonly since?: string;
  readonly until?: string;
  readonly operation?: string;
  readonly tag?: readonly string[];
  readonly search?: string;
}

/** Which jobs a list has. */
export function addJobFilterOptions(command: Command): Command {
  return command
    .addOption(new Option('--status <status...>', 'only jobs with these statuses: Failed,Complete').argParser(statuses))
    .option('--since <time>', 'only jobs created since: 2d, 12h, or a date or time')
    .option('--until <time>', 'only jobs created before: 2d (ago), or a date or time')
    .option('--operation <name>', 'only jobs of this operation, or Pipeline')
    .option('--tag <key=value>', 'only jobs with this tag; may be repeated', collect)
    .option('--search <text>', 'only jobs with this text in id, description or operation');
}

/** The filter as the API takes it; `status` stands for those that are not given. Throws `UsageError`. */
export function jobFilterQuery(options: JobFilterOptions, status: readonly JobStatus[] = []): URLSearchParams {
  const { since, until, operation, tag = [], search } = options;
  const query = new URLSearchParams();
  for (const one of options.status ?? status) query.append('jobStatuses', one);
  if (since !== undefined) query.set('createdFrom', timeOf(since, '--since'));
  if (until !== undefined) query.set('createdBefore', timeOf(until, '--until'));
  if (operation !== undefined) query.set('operations', nameOf(operation));
  for (const { Key, Value } of tagsOf(tag, '--tag')) query.append('tags', `${Key}=${Value}`);
  if (search !== undefined) query.set('search', search);
  return query;
}

function nameOf(operation: string): string {
  const names = ['Pipeline', ...operationNames()];
  const known = operationNamed(
    operation,
    names.map((name) => ({ name })),
  );
  if (known === undefined) throw new UsageError(unknownName('operation', operation, names));
  return known.name;
}

function timeOf(text: string, flag: string): string {
  const seconds = secondsIn(text);
  const time = seconds === undefined ? timeIn(text) : new Date(Date.now() - seconds * 1_000).toISOString();
  if (time !== undefined) return time;
  throw new UsageError(
    `${flag} must be an age such as 2d or 12h, a date such as 2026-12-31 (UTC), or a time with a zone, not '${text}'`,
  );
}

/** In any case, with commas, and several times. */
function statuses(given: string, former: readonly JobStatus[] = []): readonly JobStatus[] {
  const found = given.split(',').map((one) => {
    const status = named(one, JOB_STATUSES);
    if (status === undefined) throw new InvalidArgumentError(unknownName('status', one, JOB_STATUSES));
    return status;
  });
  return [...new Set([...former, ...found])];
}
