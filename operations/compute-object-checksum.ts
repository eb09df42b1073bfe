import { z } from 'zod';
import type { Task } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type RunningChecksum,
  runningChecksum,
} from '../storage/checksums';
import type { ObjectStore } from '../storage/object-store';
import { sizeOf } from './common/known-size';
import { defaultPlan } from './common/plan';
import { readRange } from './common/read-object';
import { send } from './common/send';
import { defineOperation } from './operation';
import { named } from './verifying/look-at';
import { readParts } from './verifying/object-parts';

const NAME = 'S3ComputeObjectChecksum';
const TYPES = ['FULL_OBJECT', 'COMPOSITE'] as const;

/** S3's own default for checksums that it computes ("Checking object integrity", S3 user guide). */
const DEFAULT_ALGORITHM = 'CRC64NVME';
const DEFAULT_TYPE = 'FULL_OBJECT';

/** Hashing takes the processor: more objects at a time than this would only wait for each other. */
const OBJECTS_AT_A_TIME = 32;

const parameters = z
  .strictObject({
    ChecksumAlgorithm: z.enum(CHECKSUM_ALGORITHMS).optional().describe(`Default ${DEFAULT_ALGORITHM}.`),
    ChecksumType: z
      .enum(TYPES)
      .optional()
      .describe(
        `FULL_OBJECT, the default: of all bytes. COMPOSITE: of the checksums of the parts that the object was uploaded in, with their number: not with CRC64NVME.`,
      ),
  })
  .superRefine(({ ChecksumAlgorithm, ChecksumType }, context) => {
    if (ChecksumType !== 'COMPOSITE' || (ChecksumAlgorithm ?? DEFAULT_ALGORITHM) !== 'CRC64NVME') return;
    const message = 'COMPOSITE is not possible with CRC64NVME, the default: name another ChecksumAlgorithm';
    context.addIssue({ code: 'custom', path: ['ChecksumType'], message });
  });

interface Computed {
  readonly etag: string;
  /** `-N` after the value of a checksum of N parts. */
  readonly suffix: string;
  readonly value: Buffer;
}

/**
 * Computes a checksum of each object, and tells it in the completion report.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-compute-checksums.html
 *
 * The objects are read: an archived one has to be restored before. Nothing is stored with them.
 */
export const computeObjectChecksum = defineOperation({
  name: NAME,
  summary: 'Compute a checksum of each object, into the completion report',
  call: 'GetObject; for COMPOSITE HeadObject of the object and of each part before',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-compute-checksums.html',
  success:
    'The object was read to its end in one state, and the message of the row has the checksum, as JSON: checksum_base64, etag, checksumAlgorithm, checksumType, checksum_hex.',
  rerun: 'Reads the object again. Nothing is changed.',
  parameters,
  examples: [
    { title: 'SHA-256 of all bytes', parameters: { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' } },
    {
      title: 'As multipart uploads with CRC32 have it',
      parameters: { ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' },
    },
    { title: 'CRC64NVME', parameters: {} },
  ],
  withParameters: ({ ChecksumAlgorithm: algorithm = DEFAULT_ALGORITHM, ChecksumType: type = DEFAULT_TYPE }) => ({
    plan: defaultPlan(NAME, { batchTimeoutMs: LIMITS.copy.batchTimeoutMs, requestsInFlight: OBJECTS_AT_A_TIME }),
    changesNothing: true,
    bind(context) {
      const compute = type === 'COMPOSITE' ? composite : fullObject;
      return async (task, signal) => {
        const store = (): ObjectStore => context.storeFor(task.bucket, 'read');
        let message = '';
        const request = async (): Promise<void> => {
          message = asAwsWrites(await compute(store(), task, algorithm, signal), algorithm, type);
        };
        const sent = await send(request, { store, ref: task }, signal);
        return sent.status === 'succeeded' ? { ...sent, message } : sent;
      };
    },
  }),
});

async function fullObject(
  store: ObjectStore,
  task: Task,
  algorithm: ChecksumAlgorithm,
  signal: AbortSignal,
): Promise<Computed> {
  const opened = await store.getObject(named(task), { signal });
  const { etag, contentLength } = opened;
  const sum = runningChecksum(algorithm);
  const take = (piece: Uint8Array): void => {
    sum.update(piece);
  };
  if (contentLength === undefined) opened.discard();
  const range = { start: 0, end: sizeOf(opened) };
  await readRange({ store, ref: task, properties: { etag, contentLength: range.end } }, range, opened, take, signal);
  return { etag, suffix: '', value: await digestOf(sum) };
}

async function composite(
  store: ObjectStore,
  task: Task,
  algorithm: ChecksumAlgorithm,
  signal: AbortSignal,
): Promise<Computed> {
  const sums: RunningChecksum[] = [];
  const partBegins = (): ((piece: Uint8Array) => void) => {
    const sum = runningChecksum(algorithm);
    sums.push(sum);
    return (piece) => {
      sum.update(piece);
    };
  };
  const { etag, parts } = await readParts(store, task, partBegins, signal);
  const whole = runningChecksum(algorithm);
  for (const sum of sums) whole.update(await digestOf(sum));
  return { etag, suffix: `-${parts}`, value: await digestOf(whole) };
}

async function digestOf(sum: RunningChecksum): Promise<Buffer> {
  return Buffer.from(await sum.digest(), 'base64');
}

/** In the order and spelling of AWS's reports, where `=` and other characters of HTML are escaped. */
function asAwsWrites({ value, suffix, etag }: Computed, checksumAlgorithm: string, checksumType: string): string {
  const text = JSON.stringify({
    checksum_base64: value.toString('base64') + suffix,
    // Left out where the store does not tell one.
    etag: etag === '' ? undefined : etag,
    checksumAlgorithm,
    checksumType,
    checksum_hex: value.toString('hex').toUpperCase(),
  });
  return text.replace(/[<>&='\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
