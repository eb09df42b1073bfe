import type { Command } from 'commander';
import { isTerminal } from '../../contracts/engine/lifecycle';
import { JOB_STATUSES } from '../../contracts/job';
import { isRestart, type Job } from '../api-client';
import { action, type CommandContext, type Invocation, untilInterrupted } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { addJobFilterOptions, type JobFilterOptions, jobFilterQuery } from '../options/job-filter-options';
import { count } from '../output';
import { columnsOf, fittedTable } from '../text/layout';
import { percentText } from '../text/progress-line';
import { statusText, waitText } from '../text/status-text';
import { UsageError } from '../usage-error';

/** More than a screen has lines. */
const JOBS_MAX = 100;
const HEADING = ['JOB ID', 'STATUS', 'FAILED', 'DONE', 'TASKS/S', 'OPERATION', 'WAITING FOR'];
const CLEAR = '\u001b[H\u001b[2J';

interface Look {
  readonly atMs: number;
  readonly done: ReadonlyMap<string, number>;
}

interface TopOptions extends JobFilterOptions {
  readonly interval: string;
}

/** `drover top` */
export function addTopCommand(program: Command, invocation: Invocation): void {
  addJobFilterOptions(
    program
      .command('top')
      .description('Show the jobs under way, again and again until Ctrl-C; once where there is no terminal'),
  )
    .option('--interval <seconds>', 'seconds between two looks', '2')
    .action(action<TopOptions>(invocation, (context, _operands, options) => top(context, options)));
}

async function top(context: CommandContext, options: TopOptions): Promise<ExitCode> {
  const { output } = context;
  const seconds = Number(options.interval);
  if (!(seconds >= 0.5 && seconds <= 3_600)) throw new UsageError('--interval must be from 0.5 to 3600 seconds');
  const look = (): Promise<Jobs> => context.api.listJobs(queryOf(options));
  const columns = columnsOf(output.terminal);
  const first = await look();
  if (columns === undefined || output.json) {
    output.result({ jobs: first.jobs }, () => topText(first, undefined, columns));
    return EXIT.ok;
  }
  return untilInterrupted(context, () => follow(context, look, first, seconds * 1_000));
}

type Jobs = Awaited<ReturnType<CommandContext['api']['listJobs']>>;

/** Jobs under way, unless others are asked for. */
function queryOf(options: TopOptions): URLSearchParams {
  const query = jobFilterQuery(
    options,
    JOB_STATUSES.filter((status) => !isTerminal(status)),
  );
  query.set('maxResults', String(JOBS_MAX));
  return query;
}

/** Ends by an error alone; one that passes by itself is shown instead of the jobs. */
async function follow(
  { output, sleep }: CommandContext,
  look: () => Promise<Jobs>,
  first: Jobs,
  intervalMs: number,
): Promise<ExitCode> {
  const { stdout } = output.terminal;
  let jobs = first;
  let former: Look | undefined;
  for (;;) {
    stdout.write(`${CLEAR}${output.shown(topText(jobs, former, columnsOf(output.terminal)))}\n`);
    former = { atMs: performance.now(), done: new Map(jobs.jobs.map((job) => [job.jobId, doneOf(job)])) };
    await sleep(intervalMs);
    try {
      jobs = await look();
    } catch (error) {
      if (!isRestart(error)) throw error;
      output.note(`${error.message}: trying again`);
    }
  }
}

function topText({ jobs, nextToken }: Jobs, former: Look | undefined, columns: number | undefined): string {
  if (jobs.length === 0) return 'No jobs under way.';
  const seconds = former === undefined ? 0 : (performance.now() - former.atMs) / 1_000;
  const rows = jobs.map((job) => {
    const before = former?.done.get(job.jobId);
    const rate = before === undefined || seconds <= 0 ? undefined : Math.max(0, (doneOf(job) - before) / seconds);
    return [
      columns === undefined ? job.jobId : job.jobId.slice(0, 8),
      statusText(job),
      count(job.progress.failed),
      percentText(job),
      rate === undefined ? '-' : count(Math.round(rate)),
      job.operation,
      waitText(job) ?? '',
    ];
  });
  const text = fittedTable([HEADING, ...rows], columns);
  return nextToken === undefined
    ? text
    : `${text}\nThere are more: --operation, --tag, --search or --since show fewer.`;
}

function doneOf({ progress: { succeeded, failed } }: Job): number {
  return succeeded + failed;
}
