import type { Command } from 'commander';
import { action, type Invocation, sourceIo } from '../context';
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
    .option('--token <token>', 'idempotency token: the same token and request give the same job (default: a new token)')
    .option('--wait', 'follow the job until it ends; the exit code is 0 only if every task succeeded')
    .action(
      action<CreateOptions & { wait?: boolean }>(invocation, async (context, _operands, options) => {
        const { api, output } = context;
        const { jobId } = await api.createJob(await buildRequest(options, sourceIo(context)));
        if (options.wait !== true) {
          output.result({ jobId }, () => jobId);
          return EXIT.ok;
        }
        output.note(`job ${jobId}`);
        return watchJob(context, jobId, WATCH_INTERVAL_MS, { created: true });
      }),
    );
}
