import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { OperationSpec } from './spec';

const OPERATION = 'S3ReplicateObject';
const RULES = { SeaweedFS: '500 SrcObjectNotEligible', versitygw: '500 SrcObjectNotEligible', moto: 'yes' } as const;

export const REPLICATING: readonly OperationSpec[] = [
  {
    operation: OPERATION,
    parameters: () => ({}),
    bucket: 'replicated',
    versionsIn: 'replicated',
    put: { Tagging: 'a=b', Metadata: { origin: 'test' } },
    done: async (side, { Bucket, Key, VersionId }) => {
      const replica = { Bucket: side.bucket('replica'), Key };
      const copy = await side.client.send(new GetObjectCommand(replica));
      const source = await side.client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      const tags = JSON.stringify(await side.buckets.tags(replica.Bucket, Key));
      const same = (await copy.Body?.transformToString()) === (await source.Body?.transformToString());
      return same && copy.Metadata?.['origin'] === 'test' && tags === '{"a":"b"}';
    },
    expected: {
      effect: RULES,
      olderVersion: RULES,
      missingKey: { ...RULES, moto: '404 NoSuchKey' },
      secondRun: RULES,
      oddKeys: RULES,
    },
  },
];
