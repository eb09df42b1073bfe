import { createHash } from 'node:crypto';
import { bucketArn } from '../../contracts/arn';
import { defined } from '../../contracts/defined';
import type { Task } from '../../contracts/engine/outcome';
import type { OperationContext } from '../operation';
import type { InvocationParameters } from './parameters';

/** One request, for one task or several. */
export interface Invocation {
  readonly id: string;
  /** In the order of the tasks. */
  readonly taskIds: readonly string[];
  /** JSON. */
  readonly payload: string;
}

/**
 * What the function or webhook is sent
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html, "request").
 *
 * Ids are hashes, the same in every repeat, so that the receiver can recognise one. A `taskId` stands for the job's row (and
 * step of its pipeline); an `invocationId` for exactly the tasks it comes with: when only some of them are asked again, that is
 * another request, and has another id.
 */
export function invocationOf(
  given: InvocationParameters,
  { jobId, step }: Pick<OperationContext, 'jobId' | 'step'>,
  tasks: readonly Task[],
): Invocation {
  const scope = step === undefined ? jobId : `${jobId}/${step}`;
  const id = stableId('invocation', scope, tasks.map(({ row }) => row).join(','));
  const taskIds = tasks.map(({ row }) => stableId('task', scope, String(row)));
  const isNewer = given.InvocationSchemaVersion === '2.0';
  const subjects = tasks.map((task, index) => ({
    taskId: taskIds[index],
    s3Key: task.manifestKey,
    s3VersionId: task.versionId ?? null,
    ...(isNewer ? { s3Bucket: task.bucket } : { s3BucketArn: bucketArn(task.bucket) }),
  }));
  const userArguments = given.UserArguments;
  const payload = JSON.stringify({
    invocationSchemaVersion: isNewer ? '2.0' : '1.0',
    invocationId: id,
    job: { id: jobId, ...defined({ userArguments }) },
    tasks: subjects,
  });
  return { id, taskIds, payload };
}

function stableId(kind: string, scope: string, rows: string): string {
  return createHash('sha256').update(`${kind}/${scope}/${rows}`).digest('base64');
}
