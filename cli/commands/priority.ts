import type { Command } from 'commander';
import { changeLine } from '../change-line';
import { action, type Invocation, UsageError } from '../context';
import { EXIT } from '../exit-codes';

/** `drover priority <job-id> <priority>` */
export function addPriorityCommand(program: Command, invocation: Invocation): void {
  program
    .command('priority')
    .description('Change the priority of a job: those of higher priority run first, also when they come later')
    .argument('<job-id>')
    .argument('<priority>', 'a whole number from 0')
    .action(
      action(invocation, async ({ api, output }, [jobId = '', text = '']) => {
        if (!/^\d{1,10}$/.test(text)) throw new UsageError(`priority must be a whole number from 0, not '${text}'`);
        const change = await api.setPriority(jobId, Number(text));
        output.result({ ...change, priority: Number(text) }, () => `${changeLine(change)}, priority ${text}`);
        return EXIT.ok;
      }),
    );
}
