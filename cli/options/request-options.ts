import { type Command, Option } from 'commander';
import { collect } from './collect';
import { addLimitOptions } from './limit-options';
import { choices } from './names';
import { addSourceOptions } from './objects/source-options';

/** Options that describe a job, of `create` and of `schedule create`. `wanted` is what the request file is to hold. */
export function addRequestOptions(command: Command, wanted: string): Command {
  const described = command
    .option('--request <file>', `${wanted} as JSON with the members of S3 Control's CreateJob; - is stdin`)
    .option('--operation <name>', 'for example S3PutObjectCopy; `drover operations` lists them all')
    .option('--parameters <json>', "the operation's parameters as JSON, or @file (default: {})")
    .option('--pipeline <json>', 'several operations on each object: the steps, as JSON or @file');
  return addJobOptions(described);
}

/** Those that do not say which operation it is: of verbs, too. */
export function addJobOptions(command: Command): Command {
  const described = command
    .option(
      '--set <name=value>',
      'one parameter, such as TagSet.team=data or StorageClass=GLACIER; may be repeated',
      collect,
    )
    .option(
      '--when <condition>',
      'condition that an object must meet: Name=value (may be repeated), JSON or @file',
      collect,
    )
    .option('--skip-if-in-desired-state', 'skip objects that the operation would not change');
  addSourceOptions(described)
    .option('--report <s3-uri>', 'destination of the completion report: s3://bucket/prefix (default: no report)')
    .addOption(
      choices(new Option('--report-scope <scope>', 'tasks in the report (default: AllTasks)'), [
        'AllTasks',
        'FailedTasksOnly',
      ]),
    )
    .option('--role <arn>', 'role of the job (default: the configured role)')
    .option('--priority <number>', 'priority; jobs with a higher number run first (default: 10)')
    .option('--description <text>', 'shown with the job')
    .option('--confirmation-required', 'prepare the job, then wait for `drover confirm`')
    .option('--confirm', 'the same as --confirmation-required')
    .option('--tag <key=value>', 'tag of the job; may be repeated', collect)
    .option('--notification-url <url>', 'webhook that also receives every status change');
  return addLimitOptions(described);
}
