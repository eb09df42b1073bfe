import { parseS3Arn } from '../contracts/arn';
import { LIMITS } from '../contracts/limits';
import type { Task } from '../contracts/outcome';
import { copySource } from '../storage/copy-source';
import { copyBetweenStores } from './copying/copy-between-stores';
import { copyParameters } from './copying/copy-parameters';
import { copyRequest } from './copying/copy-request';
import { defineOperation } from './operation';
import { defaultPlan } from './common/plan';
import { send } from './common/send';

const NAME = 'S3PutObjectCopy';

/**
 * Copies each object to the target bucket with one server-side request, so up to 5 GB per object; through this process, and
 * up to 5 TiB, when the target bucket is in another store.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html
 *
 * What a store refuses stands in the report in the store's words: a missing object, one that is too large or still archived,
 * a constraint that does not hold (412).
 */
export const copyObject = defineOperation({
  name: NAME,
  summary: 'Copy each object to a bucket: up to 5 GB within a store, up to 5 TiB from one store to another',
  call: 'CopyObject; between stores GetObject and PutObject or a multipart upload',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html',
  success:
    'The copy is stored in the target bucket under TargetKeyPrefix and the key of the source. Between stores: the bytes were also checked against the checksums of source and target.',
  rerun: 'Writes the same copy again; a target bucket with versioning keeps one more version.',
  parameters: copyParameters,
  examples: [
    {
      title: 'Into a folder of another bucket',
      parameters: { TargetResource: 'arn:aws:s3:::archive', TargetKeyPrefix: 'y2026' },
    },
    {
      title: 'New storage class, tags removed',
      parameters: { TargetResource: 'arn:aws:s3:::archive', StorageClass: 'STANDARD_IA', NewObjectTagging: [] },
    },
    {
      title: 'New metadata and encryption, only objects unchanged since a date',
      parameters: {
        TargetResource: 'arn:aws:s3:::archive',
        MetadataDirective: 'REPLACE',
        NewObjectMetadata: {
          ContentType: 'application/json',
          CacheControl: 'max-age=3600',
          UserMetadata: { origin: 'batch copy' },
          SSEAlgorithm: 'AES256',
        },
        UnModifiedSinceConstraint: '2026-06-01T00:00:00Z',
      },
    },
  ],
  plan: () => defaultPlan(NAME, { batchTimeoutMs: LIMITS.copyBatchTimeoutMs }),
  buckets: ({ TargetResource }) => ({ write: [bucketOf(TargetResource)] }),
  bind(given, context) {
    const bucket = bucketOf(given.TargetResource);
    const fixed = copyRequest(given, bucket);
    const prefix = folder(given.TargetKeyPrefix);
    const copy = async (task: Task, key: string, signal: AbortSignal): Promise<unknown> => {
      const source = context.storeFor(task.bucket, 'read');
      const target = context.storeFor(bucket, 'write');
      if (source !== target) {
        return copyBetweenStores({ given, transfer: context.transfer, source, task, target, bucket, key }, signal);
      }
      const CopySource = copySource(task.bucket, task.key, task.versionId);
      return target.copyObject({ ...fixed, Key: key, CopySource }, { signal });
    };
    return (task, signal) => {
      const key = prefix + task.key;
      const lookAt = { store: () => context.storeFor(bucket, 'write'), ref: { bucket, key } };
      return send(() => copy(task, key, signal), lookAt, signal);
    };
  },
});

function bucketOf(arn: string): string {
  return parseS3Arn(arn)?.bucket ?? '';
}

/** "Folder1" means "into the folder Folder1" (API_control_S3CopyObjectOperation): the separator is implied. */
function folder(prefix: string | undefined): string {
  if (prefix === undefined) return '';
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}
