import type { Command } from 'commander';
import { action, type CommandContext, type Invocation } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { addJobFilterOptions, type JobFilterOptions, jobFilterQuery } from '../options/job-filter-options';
import { jobTable } from '../text/job-table';
import { columnsOf } from '../text/layout';
import { UsageError } from '../usage-error';

interface ListOptions extends JobFilterOptions {
  readonly max: string;
  readonly nextToken?: string;
}

/** `drover list [--status Active …]` */
export function addListCommand(program: Command, invocation: Invocation): void {
  addJobFilterOptions(program.command('list').alias('ls').description('List jobs, newest first'))
    .option('--max <count>', 'maximum number of results', '50')
    .option('--next-token <token>', 'token of the next page, from a former list with the same filters')
    .action(action<ListOptions>(invocation, (context, _operands, options) => list(context, options)));
}

async function list({ api, output }: CommandContext, options: ListOptions): Promise<ExitCode> {
  const { max, nextToken } = options;
  if (!/^[1-9]\d{0,3}$/.test(max) || Number(max) > 1_000) throw new UsageError('--max must be from 1 to 1000');
  const query = jobFilterQuery(options);
  query.set('maxResults', max);
  if (nextToken !== undefined) query.set('nextToken', nextToken);
  const page = await api.listJobs(query);
  output.result(page, () => jobTable(page.jobs, columnsOf(output.terminal), Date.now()));
  if (page.nextToken !== undefined) {
    output.note(`More results: ${[...timesOf(options, query), '--next-token', page.nextToken].join(' ')}`);
  }
  return EXIT.ok;
}

/** A token is for the very times of its filters: an age would be another time at the next call. */
function timesOf({ since, until }: ListOptions, query: URLSearchParams): string[] {
  return [
    ...(since === undefined ? [] : ['--since', query.get('createdFrom') ?? since]),
    ...(until === undefined ? [] : ['--until', query.get('createdBefore') ?? until]),
  ];
}
