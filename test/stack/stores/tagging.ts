import { DeleteObjectCommand, GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { At, Side } from '../../support/servers/store-matrix';
import { rowOf } from './seen';
import type { OperationSpec, StoreCase } from './spec';

const EVERYWHERE = {
  effect: 'yes',
  olderVersion: 'yes',
  missingKey: '404 NoSuchKey',
  secondRun: 'yes',
  oddKeys: 'yes',
} as const;

export const TAGGING: readonly OperationSpec[] = [
  {
    operation: 'S3PutObjectTagging',
    parameters: () => ({ TagSet: [{ Key: 'new', Value: 'a b/c' }] }),
    put: { Tagging: 'old=1' },
    done: async (side, at) => (await tagsOf(side, at)) === 'new=a b/c',
    expected: EVERYWHERE,
  },
  {
    operation: 'S3DeleteObjectTagging',
    parameters: () => ({}),
    put: { Tagging: 'old=1' },
    done: async (side, at) => (await tagsOf(side, at)) === '',
    expected: {
      ...EVERYWHERE,
      missingKey: { SeaweedFS: '404 NoSuchKey', versitygw: '404 NoSuchKey', moto: '500 InternalError' },
    },
  },
  {
    operation: 'S3AddObjectTagging',
    parameters: () => ({ TagSet: [{ Key: 'new', Value: 'a b/c' }] }),
    put: { Tagging: 'old=1' },
    done: async (side, at) => (await tagsOf(side, at)) === 'new=a b/c&old=1',
    expected: EVERYWHERE,
  },
  {
    operation: 'S3RemoveObjectTagging',
    parameters: () => ({ TagKeys: ['old'] }),
    put: { Tagging: 'kept=1&old=1' },
    done: async (side, at) => (await tagsOf(side, at)) === 'kept=1',
    expected: EVERYWHERE,
  },
];

export const TAGGING_CASES: readonly StoreCase[] = [
  {
    operation: 'S3PutObjectTagging',
    what: 'the newest version is a delete marker',
    run: async (side) => {
      const at = { Bucket: side.bucket('versions'), Key: 'S3PutObjectTagging/hidden.txt' };
      await side.put(at.Bucket, at.Key, 'x');
      await side.client.send(new DeleteObjectCommand(at));
      return rowOf(await side.perform({ S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }, at));
    },
    expected: { SeaweedFS: '404 NoSuchKey', versitygw: '405 MethodNotAllowed', moto: '405 MethodNotAllowed' },
  },
];

async function tagsOf(side: Side, at: At): Promise<string> {
  const { TagSet = [] } = await side.client.send(new GetObjectTaggingCommand(at));
  return TagSet.map(({ Key, Value }) => `${Key}=${Value}`)
    .sort()
    .join('&');
}
