import { z } from 'zod';
import { bucketOfArn } from '../contracts/arn';
import { SUCCESSFUL, type Task, type TaskOutcome } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import { CHECKSUM_ALGORITHMS } from '../storage/checksums';
import type { ObjectProperties } from '../storage/object-store';
import { headerText, objectTags } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { send } from './common/send';
import { refuseKeyConflict, targetKeyMembers, targetKeyOf } from './common/target-key';
import { metadataName, targetBucket } from './copying/copy-parameters';
import { defineOperation, type OperationContext } from './operation';
import { COMPARISONS, differencesBetween } from './verifying/against';
import { unmetExpectations } from './verifying/expectations';
import { find, isGone, lookAt } from './verifying/look-at';
import type { Side } from './verifying/same-content';

const NAME = 'S3VerifyObject';

const against = z
  .strictObject({
    TargetResource: targetBucket.describe('ARN of the bucket with the other objects.'),
    ...targetKeyMembers,
    Compare: z
      .array(z.enum(COMPARISONS))
      .min(1)
      .refine((list) => new Set(list).size === list.length, 'must not name one twice')
      .optional(),
  })
  .superRefine(refuseKeyConflict);

const parameters = z
  .strictObject({
    Exists: z
      .boolean()
      .optional()
      .describe(
        'Drover only. Default true. With false, an object that exists fails; then nothing else can be expected.',
      ),
    SizeBytes: z.int().min(0).optional().describe('Drover only.'),
    ETag: headerText(1_024).optional().describe('Drover only. With or without quotes.'),
    Checksum: z
      .strictObject({
        Algorithm: z.enum(CHECKSUM_ALGORITHMS),
        Value: z.base64().min(1),
      })
      .superRefine(({ Algorithm, Value }, context) => {
        if (Buffer.from(Value, 'base64').byteLength === CHECKSUM_BYTES[Algorithm]) return;
        const message = `must be ${CHECKSUM_BYTES[Algorithm]} bytes in base64`;
        context.addIssue({ code: 'custom', path: ['Value'], message });
      })
      .optional()
      .describe(
        'Drover only. Algorithm, and Value in base64, of all bytes. The object is read unless the store keeps a FULL_OBJECT checksum of this algorithm.',
      ),
    StorageClass: headerText(64).optional().describe('Drover only. STANDARD also where the store names no class.'),
    TagSet: objectTags
      .min(1)
      .optional()
      .describe('Drover only. Tags that the object must have, each with Key and Value; it may have others.'),
    UserMetadata: z
      .record(metadataName, z.string().max(8_192))
      .refine((entries) => Object.keys(entries).length > 0, 'must name at least one entry')
      .optional()
      .describe(
        'Drover only. Metadata that the object must have (map); it may have others. Names in any case, values as text, however the store encodes them.',
      ),
    ContentType: headerText(1_024).optional().describe('Drover only.'),
    Against: against
      .optional()
      .describe(
        'Drover only. Compares with the object of TargetResource under TargetKeyPrefix, TargetKey, ReplacePrefix, or the same key. Compare lists what: Existence, Size, ETag, Checksum (that the stores keep), Content (reads both), Tags, Metadata. Absent: size, and ETags that are MD5s or checksums; where these prove nothing the row fails.',
      ),
  })
  .superRefine((given, context) => {
    if (given.Exists !== false) return;
    for (const [member, value] of Object.entries(given)) {
      if (member === 'Exists' || value === undefined) continue;
      context.addIssue({ code: 'custom', path: [member], message: 'has no meaning with Exists false' });
    }
  });

const CHECKSUM_BYTES = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
} as const satisfies Record<(typeof CHECKSUM_ALGORITHMS)[number], number>;

export type Expectations = z.infer<typeof parameters>;

/** All that is wrong with an object, but a row of a report has its bounds. */
const MESSAGE_CHARS_MAX = 1_000;

/**
 * Compares each object with what it should be, or with an object of another bucket. Changes nothing.
 */
export const verifyObject = defineOperation({
  name: NAME,
  summary: 'Check each object: existence, size, checksum, tags, metadata, or equality with another object',
  call: 'HeadObject; GetObjectTagging for tags, GetObject for content and checksums that the store does not keep',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html',
  success: 'The object is as expected in everything that was named.',
  rerun: 'Looks again. Nothing is changed.',
  parameters,
  examples: [
    { title: 'It exists', parameters: {} },
    { title: 'It is gone', parameters: { Exists: false } },
    {
      title: 'Class, type and tags',
      parameters: {
        StorageClass: 'STANDARD',
        ContentType: 'application/json',
        TagSet: [{ Key: 'reviewed', Value: 'yes' }],
      },
    },
    {
      title: 'Its copy in another bucket is the same, by reading both',
      parameters: {
        Against: {
          TargetResource: 'arn:aws:s3:::archive',
          TargetKeyPrefix: 'y2026',
          Compare: ['Content', 'Tags', 'Metadata'],
        },
      },
    },
  ],
  withParameters: (given) => ({
    plan: defaultPlan(NAME, mayRead(given) ? { batchTimeoutMs: LIMITS.copy.batchTimeoutMs } : {}),
    buckets: given.Against ? { read: [bucketOfArn(given.Against.TargetResource)] } : {},
    changesNothing: true,
    worksWithoutObject: given.Exists === false,
    bind(context) {
      const otherOf = bindOther(given, context);
      return async (task, signal) => {
        let outcome: TaskOutcome = SUCCESSFUL;
        const verify = async (): Promise<void> => {
          const store = context.storeFor(task.bucket, 'read');
          const other = otherOf?.(task);
          const properties = await lookAt(store, task, signal).catch((error: unknown) => {
            if (given.Exists === false && isGone(error)) return undefined;
            throw error;
          });
          if (properties === undefined) return;
          const object = { store, ref: task, properties };
          const wrong = given.Exists === false ? [thereIs(properties)] : await unmetExpectations(given, object, signal);
          if (other) wrong.push(...(await compare(given, object, other, signal)));
          outcome = outcomeOf(wrong);
        };
        const sent = await send(verify, { store: () => context.storeFor(task.bucket, 'read'), ref: task }, signal);
        return sent.status === 'succeeded' ? outcome : sent;
      };
    },
  }),
});

type Other = Omit<Side, 'properties'>;

function bindOther({ Against }: Expectations, context: OperationContext): ((task: Task) => Other) | undefined {
  if (Against === undefined) return undefined;
  const bucket = bucketOfArn(Against.TargetResource);
  const keyOf = targetKeyOf(Against, context.createdAt);
  return (task) => ({ ref: { bucket, key: keyOf(task) }, store: context.storeFor(bucket, 'read') });
}

async function compare(
  { Against }: Expectations,
  object: Side,
  { store, ref }: Other,
  signal: AbortSignal,
): Promise<string[]> {
  const properties = await find(store, ref, signal);
  if (properties === undefined) return [`the other object, ${ref.bucket}/${ref.key}, does not exist`];
  return differencesBetween(object, { store, ref, properties }, Against?.Compare, signal);
}

function thereIs({ contentLength, etag }: ObjectProperties): string {
  return `the object exists, with ${contentLength ?? 'an unknown number of'} bytes and ${etag === '' ? 'no ETag' : `ETag ${etag}`}`;
}

function outcomeOf(wrong: readonly string[]): TaskOutcome {
  if (wrong.length === 0) return SUCCESSFUL;
  const text = wrong.join('; ');
  const message = text.length > MESSAGE_CHARS_MAX ? `${text.slice(0, MESSAGE_CHARS_MAX)}…` : text;
  return { status: 'failed', httpStatus: 412, errorCode: 'VerificationFailed', message };
}

function mayRead({ Checksum, Against }: Expectations): boolean {
  return Checksum !== undefined || (Against?.Compare?.includes('Content') ?? false);
}
