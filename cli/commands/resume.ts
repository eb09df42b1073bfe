import type { Command } from 'commander';
import { changeLine } from '../change-line';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';

/** `drover resume <job-id>` */
export function addResumeCommand(program: Command, invocation: Invocation): void {
  program
    .command('resume')
    .description('Resume a job that was paused; one that waits for higher priorities goes on by itself')
    .argument('<job-id>')
    .option('--reason <text>', 'why; shown with the job')
    .action(
      action<{ reason?: string }>(invocation, async ({ api, output }, [jobId = ''], { reason }) => {
        const change = await api.change(jobId, 'resume', reason);
        output.result(change, () => changeLine(change));
        return EXIT.ok;
      }),
    );
}
