import type { Command } from 'commander';
import { isTerminal } from '../../contracts/engine/lifecycle';
import type { Job } from '../api-client';
import { agreed } from '../ask';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { count } from '../output';
import { afterCreate } from '../watch-job';

interface RetryOptions {
  readonly token?: string;
  readonly wait?: boolean;
  readonly yes?: boolean;
}

/** `drover retry <job-id>` */
export function addRetryCommand(program: Command, invocation: Invocation): void {
  program
    .command('retry')
    .description('Create a job of the failed tasks of one that has ended, with all that it had')
    .argument('<job-id>')
    .option('--yes', 'do not ask; it is asked on a terminal only')
    .option('--token <token>', 'idempotency token: the same token gives the same job (default: a new token)')
    .option('--wait', 'follow the job until it ends; the exit code is 0 only if every task succeeded')
    .action(
      action<RetryOptions>(invocation, async (context, [jobId = ''], { token, wait, yes }) => {
        const { api, output } = context;
        const former = await api.describeJob(jobId);
        if (isTerminal(former.status) && former.progress.failed > 0) {
          output.note(numbersOf(former));
          if (yes !== true && !(await agreed(context))) {
            output.note('No job was created');
            return EXIT.failed;
          }
        }
        // In its words the API says why there is nothing to retry.
        return afterCreate(context, await api.retryJob(jobId, token), wait);
      }),
    );
}

function numbersOf({ jobId, progress: { totalTasks = 0, succeeded, failed } }: Job): string {
  const notRun = totalTasks - succeeded - failed;
  const rest = notRun > 0 ? ` (${count(notRun)} have not run, and are not among them)` : '';
  return `job ${jobId}: ${count(failed)} of ${count(totalTasks)} tasks failed; retrying ${count(failed)}${rest}`;
}
