import { z } from 'zod';
import { DroverError } from '../contracts/engine/failures';
import type { Task, TaskOutcome } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import type { ReplicationRule } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { failedBy } from './common/failed-by';
import { defaultPlan } from './common/plan';
import { defineOperation, type OperationContext } from './operation';
import { replicate } from './replicating/replicate';
import { destinationsOf, enabledRules, isEligible, onceEach, tagsFor } from './replicating/rules';
import { lookAt } from './verifying/look-at';

const NAME = 'S3ReplicateObject';

/** Permanent, although the status says otherwise: AWS's own row. */
const NOT_ELIGIBLE: TaskOutcome = {
  status: 'failed',
  httpStatus: 500,
  errorCode: 'SrcObjectNotEligible',
  message: 'Object is not eligible for replication',
};

/**
 * Copies each object to where the replication rules of its bucket say.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html
 *
 * AWS starts its own replication by a call that is not public. Here the object is copied by the enabled rules: prefix and
 * tags, for each destination bucket the rule of the highest priority. The copy is an object like any other: it gets a version
 * id of its own, and neither it nor the source shows a replication status.
 */
export const replicateObject = defineOperation({
  name: NAME,
  summary: "Copy each object to the destinations of its bucket's replication rules",
  call: 'GetBucketReplication, once per bucket; HeadObject; CopyObject (as S3PutObjectCopy does it, any size)',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html',
  success:
    'Each destination has a copy under the same key with metadata, tags, ACL and lock of the source, in the storage class and under the KMS key of the rule.',
  rerun:
    'A destination whose object is equal to the source, by size, MD5 or checksum, metadata, tags and storage class, is not written again. When two write a destination at the same time, the later one counts.',
  parameters: z.strictObject({}),
  examples: [{ title: 'It has no parameters', parameters: {} }],
  withParameters: () => ({
    plan: defaultPlan(NAME, { batchTimeoutMs: LIMITS.copy.batchTimeoutMs }),
    async precheck(bucket, context) {
      const rules = await readRules(bucket, context).catch((error: unknown) => {
        if (!(error instanceof StoreError) || error.storeDown) throw error;
        const answer = `${error.code} (HTTP status ${error.httpStatus}): ${error.message}`;
        const message = `The bucket ${bucket} does not tell its replication rules (s3:GetReplicationConfiguration): ${answer}`;
        throw new DroverError('ReplicationNotConfigured', message, { cause: error });
      });
      if (rules.length > 0) return;
      throw new DroverError('ReplicationNotConfigured', `The bucket ${bucket} has no replication rule that is enabled`);
    },
    bind(context) {
      const rulesOf = onceEach((bucket, signal) => readRules(bucket, context, signal));
      const perform = async (task: Task, signal: AbortSignal): Promise<TaskOutcome> => {
        const store = context.storeFor(task.bucket, 'read');
        const rules = await rulesOf(task.bucket, signal);
        if (rules.length === 0) return NOT_ELIGIBLE;
        const source = await lookAt(store, task, signal);
        const tags = await tagsFor(rules, store, task, source, signal);
        const destinations = isEligible(source) ? destinationsOf(rules, task.key, tags, source) : [];
        if (destinations.length === 0) return NOT_ELIGIBLE;
        return replicate({ context, task, store, source }, destinations, signal);
      };
      return async (task, signal) => {
        signal.throwIfAborted();
        try {
          return await perform(task, signal);
        } catch (error) {
          return isUnderCustomerKey(error) ? NOT_ELIGIBLE : failedBy(error);
        }
      };
    },
  }),
});

async function readRules(
  bucket: string,
  context: OperationContext,
  signal?: AbortSignal,
): Promise<readonly ReplicationRule[]> {
  return enabledRules(await context.storeFor(bucket, 'read').replicationRules(bucket, signal ? { signal } : {}));
}

/** S3 tells nothing of an object under SSE-C to those without its key ("The object was stored using a form of Server Side Encryption …"). */
function isUnderCustomerKey(error: unknown): boolean {
  return error instanceof StoreError && error.httpStatus === 400 && /server.side encryption/i.test(error.message);
}
