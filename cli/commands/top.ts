import type { Command } from 'commander';
import { isTerminal } from '../../contracts/engine/lifecycle';
import { JOB_STATUSES } from '../../contracts/job';
import { isRestart, type Job } from '../api-client';
import { action, type CommandContext, type Invocation, untilInterrupted } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { count } from '../output';
import { colouredRows } from '../text/colour';
import { columnsOf, fittedTable } from '../text/layout';
import { percentText } from '../text/progress-line';
import { statusText, waitText } from '../text/status-text';
import { UsageError } from '../usage-error';

/** More than a screen has lines. */
const JOBS_MAX = 100;
const CLEAR = '\u001b[H\u001b[2J';

interface Look {
  readonly atMs: number;
  readonly done: ReadonlyMap<string, number>;
}

/** `drover top` */
export function addTopCommand(program: Command, invocation: Invocation): void {
  program
    .command('top')
    .description('Show the jobs under way, again and again until Ctrl-C; once where there is no terminal')
    .option('--interval <seconds>', 'seconds between two looks', '2')
    .action(
      action<{ interval: string }>(invocation, (context, _operands, { interval }) => {
        const seconds = Number(interval);
        if (!(seconds >= 0.5 && seconds <= 3_600)) throw new UsageError('--interval must be from 0.5 to 3600 seconds');
        return top(context, seconds * 1_000);
      }),
    );
}

async function top(context: CommandContext, intervalMs: number): Promise<ExitCode> {
  const { output } = context;
  const columns = columnsOf(output.terminal);
  const first = await underWay(context);
  if (columns === undefined || output.json) {
    output.result({ jobs: first }, () => topText(first, undefined, columns));
    return EXIT.ok;
  }
  return untilInterrupted(context, () => follow(context, first, intervalMs));
}

/** Ends by an error alone; one that passes by itself is shown instead of the jobs. */
async function follow(context: CommandContext, first: readonly Job[], intervalMs: number): Promise<ExitCode> {
  const { terminal } = context.output;
  let jobs = first;
  let former: Look | undefined;
  for (;;) {
    const text = topText(jobs, former, columnsOf(terminal));
    const statuses = jobs.map((job) => job.status);
    terminal.stdout.write(`${CLEAR}${context.output.colours ? colouredRows(text, statuses) : text}\n`);
    former = { atMs: performance.now(), done: new Map(jobs.map((job) => [job.jobId, doneOf(job)])) };
    await context.sleep(intervalMs);
    try {
      jobs = await underWay(context);
    } catch (error) {
      if (!isRestart(error)) throw error;
      context.output.note(`${error.message}: trying again`);
    }
  }
}

async function underWay({ api }: CommandContext): Promise<readonly Job[]> {
  const query = new URLSearchParams({ maxResults: String(JOBS_MAX) });
  for (const status of JOB_STATUSES) if (!isTerminal(status)) query.append('jobStatuses', status);
  return (await api.listJobs(query)).jobs;
}

function topText(jobs: readonly Job[], former: Look | undefined, columns: number | undefined): string {
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
  return fittedTable([['JOB ID', 'STATUS', 'FAILED', 'DONE', 'TASKS/S', 'OPERATION', 'WAITING FOR'], ...rows], columns);
}

function doneOf({ progress: { succeeded, failed } }: Job): number {
  return succeeded + failed;
}
