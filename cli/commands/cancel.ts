import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { changeLine } from '../text/change-line';

/** `drover cancel <job-id>` */
export function addCancelCommand(program: Command, invocation: Invocation): void {
  program
    .command('cancel')
    .description('Cancel a job; finished tasks are kept and reported')
    .argument('<job-id>')
    .option('--reason <text>', 'reason, shown with the job')
    .action(
      action<{ reason?: string }>(invocation, async ({ api, output }, [jobId = ''], { reason }) => {
        const change = await api.change(jobId, 'cancel', reason);
        output.result(change, () => changeLine(change));
        return EXIT.ok;
      }),
    );
}
