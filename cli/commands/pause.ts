import type { Command } from 'commander';
import { action, type CommandContext, type Invocation } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { oneOrAll } from '../options/one-or-all';
import { changeLine } from '../text/change-line';

/** Batches hand back within some seconds. */
const SETTLING_LOOKS = 20;
const SETTLING_INTERVAL_MS = 500;

interface PauseOptions {
  readonly reason?: string;
  readonly all?: boolean;
}

/** `drover pause <job-id>|--all` */
export function addPauseCommand(program: Command, invocation: Invocation): void {
  program
    .command('pause')
    .description('Pause a job; running batches stop and keep their progress')
    .argument('[job-id]')
    .option('--all', 'pause all jobs of the account; jobs created later wait, too, until resume --all')
    .option('--reason <text>', 'reason, shown with the job')
    .action(
      action<PauseOptions>(invocation, async (context, [jobId], { reason, all }) => {
        const id = oneOrAll(jobId, all);
        if (id === undefined) return pauseAll(context, reason);
        const change = await context.api.change(id, 'pause', reason);
        context.output.result(change, () => changeLine(change));
        return EXIT.ok;
      }),
    );
}

/** For some seconds, until nothing is sent to stores any more: that is what a person waits for. */
async function pauseAll({ api, output, sleep }: CommandContext, reason: string | undefined): Promise<ExitCode> {
  let pause = await api.pauseAll(reason);
  for (let look = 0; look < SETTLING_LOOKS && pause.jobsAtWork > 0; look += 1) {
    await sleep(SETTLING_INTERVAL_MS);
    pause = await api.pauseOfAll();
  }
  const { jobsAtWork } = pause;
  const working =
    jobsAtWork === 0
      ? 'No job sends requests any more.'
      : `${jobsAtWork} jobs still hand back or write reports: drover list --status Active,Pausing,Completing`;
  output.result(pause, () => `All jobs are paused, new ones wait. ${working}\nGo on with: drover resume --all`);
  return EXIT.ok;
}
