import type { Command } from 'commander';
import { action, type CommandContext, type Invocation, sourceIo } from '../context';
import { buildRequest, type CreateOptions } from '../options/create-request';
import { likeRequest } from '../options/like-request';
import { hasSource } from '../options/objects/source-options';
import { operationNames } from '../options/operation-options';
import { addRequestOptions } from '../options/request-options';
import { UsageError } from '../usage-error';
import { afterCreate } from '../watch-job';

interface LikeOptions {
  readonly like?: string;
  readonly sameManifest?: boolean;
}

/** `drover create …` */
export function addCreateCommand(program: Command, invocation: Invocation): void {
  addRequestOptions(
    program.command('create').description('Create a job, from a request in JSON or from options'),
    'the whole request',
  )
    .addHelpText('after', () => `\nOperations: ${operationNames().join(', ')}.`)
    .option('--token <token>', 'idempotency token: the same token and request give the same job (default: a new token)')
    .option('--like <job-id>', 'the same job again, with the other options as changes; manifests as they are now')
    .option('--same-manifest', 'with --like: only if the manifest has not changed since')
    .option('--wait', 'follow the job until it ends; the exit code is 0 only if every task succeeded')
    .action(
      action<CreateOptions & LikeOptions & { wait?: boolean }>(invocation, async (context, _operands, options) => {
        const { jobId } = await context.api.createJob(await requestOf(options, context));
        return afterCreate(context, { jobId }, options.wait);
      }),
    );
}

async function requestOf(options: CreateOptions & LikeOptions, context: CommandContext): Promise<unknown> {
  const { like } = options;
  if (like === undefined) {
    if (options.sameManifest === true) throw new UsageError('--same-manifest requires --like');
    return buildRequest(options, sourceIo(context));
  }
  if (options.request !== undefined) throw new UsageError('--like and --request cannot be combined');
  const { request } = await context.api.describeJob(like);
  const hasManifest = request['Manifest'] !== undefined && !hasSource(options);
  if (hasManifest && options.sameManifest !== true) context.output.note('The manifest is taken as it is now');
  return likeRequest(request, options, sourceIo(context));
}
