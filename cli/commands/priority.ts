import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { changeLine } from '../text/change-line';
import { UsageError } from '../usage-error';

/** `drover priority <job-id> <priority>` */
export function addPriorityCommand(program: Command, invocation: Invocation): void {
  program
    .command('priority')
    .description('Change the priority of a job; jobs of higher priority run first, even if they were created later')
    .argument('<job-id>')
    .argument('<priority>', 'whole number, 0 or more')
    .action(
      action(invocation, async ({ api, output }, [jobId = '', text = '']) => {
        if (!/^\d{1,10}$/.test(text)) throw new UsageError(`priority must be a whole number, 0 or more, not '${text}'`);
        const change = await api.setPriority(jobId, Number(text));
        output.result({ ...change, priority: Number(text) }, () => `${changeLine(change)}, priority ${text}`);
        return EXIT.ok;
      }),
    );
}
