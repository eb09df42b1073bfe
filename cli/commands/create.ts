import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { buildRequest, type CreateOptions } from '../options/create-request';
import { addRequestOptions } from '../options/request-options';
import { operationNames } from './operations';
import { WATCH_INTERVAL_MS, watchJob } from '../watch-job';

/** `drover create …` */
export function addCreateCommand(program: Command, invocation: Invocation): void {
  addRequestOptions(
    program.command('create').description('Create a job, from a request in JSON or from options'),
    'the whole request',
  )
    .addHelpText('after', () => `\nOperations: ${operationNames().join(', ')}.`)
    .option('--token <token>', 'the same token and request always mean the same job (default: a new one)')
    .option('--wait', 'follow the job to its end; exit code 0 only when every task succeeded')
    .action(
      action<CreateOptions & { wait?: boolean }>(invocation, async (context, _operands, options) => {
        const { api, output } = context;
        const { jobId } = await api.createJob(await buildRequest(options, context.stdin));
        if (options.wait !== true) {
          output.result({ jobId }, () => jobId);
          return EXIT.ok;
        }
        output.note(`job ${jobId}`);
        return watchJob(context, jobId, WATCH_INTERVAL_MS);
      }),
    );
}
