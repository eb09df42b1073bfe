import type { Command } from 'commander';
import type { JobChange } from '../api-client';
import { action, type CommandContext, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { printable } from '../output';
import { changeLine } from '../text/change-line';

/** Batches hand back within 5 s, and mostly the report is written by then. */
const SETTLING_LOOKS = 12;
const SETTLING_INTERVAL_MS = 500;

/** `drover cancel <job-id>` */
export function addCancelCommand(program: Command, invocation: Invocation): void {
  program
    .command('cancel')
    .description('Cancel a job; finished tasks are kept and reported')
    .argument('<job-id>')
    .option('--reason <text>', 'reason, shown with the job')
    .action(
      action<{ reason?: string }>(invocation, async (context, [jobId = ''], { reason }) => {
        const change = await context.api.change(jobId, 'cancel', reason);
        const text = context.output.json ? '' : await settledLine(context, change);
        context.output.result(change, () => text);
        return EXIT.ok;
      }),
    );
}

/** How the cancel ended; what holds it up, when it has not after some seconds. */
async function settledLine({ api, sleep }: CommandContext, change: JobChange): Promise<string> {
  let { status } = change;
  let waitingFor: string | undefined;
  for (let look = 0; look < SETTLING_LOOKS && status === 'Cancelling'; look += 1) {
    await sleep(SETTLING_INTERVAL_MS);
    ({ status, waitingFor } = await api.describeJob(change.jobId));
  }
  const line = changeLine({ ...change, status });
  return status === 'Cancelling' && waitingFor !== undefined
    ? `${line}\n${printable(`Waiting for ${waitingFor}`)}`
    : line;
}
