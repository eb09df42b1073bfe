import { isTerminal } from '../contracts/lifecycle';
import { type Job, UnreachableError } from './api-client';
import type { CommandContext } from './context';
import { EXIT, type ExitCode } from './exit-codes';
import { count, duration, printable } from './output';
import { ProgressDisplay } from './progress-display';

export const WATCH_INTERVAL_MS = 1_000;
/** A restarted API or a short break of the network doesn't end a watch that may have run for days. */
const UNREACHABLE_FOR_MS = 30_000;

/** Follows a job until it ends. Progress on stderr; the job's last state on stdout. */
export async function watchJob(context: CommandContext, jobId: string, intervalMs: number): Promise<ExitCode> {
  const display = new ProgressDisplay(context.output);
  try {
    let silentMs = 0;
    for (;;) {
      try {
        const job = await context.api.describeJob(jobId);
        silentMs = 0;
        if (isTerminal(job.status)) {
          display.stop(job);
          context.output.result(job, () => closingLine(job));
          return exitCodeOf(job);
        }
        display.update(job, Date.now());
      } catch (error) {
        if (!(error instanceof UnreachableError) || silentMs >= UNREACHABLE_FOR_MS || !display.started) throw error;
        silentMs += intervalMs;
      }
      await context.sleep(intervalMs);
    }
  } finally {
    display.stop();
  }
}

/** Complete says only that every task was tried: failed ones still make the command fail. */
function exitCodeOf(job: Job): ExitCode {
  return job.status === 'Complete' && job.progress.failed === 0 ? EXIT.ok : EXIT.failed;
}

function closingLine(job: Job): string {
  const { failed, succeeded, totalTasks, activeSeconds } = job.progress;
  const numbers = `${count(succeeded)} succeeded, ${count(failed)} failed of ${count(totalTasks)} tasks in ${duration(activeSeconds)}`;
  const reasons = job.failureReasons.map((reason) => `\n${reason.FailureCode}: ${reason.FailureReason}`).join('');
  const hint = failed > 0 && job.reportManifestKey !== undefined ? `\ndrover report ${job.jobId} --rows failed` : '';
  return `${job.jobId} ${job.status}: ${numbers}${reasons.split('\n').map(printable).join('\n')}${hint}`;
}
