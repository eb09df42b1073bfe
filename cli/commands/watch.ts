import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { UsageError } from '../usage-error';
import { watchJob } from '../watch-job';

/** `drover watch <job-id>` */
export function addWatchCommand(program: Command, invocation: Invocation): void {
  program
    .command('watch')
    .description('Follow a job until it ends; the exit code is 0 only if every task succeeded')
    .argument('<job-id>')
    .option('--interval <seconds>', 'seconds between two requests for the status', '1')
    .action(
      action<{ interval: string }>(invocation, async (context, [jobId = ''], { interval }) => {
        const seconds = Number(interval);
        if (!(seconds >= 0.1 && seconds <= 3_600)) throw new UsageError('--interval must be from 0.1 to 3600 seconds');
        return watchJob(context, jobId, seconds * 1_000);
      }),
    );
}
