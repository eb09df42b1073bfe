import { parseS3Arn } from '../contracts/arn';
import { copySource } from '../storage/copy-source';
import { copyParameters } from './copy-parameters';
import { copyRequest } from './copy-request';
import { defineOperation } from './operation';
import { defaultPlan } from './plan';
import { send } from './send';

const NAME = 'S3PutObjectCopy';

/**
 * Copies each object to the target bucket with one server-side request, so up to 5 GB per object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html
 *
 * What the store refuses stands in the report in the store's words: a missing object, one that is larger than 5 GB or still
 * archived, a constraint that does not hold (412).
 */
export const copyObject = defineOperation({
  name: NAME,
  summary: 'Copy each object (up to 5 GB) to a bucket',
  call: 'CopyObject',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html',
  success: 'The copy is stored in the target bucket under TargetKeyPrefix and the key of the source.',
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
  plan: () => defaultPlan(NAME),
  bind(given, context) {
    const bucket = parseS3Arn(given.TargetResource)?.bucket ?? '';
    const fixed = copyRequest(given, bucket);
    const prefix = folder(given.TargetKeyPrefix);
    return (task, signal) => {
      const key = prefix + task.key;
      return send(
        async () => {
          // The source is read by the target's store, so only this asks whether the role may use its bucket.
          context.storeFor(task.bucket, 'read');
          const CopySource = copySource(task.bucket, task.key, task.versionId);
          return context.storeFor(bucket, 'write').copyObject({ ...fixed, Key: key, CopySource }, { signal });
        },
        { store: () => context.storeFor(bucket, 'write'), ref: { bucket, key } },
        signal,
      );
    };
  },
});

/** "Folder1" means "into the folder Folder1" (API_control_S3CopyObjectOperation): the separator is implied. */
function folder(prefix: string | undefined): string {
  if (prefix === undefined) return '';
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}
