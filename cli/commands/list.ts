import { type Command, InvalidArgumentError, Option } from 'commander';
import { defined } from '../../contracts/defined';
import { JOB_STATUSES, type JobStatus } from '../../contracts/job';
import type { Job } from '../api-client';
import { action, type CommandContext, type Invocation } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { filterJobs, type JobFilter } from '../job-filter';
import { collect } from '../options/collect';
import { named, unknownName } from '../options/names';
import { operationNamed } from '../options/operation-options';
import { secondsIn, timeIn } from '../options/quantities';
import { tagsOf } from '../options/tag-options';
import { colouredRows } from '../text/colour';
import { jobTable } from '../text/job-table';
import { columnsOf } from '../text/layout';
import { UsageError } from '../usage-error';
import { operationNames } from './operations';

interface ListOptions {
  readonly status?: readonly JobStatus[];
  readonly since?: string;
  readonly until?: string;
  readonly operation?: string;
  readonly tag?: readonly string[];
  readonly search?: string;
  readonly max: string;
  readonly nextToken?: string;
}

/** `drover list [--status Active …]` */
export function addListCommand(program: Command, invocation: Invocation): void {
  program
    .command('list')
    .description('List jobs, newest first')
    .addOption(new Option('--status <status...>', 'only jobs with these statuses: Failed,Complete').argParser(statuses))
    .option('--since <time>', 'only jobs created since: 2d, 12h, or a date or time')
    .option('--until <time>', 'only jobs created before: 2d (ago), or a date or time')
    .option('--operation <name>', 'only jobs of this operation, or Pipeline')
    .option('--tag <key=value>', 'only jobs with this tag; may be repeated', collect)
    .option('--search <text>', 'only jobs with this text in id, description or operation')
    .option('--max <count>', 'maximum number of results', '50')
    .option('--next-token <token>', 'token of the next page, from a former list')
    .action(action<ListOptions>(invocation, (context, _operands, options) => list(context, options)));
}

async function list({ api, output }: CommandContext, options: ListOptions): Promise<ExitCode> {
  const { status = [], max, nextToken } = options;
  if (!/^[1-9]\d{0,3}$/.test(max) || Number(max) > 1_000) throw new UsageError('--max must be from 1 to 1000');
  const filter = filterOf(options);
  const show = (jobs: readonly Job[]): string => {
    const text = jobTable(jobs, columnsOf(output.terminal), Date.now());
    if (!output.colours) return text;
    return colouredRows(
      text,
      jobs.map((job) => job.status),
    );
  };
  if (filter !== undefined) {
    if (nextToken !== undefined) throw new UsageError('--next-token goes with --status and --max only');
    const { jobs, stopped } = await filterJobs(api, filter, { statuses: status, max: Number(max) });
    output.result({ jobs }, () => show(jobs));
    if (stopped !== undefined) {
      output.note(`There may be more: only ${stopped} were looked at; --until goes further back`);
    }
    return EXIT.ok;
  }
  const query = new URLSearchParams({ maxResults: max });
  for (const one of status) query.append('jobStatuses', one);
  if (nextToken !== undefined) query.set('nextToken', nextToken);
  const page = await api.listJobs(query);
  output.result(page, () => show(page.jobs));
  if (page.nextToken !== undefined) output.note(`More results: --next-token ${page.nextToken}`);
  return EXIT.ok;
}

/** Undefined when the API can do it alone. Throws `UsageError`. */
function filterOf({ since, until, operation, tag, search }: ListOptions): JobFilter | undefined {
  if ([since, until, operation, tag, search].every((one) => one === undefined)) return undefined;
  const names = ['Pipeline', ...(operation === undefined ? [] : operationNames())];
  const known =
    operation === undefined
      ? undefined
      : operationNamed(
          operation,
          names.map((name) => ({ name })),
        );
  if (operation !== undefined && known === undefined) throw new UsageError(unknownName('operation', operation, names));
  return {
    ...(since === undefined ? {} : { sinceMs: timeOf(since, '--since') }),
    ...(until === undefined ? {} : { untilMs: timeOf(until, '--until') }),
    ...(known === undefined ? {} : { operation: known.name }),
    tags: tagsOf(tag ?? [], '--tag'),
    ...defined({ search }),
  };
}

function timeOf(text: string, flag: string): number {
  const seconds = secondsIn(text);
  if (seconds !== undefined) return Date.now() - seconds * 1_000;
  const time = timeIn(text);
  if (time !== undefined) return Date.parse(time);
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
