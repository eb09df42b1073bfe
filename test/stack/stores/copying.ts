import { createHash, randomBytes } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectAclCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { JsonObject } from '../../../contracts/job';
import { type At, MULTIPART_ABOVE_BYTES, onlyAnswered, type Side } from '../../support/servers/store-matrix';
import { rowOf, seen } from './seen';
import type { OperationSpec, StoreCase } from './spec';

const OPERATION = 'S3PutObjectCopy';

/** versitygw decodes the source's name before it looks for a version in it. */
export const QUESTION_MARK = {
  SeaweedFS: 'yes',
  versitygw: 'yes; 400 InvalidArgument: "question?versionId=v1"',
  moto: 'yes',
} as const;

export const COPYING: readonly OperationSpec[] = [
  {
    operation: OPERATION,
    parameters: toTarget,
    put: { Tagging: 'a=b', Metadata: { origin: 'test' }, ContentType: 'text/plain' },
    done: async (side, at) => {
      const copy = copyOf(side, at);
      if ((await bodyOf(side, copy)) !== (await bodyOf(side, at))) return false;
      const head = await side.client.send(new HeadObjectCommand(copy));
      const tags = await side.buckets.tags(copy.Bucket, copy.Key);
      return head.Metadata?.['origin'] === 'test' && head.ContentType === 'text/plain' && tags['a'] === 'b';
    },
    expected: {
      effect: 'yes',
      olderVersion: 'yes',
      missingKey: '404 NoSuchKey',
      secondRun: 'yes',
      oddKeys: QUESTION_MARK,
    },
  },
];

export const COPY_CASES: readonly StoreCase[] = [
  {
    operation: OPERATION,
    what: 'an archived source',
    run: async (side) => {
      const at = await source(side, 'archived.txt', { StorageClass: 'GLACIER' });
      const outcome = await side.perform({ [OPERATION]: toTarget(side) }, at);
      return seen(outcome, async () => (await bodyOf(side, copyOf(side, at))) === 'archived.txt');
    },
    // To the first two GLACIER is but a name.
    expected: { SeaweedFS: 'yes', versitygw: 'yes', moto: '403 ObjectNotInActiveTierError' },
  },
  {
    operation: OPERATION,
    what: 'the newest version is a delete marker',
    run: async (side) => {
      const at = { Bucket: side.bucket('versions'), Key: `${OPERATION}/hidden.txt` };
      await side.put(at.Bucket, at.Key, 'x');
      await side.client.send(new DeleteObjectCommand(at));
      const outcome = await side.perform({ [OPERATION]: toTarget(side) }, at);
      return seen(outcome, async () => (await bodyOf(side, copyOf(side, at))) === 'x');
    },
    // versitygw copies what is behind the marker.
    expected: { SeaweedFS: '404 NoSuchKey', versitygw: 'yes', moto: '404 NoSuchKey' },
  },
  {
    operation: OPERATION,
    what: 'a checksum (SHA256) asked for',
    run: async (side) => {
      const at = await source(side, 'checksum.txt');
      const outcome = await side.perform({ [OPERATION]: { ...toTarget(side), ChecksumAlgorithm: 'SHA256' } }, at);
      return seen(outcome, async () => {
        const head = await side.client.send(new HeadObjectCommand({ ...copyOf(side, at), ChecksumMode: 'ENABLED' }));
        return head.ChecksumSHA256 === createHash('sha256').update('checksum.txt').digest('base64');
      });
    },
    expected: { SeaweedFS: 'no effect', versitygw: 'yes', moto: 'yes' },
  },
  {
    operation: OPERATION,
    what: 'in parts, with a checksum (CRC64NVME)',
    run: async (side) => {
      const at = { Bucket: side.bucket('plain'), Key: `${OPERATION}/checked-parts.bin` };
      const body = randomBytes(MULTIPART_ABOVE_BYTES + 1);
      await side.put(at.Bucket, at.Key, body, { ...PROPERTIES, ChecksumAlgorithm: 'CRC64NVME' });
      const outcome = await side.perform({ [OPERATION]: { ...toTarget(side), ChecksumAlgorithm: 'CRC64NVME' } }, at);
      return seen(outcome, async () => {
        const [before, after] = await Promise.all(
          [at, copyOf(side, at)].map((one) =>
            side.client.send(new HeadObjectCommand({ ...one, ChecksumMode: 'ENABLED' })),
          ),
        );
        return after?.ChecksumCRC64NVME !== undefined && after.ChecksumCRC64NVME === before?.ChecksumCRC64NVME;
      });
    },
    expected: { SeaweedFS: 'yes', versitygw: 'yes', moto: 'no effect' },
  },
  {
    operation: OPERATION,
    what: 'Preserve AccessControlList',
    run: async (side) => {
      const at = await source(side, 'preserved.txt');
      const acl = await side.client.send(new PutObjectAclCommand({ ...at, ACL: 'public-read' })).catch(onlyAnswered);
      const outcome = await side.perform({ [OPERATION]: { ...toTarget(side), Preserve: ['AccessControlList'] } }, at);
      // A store without ACLs has none to preserve.
      if (acl === undefined) return rowOf(outcome);
      return seen(outcome, async () => {
        const { Grants = [] } = await side.client.send(new GetObjectAclCommand(copyOf(side, at)));
        return Grants.some(({ Grantee }) => Grantee?.URI?.endsWith('/AllUsers') === true);
      });
    },
    expected: 'yes',
  },
  {
    operation: OPERATION,
    what: 'new metadata and tags',
    run: async (side) => {
      const at = await source(side, 'replaced.txt');
      const given = {
        MetadataDirective: 'REPLACE',
        NewObjectMetadata: { ContentType: 'text/csv', UserMetadata: { origin: 'new' } },
        NewObjectTagging: [{ Key: 'c', Value: 'd' }],
      };
      const outcome = await side.perform({ [OPERATION]: { ...toTarget(side), ...given } }, at);
      return seen(outcome, async () => {
        const copy = copyOf(side, at);
        const head = await side.client.send(new HeadObjectCommand(copy));
        const tags = JSON.stringify(await side.buckets.tags(copy.Bucket, copy.Key));
        return head.ContentType === 'text/csv' && head.Metadata?.['origin'] === 'new' && tags === '{"c":"d"}';
      });
    },
    expected: 'yes',
  },
  {
    operation: OPERATION,
    what: 'storage class, onto itself',
    run: async (side) => {
      const at = await source(side, 'class.txt');
      const given = { TargetResource: `arn:aws:s3:::${at.Bucket}`, StorageClass: 'STANDARD_IA' };
      const outcome = await side.perform({ [OPERATION]: given }, at);
      return seen(outcome, async () => {
        const head = await side.client.send(new HeadObjectCommand(at));
        return head.StorageClass === 'STANDARD_IA' && head.Metadata?.['origin'] === 'test';
      });
    },
    expected: { SeaweedFS: 'yes', versitygw: '501 NotImplemented', moto: 'yes' },
  },
  {
    operation: OPERATION,
    what: 'only when unmodified since a date',
    run: async (side) => {
      const at = await source(side, 'dated.txt');
      const given = { ...toTarget(side), UnModifiedSinceConstraint: '2020-01-01T00:00:00Z' };
      const outcome = await side.perform({ [OPERATION]: given }, at);
      return seen(outcome, async () => (await bodyOf(side, copyOf(side, at))) === 'dated.txt');
    },
    expected: '412 PreconditionFailed',
  },
  {
    operation: OPERATION,
    what: 'in parts',
    run: async (side) => {
      const at = { Bucket: side.bucket('plain'), Key: `${OPERATION}/parts.bin` };
      const body = randomBytes(MULTIPART_ABOVE_BYTES + 1);
      await side.put(at.Bucket, at.Key, body, PROPERTIES);
      const outcome = await side.perform({ [OPERATION]: toTarget(side) }, at);
      return seen(outcome, async () => {
        const copy = copyOf(side, at);
        const head = await side.client.send(new HeadObjectCommand(copy));
        const { Uploads = [] } = await side.client.send(new ListMultipartUploadsCommand({ Bucket: copy.Bucket }));
        const tags = await side.buckets.tags(copy.Bucket, copy.Key);
        return (
          body.equals(await side.buckets.get(copy.Bucket, copy.Key)) &&
          head.Metadata?.['origin'] === 'test' &&
          tags['a'] === 'b' &&
          Uploads.length === 0
        );
      });
    },
    expected: 'yes',
  },
];

const PROPERTIES = { Tagging: 'a=b', Metadata: { origin: 'test' }, ContentType: 'text/plain' };

function toTarget(side: Side): JsonObject {
  return { TargetResource: `arn:aws:s3:::${side.bucket('target')}` };
}

function copyOf(side: Side, { Key }: At): At {
  return { Bucket: side.bucket('target'), Key: Key };
}

async function source(side: Side, name: string, more: Partial<PutObjectCommandInput> = {}): Promise<At> {
  const at = { Bucket: side.bucket('plain'), Key: `${OPERATION}/${name}` };
  await side.put(at.Bucket, at.Key, name, { ...PROPERTIES, ...more });
  return at;
}

async function bodyOf(side: Side, at: At): Promise<string | undefined> {
  const { Body } = await side.client.send(new GetObjectCommand(at));
  return Body?.transformToString();
}
