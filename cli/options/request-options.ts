import { type Command, Option } from 'commander';
import { addLimitOptions } from './limit-options';

/** Options that describe a job, of `create` and of `schedule create`. `wanted` is what the request file is to hold. */
export function addRequestOptions(command: Command, wanted: string): Command {
  const described = command
    .option('--request <file>', `${wanted} as JSON with the members of S3 Control's CreateJob; - is stdin`)
    .option('--operation <name>', 'for example S3PutObjectCopy; `drover operations` lists them all')
    .option('--parameters <json>', "the operation's parameters as JSON, or @file (default: {})")
    .option(
      '--set <name=value>',
      'one parameter, as TagSet.team=data or StorageClass=GLACIER; may be repeated',
      collect,
    )
    .option('--pipeline <json>', 'several operations on each object: the steps as JSON, or @file')
    .option(
      '--when <condition>',
      'only objects for which it holds: Name=value (may be repeated), JSON or @file',
      collect,
    )
    .option('--skip-if-in-desired-state', 'pass over objects that are as the operation would leave them')
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
    .option('--priority <number>', 'jobs of higher priority run first (default: 10)')
    .option('--description <text>', 'shown with the job')
    .option('--confirmation-required', 'prepare only, then wait for `drover confirm`')
    .option('--confirm', 'the same as --confirmation-required')
    .option('--tag <key=value>', 'tag of the job; may be repeated', collect)
    .option('--notification-url <url>', 'this webhook, too, is told of every change of status');
  return addLimitOptions(described);
}

/** Not variadic: that would swallow an operand behind it. */
function collect(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}
