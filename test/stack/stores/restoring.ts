import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { OperationSpec } from './spec';

const UNKNOWN = { SeaweedFS: '405 MethodNotAllowed', versitygw: '501 NotImplemented' } as const;

export const RESTORING: readonly OperationSpec[] = [
  {
    operation: 'S3InitiateRestoreObject',
    parameters: () => ({ ExpirationInDays: 2, GlacierJobTier: 'BULK' }),
    put: { StorageClass: 'GLACIER' },
    done: async (side, at) => (await side.client.send(new HeadObjectCommand(at))).Restore !== undefined,
    expected: {
      effect: { ...UNKNOWN, moto: 'yes' },
      // moto restores the newest version, whichever is named.
      olderVersion: { ...UNKNOWN, moto: 'no effect, but the newest version is changed' },
      missingKey: { ...UNKNOWN, moto: '404 NoSuchKey' },
      secondRun: { ...UNKNOWN, moto: 'yes' },
      oddKeys: { ...UNKNOWN, moto: 'yes' },
    },
  },
];
