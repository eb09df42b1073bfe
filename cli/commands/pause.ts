import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { changeLine } from '../text/change-line';

/** `drover pause <job-id>` */
export function addPauseCommand(program: Command, invocation: Invocation): void {
  program
    .command('pause')
    .description('Pause a job; running batches stop and keep their progress')
    .argument('<job-id>')
    .option('--reason <text>', 'reason, shown with the job')
    .action(
      action<{ reason?: string }>(invocation, async ({ api, output }, [jobId = ''], { reason }) => {
        const change = await api.change(jobId, 'pause', reason);
        output.result(change, () => changeLine(change));
        return EXIT.ok;
      }),
    );
}
