import { z } from 'zod';
import type { Task } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import type { ObjectProperties } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { defaultPlan } from './common/plan';
import { send } from './common/send';
import { inTurn } from './common/turns';
import { isSameKey } from './copying/copied-already';
import { describeSource } from './copying/copy-from';
import { copyOntoItself, isOwnDoing, type NewestVersion, newestVersion } from './copying/copy-onto-itself';
import { sameMetadata, sourceMetadata } from './copying/copy-request';
import { readLock } from './copying/preserve';
import { defineOperation, type OperationContext } from './operation';

const NAME = 'S3UpdateObjectEncryption';

/** Full ARN, no alias (API_control_S3UpdateObjectEncryptionSSEKMS, `KMSKeyArn`). */
const KEY_ARN = /^arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-zA-Z0-9-]+$/;

const parameters = z.strictObject({
  ObjectEncryption: z
    .strictObject({
      SSEKMS: z.strictObject({
        KMSKeyArn: z
          .string()
          .min(20)
          .max(2_048)
          .regex(
            KEY_ARN,
            'must be the ARN of a KMS key, as arn:aws:kms:{region}:{account}:key/{id}; an alias is not enough',
          ),
        BucketKeyEnabled: z.boolean().optional(),
      }),
    })
    .describe(
      'SSEKMS: KMSKeyArn (full ARN of the key) and BucketKeyEnabled (an S3 Bucket Key is used; false when absent).',
    ),
});

type Wanted = z.infer<typeof parameters>['ObjectEncryption']['SSEKMS'];

/**
 * Encrypts each object under a key of the key service. Where the store has UpdateObjectEncryption, by that: the bytes stay
 * where they are. Elsewhere the object is copied onto itself, under the same rules: nothing that is locked, nothing that has
 * DSSE-KMS.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-update-encryption.html
 */
export const updateObjectEncryption = defineOperation({
  name: NAME,
  summary: 'Encrypt each object under a KMS key',
  call: 'UpdateObjectEncryption; on a store that does not have it HeadObject, GetObjectAcl, CopyObject onto itself, HeadObject',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-update-encryption.html',
  success:
    'The object is encrypted under the key; everything else of it is as before. On a store without UpdateObjectEncryption it was copied onto itself, and the store was asked whether the copy is encrypted so; a bucket with versioning keeps the former version as it was.',
  rerun:
    'Encrypts it under the same key again; where the object is copied, nothing is written when it is so already. That copy is a failed 412 row of an object that is written meanwhile, where the store obeys conditions; tags and ACL that someone else sets meanwhile are lost. Jobs of one worker take turns at an object.',
  parameters,
  examples: [
    {
      title: 'A key, with a bucket key',
      parameters: {
        ObjectEncryption: {
          SSEKMS: {
            KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
            BucketKeyEnabled: true,
          },
        },
      },
    },
  ],
  withParameters: ({ ObjectEncryption }) => ({
    plan: defaultPlan(NAME, { batchTimeoutMs: LIMITS.copy.batchTimeoutMs }),
    bind(context) {
      return (task, signal) => {
        const { bucket, key, versionId } = task;
        const update = async (): Promise<unknown> => {
          const store = context.storeFor(bucket, 'write');
          if (!store.profile.updatesEncryption) {
            const copy = () => copyEncrypted(ObjectEncryption.SSEKMS, context, task, signal);
            return inTurn([{ store, ref: { bucket, key } }], signal, copy);
          }
          const version = versionId === undefined ? {} : { VersionId: versionId };
          return store.updateObjectEncryption({ Bucket: bucket, Key: key, ...version, ObjectEncryption }, { signal });
        };
        return send(update, { store: () => context.storeFor(bucket, 'write'), ref: { bucket, key } }, signal);
      };
    },
    bindDesiredState(context) {
      return async (task, signal) => {
        const store = context.storeFor(task.bucket, 'write');
        return isEncrypted(await describeSource(store, task, {}, signal), ObjectEncryption.SSEKMS);
      };
    },
  }),
});

function isEncrypted(properties: ObjectProperties, { KMSKeyArn, BucketKeyEnabled = false }: Wanted): boolean {
  const { serverSideEncryption, sseKmsKeyId, bucketKeyEnabled = false } = properties;
  return (
    serverSideEncryption === 'aws:kms' && isSameKey(KMSKeyArn, sseKmsKeyId) && bucketKeyEnabled === BucketKeyEnabled
  );
}

/** What a former run made of a version that is not the newest any more. Its ETag says nothing of the content. */
function isMadeOf(wanted: Wanted): (newest: ObjectProperties, version: ObjectProperties) => boolean {
  return (newest, version) =>
    isEncrypted(newest, wanted) && sameMetadata(sourceMetadata(version), sourceMetadata(newest));
}

async function copyEncrypted(
  wanted: Wanted,
  context: OperationContext,
  task: Task,
  signal: AbortSignal,
): Promise<void> {
  const object = await newestVersion(context, task, signal, isMadeOf(wanted));
  if (isEncrypted(object.properties, wanted)) return;
  await refuseAsUpdateWould(object, signal);
  const encryption = {
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: wanted.KMSKeyArn,
    BucketKeyEnabled: wanted.BucketKeyEnabled ?? false,
  } as const;
  let refusal: StoreError | undefined;
  try {
    await copyOntoItself(object, encryption, signal);
  } catch (error) {
    if (!isOwnDoing(error)) throw error;
    refusal = error;
  }
  const { properties } = await newestVersion(context, object.task, signal);
  if (isEncrypted(properties, wanted)) return;
  throw refusal ?? notEncrypted(properties);
}

/** UpdateObjectEncryption takes no locked objects; a copy would leave the locked version beside it as it was. */
async function refuseAsUpdateWould(
  { store, task, properties, context }: NewestVersion,
  signal: AbortSignal,
): Promise<void> {
  if (properties.serverSideEncryption === 'aws:kms:dsse') {
    throw new StoreError('InvalidRequest', 400, 'The object has DSSE-KMS, which is not changed to SSE-KMS');
  }
  const object = { Bucket: task.bucket, Key: task.key };
  const { mode, until, hold } = await readLock({ store, object, properties, sameStore: true, context }, signal);
  const isRetained = mode !== undefined && until !== undefined && until.getTime() > Date.now();
  if (!isRetained && hold !== 'ON') return;
  const lock = hold === 'ON' ? 'under a legal hold' : `retained in ${mode ?? ''} mode`;
  throw new StoreError('InvalidRequest', 400, `The object is ${lock}: its encryption can't be changed`);
}

function notEncrypted({ serverSideEncryption = 'none', sseKmsKeyId }: ObjectProperties): StoreError {
  const told = sseKmsKeyId === undefined ? serverSideEncryption : `${serverSideEncryption} with ${sseKmsKeyId}`;
  const message = `The store took the copy, but does not say that it is encrypted under the key: it says ${told}`;
  return new StoreError('NotImplemented', 501, message);
}
