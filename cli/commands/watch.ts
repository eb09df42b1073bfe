import type { Command } from 'commander';
import { action, type Invocation, UsageError } from '../context';
import { watchJob } from '../watch-job';

/** `drover watch <job-id>` */
export function addWatchCommand(program: Command, invocation: Invocation): void {
  program
    .command('watch')
    .description('Follow a job to its end; exit code 0 only when every task succeeded')
    .argument('<job-id>')
    .option('--interval <seconds>', 'time between two looks', '1')
    .action(
      action<{ interval: string }>(invocation, async (context, [jobId = ''], { interval }) => {
        const seconds = Number(interval);
        if (!(seconds >= 0.1 && seconds <= 3_600)) throw new UsageError('--interval must be from 0.1 to 3600 seconds');
        return watchJob(context, jobId, seconds * 1_000);
      }),
    );
}
