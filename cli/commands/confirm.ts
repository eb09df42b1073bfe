import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { changeLine } from '../text/change-line';

/** `drover confirm <job-id>` */
export function addConfirmCommand(program: Command, invocation: Invocation): void {
  program
    .command('confirm')
    .description('Confirm a Suspended job, so that it runs')
    .argument('<job-id>')
    .option('--reason <text>', 'reason, shown with the job')
    .action(
      action<{ reason?: string }>(invocation, async ({ api, output }, [jobId = ''], { reason }) => {
        const change = await api.change(jobId, 'confirm', reason);
        output.result(change, () => changeLine(change));
        return EXIT.ok;
      }),
    );
}
