import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { changeLine } from '../text/change-line';

/** `drover resume <job-id>` */
export function addResumeCommand(program: Command, invocation: Invocation): void {
  program
    .command('resume')
    .description('Resume a paused job; a job that was paused by priority resumes by itself')
    .argument('<job-id>')
    .option('--reason <text>', 'reason, shown with the job')
    .action(
      action<{ reason?: string }>(invocation, async ({ api, output }, [jobId = ''], { reason }) => {
        const change = await api.change(jobId, 'resume', reason);
        output.result(change, () => changeLine(change));
        return EXIT.ok;
      }),
    );
}
