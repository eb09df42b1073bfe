import { type Command, Option } from 'commander';
import { JOB_STATUSES } from '../../contracts/job';
import type { Job } from '../api-client';
import { action, type Invocation, UsageError } from '../context';
import { EXIT } from '../exit-codes';
import { count, table } from '../output';

interface ListOptions {
  readonly status?: readonly string[];
  readonly max: string;
  readonly nextToken?: string;
}

/** `drover list [--status Active …]` */
export function addListCommand(program: Command, invocation: Invocation): void {
  program
    .command('list')
    .description('List jobs, newest first')
    .addOption(new Option('--status <status...>', 'only jobs with these statuses').choices([...JOB_STATUSES]))
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
