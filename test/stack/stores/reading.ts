import { createHash, randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { At, Side } from '../../support/servers/store-matrix';
import { seen } from './seen';
import type { OperationSpec, StoreCase } from './spec';

const CHECKSUM = 'S3ComputeObjectChecksum';
const VERIFY = 'S3VerifyObject';
const PROPERTIES = { Tagging: 'a=b', Metadata: { origin: 'test' }, ContentType: 'text/plain' };
const PART_BYTES = 5 * 1024 * 1024;

const EVERYWHERE = {
  effect: 'yes',
  olderVersion: 'yes',
  missingKey: '404 NoSuchKey',
  secondRun: 'yes',
  oddKeys: 'yes',
} as const;

/** Operations that change nothing: what they say must be true. */
export const READING: readonly OperationSpec[] = [
  {
    operation: CHECKSUM,
    parameters: () => ({ ChecksumAlgorithm: 'SHA256' }),
    done: async (side, at, outcome) => checksumIn(outcome) === sha256(await bodyOf(side, at)).toString('base64'),
    expected: EVERYWHERE,
  },
  {
    operation: VERIFY,
    parameters: () => ({
      UserMetadata: { Origin: 'test' },
      TagSet: [{ Key: 'a', Value: 'b' }],
      ContentType: 'text/plain',
      StorageClass: 'STANDARD',
    }),
    put: PROPERTIES,
    done: (_side, _at, outcome) => Promise.resolve(outcome.status === 'succeeded'),
    expected: EVERYWHERE,
  },
];

export const READING_CASES: readonly StoreCase[] = [
  {
    operation: CHECKSUM,
    what: 'COMPOSITE, of an upload in two parts',
    run: async (side) => {
      const parts = [randomBytes(PART_BYTES), randomBytes(10)];
      const at = await upload(side, parts);
      const outcome = await side.perform(
        { [CHECKSUM]: { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' } },
        at,
      );
      const whole = sha256(Buffer.concat(parts.map(sha256))).toString('base64');
      return seen(outcome, () => Promise.resolve(checksumIn(outcome) === `${whole}-2`));
    },
    expected: 'yes',
  },
  {
    operation: VERIFY,
    what: 'another size, tag and entry than expected',
    run: async (side) => {
      const at = await seed(side, 'wrong.txt');
      const given = { SizeBytes: 1, TagSet: [{ Key: 'a', Value: 'c' }], UserMetadata: { origin: 'elsewhere' } };
      return told(await side.perform({ [VERIFY]: given }, at));
    },
    expected: '412 VerificationFailed',
  },
  {
    operation: VERIFY,
    what: 'a checksum of the content',
    run: async (side) => {
      const at = await seed(side, 'checksum.txt');
      const Value = sha256(Buffer.from('checksum.txt')).toString('base64');
      return told(await side.perform({ [VERIFY]: { Checksum: { Algorithm: 'SHA256', Value } } }, at));
    },
    expected: 'yes',
  },
  {
    operation: VERIFY,
    what: 'another checksum than expected',
    run: async (side) => {
      const at = await seed(side, 'other-checksum.txt', { ChecksumAlgorithm: 'SHA256' });
      const Value = sha256(Buffer.from('something else')).toString('base64');
      return told(await side.perform({ [VERIFY]: { Checksum: { Algorithm: 'SHA256', Value } } }, at));
    },
    expected: '412 VerificationFailed',
  },
  {
    operation: VERIFY,
    what: 'against a copy: content, tags, metadata',
    run: async (side) => {
      const at = await seed(side, 'against.txt');
      const Bucket = side.bucket('target');
      const CopySource = `${at.Bucket}/${at.Key}`;
      await side.client.send(new CopyObjectCommand({ Bucket, Key: at.Key, CopySource }));
      const Compare = ['Size', 'ETag', 'Content', 'Tags', 'Metadata'];
      return told(
        await side.perform({ [VERIFY]: { Against: { TargetResource: `arn:aws:s3:::${Bucket}`, Compare } } }, at),
      );
    },
    expected: 'yes',
  },
  {
    operation: VERIFY,
    what: 'against one of the same size',
    run: async (side) => {
      const at = await seed(side, 'unlike.txt');
      const Bucket = side.bucket('target');
      await side.put(Bucket, at.Key, 'UNLIKE.TXT');
      return told(await side.perform({ [VERIFY]: { Against: { TargetResource: `arn:aws:s3:::${Bucket}` } } }, at));
    },
    expected: '412 VerificationFailed',
  },
  {
    operation: VERIFY,
    what: 'Exists false, and it does not',
    run: async (side) => {
      const at = { Bucket: side.bucket('plain'), Key: `${VERIFY}/gone.txt` };
      return told(await side.perform({ [VERIFY]: { Exists: false } }, at));
    },
    expected: 'yes',
  },
];

function told(outcome: TaskOutcome): Promise<string> {
  return seen(outcome, () => Promise.resolve(outcome.status === 'succeeded'));
}

function checksumIn(outcome: TaskOutcome): string | undefined {
  if (outcome.status !== 'succeeded') return undefined;
  return (JSON.parse(outcome.message) as { checksum_base64?: string }).checksum_base64;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

async function seed(side: Side, name: string, more = {}): Promise<At> {
  const at = { Bucket: side.bucket('plain'), Key: `${VERIFY}/${name}` };
  await side.put(at.Bucket, at.Key, name, { ...PROPERTIES, ...more });
  return at;
}

async function bodyOf(side: Side, at: At): Promise<Buffer> {
  const { Body } = await side.client.send(new GetObjectCommand(at));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function upload(side: Side, parts: readonly Buffer[]): Promise<At> {
  const at = { Bucket: side.bucket('plain'), Key: `${CHECKSUM}/parts.bin` };
  const { UploadId } = await side.client.send(new CreateMultipartUploadCommand(at));
  const Parts = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await side.client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await side.client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  return at;
}
