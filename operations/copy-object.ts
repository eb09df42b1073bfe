import { bucketOfArn } from '../contracts/arn';
import { LIMITS } from '../contracts/limits';
import { failedBy } from './common/failed-by';
import { defaultPlan } from './common/plan';
import { send } from './common/send';
import { targetKeyOf } from './common/target-key';
import { isCopiedAlready } from './copying/copied-already';
import { isOntoItself, unlessByFormerRun } from './copying/copied-before';
import { copyAnySize } from './copying/copy-any-size';
import { copyParameters } from './copying/copy-parameters';
import { copyRequest } from './copying/copy-request';
import { defineOperation } from './operation';

const NAME = 'S3PutObjectCopy';

/**
 * Copies each object to the target bucket: by one CopyObject, in parts where the object is too large for that, and through
 * this process where the target bucket is in another store. Onto itself, where neither bucket nor key differ.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html
 *
 * What a store refuses stands in the report in the store's words: a missing object, one that is still archived, a
 * constraint that does not hold (412), a copy onto itself that changes nothing.
 */
export const copyObject = defineOperation({
  name: NAME,
  summary: 'Copy each object to a bucket, whatever its size, within a store or from one to another',
  call: 'CopyObject; above 5 GiB UploadPartCopy; between stores GetObject and PutObject or a multipart upload, and a look at the first copy of a batch (HeadObject, GetObjectTagging, GetObjectAcl) for what it was given',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html',
  success:
    'The copy is stored in the target bucket under its target key. In parts: all of them are of the same state of the source. Between stores: the bytes were also checked against the checksums of source and target.',
  rerun:
    'Writes the same copy again; a target bucket with versioning keeps one more version. A copy in parts goes on with the parts that are there. A copy onto itself that is there already, and that the store would not make again, is a success. When two write a target at the same time, the later one counts; settings that `Preserve` reads are those of the moment when it read them.',
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
      title: 'Keys by a template; class, encryption, lock and access control list of the sources kept',
      parameters: {
        TargetResource: 'arn:aws:s3:::archive',
        TargetKey: '{dirname}/{yyyy}-{mm}-{dd}/{basename}',
        Preserve: ['AccessControlList', 'StorageClass', 'Encryption', 'ObjectLock'],
      },
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
  withParameters(given) {
    const bucket = bucketOfArn(given.TargetResource);
    return {
      plan: defaultPlan(NAME, { batchTimeoutMs: LIMITS.copy.batchTimeoutMs }),
      buckets: { write: [bucket] },
      bind(context) {
        const fixed = copyRequest(given, bucket);
        const keyOf = targetKeyOf(given, context.createdAt);
        return async (task, signal) => {
          let key: string;
          try {
            key = keyOf(task);
          } catch (error) {
            return failedBy(error);
          }
          const lookAt = { store: () => context.storeFor(bucket, 'write'), ref: { bucket, key } };
          const copy = { given, context, task, bucket, key, fixed };
          const row = await send(() => copyAnySize(copy, signal), lookAt, signal);
          return row.status === 'failed' && isOntoItself(copy) ? unlessByFormerRun(copy, row, signal) : row;
        };
      },
      bindDesiredState(context) {
        const keyOf = targetKeyOf(given, context.createdAt);
        return async (task, signal) => isCopiedAlready({ given, context, task, bucket, key: keyOf(task) }, signal);
      },
      bindResult({ createdAt }) {
        const keyOf = targetKeyOf(given, createdAt);
        return (task) => ({ bucket, key: keyOf(task), manifestKey: task.manifestKey, row: task.row });
      },
    };
  },
});
