import { type Command, Option } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { buildRequest, type CreateOptions } from '../create-request';
import { WATCH_INTERVAL_MS, watchJob } from '../watch-job';

/** `drover create …` */
export function addCreateCommand(program: Command, invocation: Invocation): void {
  program
    .command('create')
    .description('Create a job, from a request in JSON or from options')
    .option('--request <file>', "the whole request as JSON with the members of S3 Control's CreateJob; - is stdin")
    .option('--operation <name>', 'for example S3PutObjectCopy; docs/operations.md has them all')
    .option('--parameters <json>', "the operation's parameters as JSON, or @file (default: {})")
    .option('--manifest <s3-uri>', 'the list of objects: s3://bucket/key')
    .option('--manifest-version <id>', 'version of the manifest object')
    .option('--etag <etag>', 'ETag of the manifest (default: its present one)')
    .option('--fields <names>', 'columns of the manifest (default: Bucket,Key)')
    .option('--report <s3-uri>', 'where the completion report goes: s3://bucket/prefix (default: none is written)')
    .addOption(
      new Option('--report-scope <scope>', 'which tasks it lists (default: AllTasks)').choices([
        'AllTasks',
        'FailedTasksOnly',
      ]),
    )
    .option('--role <arn>', 'role that the job acts as (default: the configured one)')
    .option('--priority <number>', 'kept and shown, does not decide yet which job runs first (default: 10)')
    .option('--description <text>', 'shown with the job')
    .option('--token <token>', 'the same token and request always mean the same job (default: a new one)')
    .option('--confirmation-required', 'prepare only, then wait for `drover confirm`')
    .option('--confirm', 'the same as --confirmation-required')
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
