import { type Command, InvalidArgumentError, Option } from 'commander';
import { JOB_STATUSES, type JobStatus } from '../../contracts/job';
import type { Job } from '../api-client';
import { action, type Invocation } from '../context';
import { UsageError } from '../usage-error';
import { EXIT } from '../exit-codes';
import { named, unknownName } from '../options/names';
import { count, table } from '../output';

interface ListOptions {
  readonly status?: readonly JobStatus[];
  readonly max: string;
  readonly nextToken?: string;
}

/** `drover list [--status Active …]` */
export function addListCommand(program: Command, invocation: Invocation): void {
  program
    .command('list')
    .description('List jobs, newest first')
    .addOption(new Option('--status <status...>', 'only jobs with these statuses: Failed,Complete').argParser(statuses))
    .option('--max <count>', 'maximum number of results', '50')
    .option('--next-token <token>', 'token of the next page, from a former list')
    .action(
      action<ListOptions>(invocation, async ({ api, output }, _operands, { status, max, nextToken }) => {
        if (!/^[1-9]\d{0,3}$/.test(max) || Number(max) > 1_000) throw new UsageError('--max must be from 1 to 1000');
        const query = new URLSearchParams({ maxResults: max });
        for (const one of status ?? []) query.append('jobStatuses', one);
        if (nextToken !== undefined) query.set('nextToken', nextToken);
        const page = await api.listJobs(query);
        output.result(page, () => listTable(page.jobs));
        if (page.nextToken !== undefined) output.note(`More results: --next-token ${page.nextToken}`);
        return EXIT.ok;
      }),
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

function listTable(jobs: readonly Job[]): string {
  if (jobs.length === 0) return 'No jobs.';
  const heading = [
    'JOB ID',
    'STATUS',
    'OPERATION',
    'PRIORITY',
    'TASKS',
    'SUCCEEDED',
    'FAILED',
    'CREATED',
    'DESCRIPTION',
  ];
  const rows = jobs.map((job) => [
    job.jobId,
    job.status,
    job.operation,
    String(job.priority),
    count(job.progress.totalTasks),
    count(job.progress.succeeded),
    count(job.progress.failed),
    job.createdAt.replace(/\.\d+Z$/, 'Z'),
    job.description ?? '',
  ]);
  return table([heading, ...rows]);
}
