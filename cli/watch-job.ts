import { isTerminal } from '../contracts/engine/lifecycle';
import { isRestart, type Job } from './api-client';
import { type CommandContext, untilInterrupted } from './context';
import { EXIT, type ExitCode } from './exit-codes';
import { count, duration, printable } from './output';
import { failureLines, firstFailedRow, lacksReport } from './text/failure-text';
import { ProgressDisplay } from './text/progress-display';
import { skippedText } from './text/status-text';

export const WATCH_INTERVAL_MS = 1_000;
/**
 * A watch may have run for days: a restart of the API or of Temporal, an upgrade or a night's maintenance of an hour does not end
 * it. What is gone for longer is not coming back by itself, and a script must not hang on it.
 */
const OUTLASTED_MS = 60 * 60_000;
/** Between two lines that say the API still does not answer. */
const SILENCE_NOTE_MS = 60_000;

/**
 * Follows a job until it ends, or until Ctrl-C. Progress on stderr; the job's last state on stdout. `created`: the API has
 * just answered, so that also the first look may come in a restart.
 */
export async function watchJob(
  context: CommandContext,
  jobId: string,
  intervalMs: number,
  { created = false } = {},
): Promise<ExitCode> {
  const display = new ProgressDisplay(context.output);
  const code = await untilInterrupted(context, () => follow(context, jobId, { intervalMs, created, display }));
  if (code === EXIT.interrupted) {
    display.stop();
    context.output.note(`The job goes on: drover watch ${jobId} follows it again, drover cancel ${jobId} stops it`);
  }
  return code;
}

/** What a command ends with that has made a job: its answer at once, or the end of the job. */
export async function afterCreate(
  context: CommandContext,
  answer: { readonly jobId: string },
  wait = false,
): Promise<ExitCode> {
  const { output } = context;
  if (wait) {
    output.note(`job ${answer.jobId}`);
    return watchJob(context, answer.jobId, WATCH_INTERVAL_MS, { created: true });
  }
  output.result(answer, () => answer.jobId);
  return EXIT.ok;
}

interface Following {
  readonly intervalMs: number;
  readonly created: boolean;
  readonly display: ProgressDisplay;
}

async function follow(
  context: CommandContext,
  jobId: string,
  { intervalMs, created, display }: Following,
): Promise<ExitCode> {
  const silence = new Silence(context, jobId, display);
  try {
    for (;;) {
      try {
        const job = await context.api.describeJob(jobId);
        silence.end();
        if (isTerminal(job.status)) {
          display.stop(job);
          const failedRow = context.output.json ? undefined : await firstFailedRow(context.api, job);
          context.output.result(job, () => closingLine(job, failedRow));
          return exitCodeOf(job);
        }
        display.update(job, Date.now());
      } catch (error) {
        if (!isRestart(error) || !(created || display.started)) throw error;
        silence.goOn(error);
      }
      await context.sleep(intervalMs);
    }
  } finally {
    display.stop();
  }
}

/** A time without answers, which is said when it begins, every minute, and when it ends. */
class Silence {
  private since: number | undefined;
  private noted: number | undefined;

  constructor(
    private readonly context: CommandContext,
    private readonly jobId: string,
    private readonly display: ProgressDisplay,
  ) {}

  /** Throws `error` when it lasts too long. */
  goOn(error: Error): void {
    // Not the time of day: a laptop may have slept meanwhile.
    const now = performance.now();
    this.since ??= now;
    if (now - this.since >= OUTLASTED_MS) throw error;
    if (this.noted !== undefined && now - this.noted < SILENCE_NOTE_MS) return;
    this.noted = now;
    // The bar would be drawn over it.
    this.display.stop();
    this.context.output.note(
      `${error.message}: trying again for up to ${duration(OUTLASTED_MS / 1_000)}; job ${this.jobId} does not depend on it`,
    );
  }

  end(): void {
    if (this.since !== undefined) this.context.output.note('The API answers again');
    this.since = undefined;
    this.noted = undefined;
  }
}

/** Complete says only that every task was tried: failed ones still make the command fail. */
function exitCodeOf(job: Job): ExitCode {
  return job.status === 'Complete' && job.progress.failed === 0 ? EXIT.ok : EXIT.failed;
}

function closingLine(job: Job, failedRow: string | undefined): string {
  const { failed, succeeded, totalTasks, activeSeconds } = job.progress;
  const skipped = skippedText(job.progress);
  const passedOver = skipped === undefined ? '' : ` (${skipped} of them skipped)`;
  const numbers = `${count(succeeded)} succeeded${passedOver}, ${count(failed)} failed of ${count(totalTasks)} tasks in ${duration(activeSeconds)}`;
  const lines = [
    `${job.jobId} ${job.status}: ${numbers}`,
    ...failureLines(job).map(([, text]) => text),
    ...(failedRow === undefined ? [] : [`First failed task: ${failedRow}`]),
    ...(failed > 0 && job.reportManifestKey !== undefined ? [`drover report ${job.jobId} --rows failed`] : []),
    ...lacksReport(job),
  ];
  return lines.map(printable).join('\n');
}
