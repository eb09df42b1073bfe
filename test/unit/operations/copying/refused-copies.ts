import type { JsonObject } from '../../../../contracts/job';
import type { ObjectSeed } from '../../../support/memory-store/bucket';

const NOW = new Date('2026-01-01T00:00:00Z');

export type RefusedCopy = [title: string, given: JsonObject, seed: ObjectSeed, httpStatus: number, errorCode: string];

/** What a store refuses of CopyObject, and a copy between stores refuses as well. */
export const REFUSED_COPIES: readonly RefusedCopy[] = [
  ['archived', {}, { storageClass: 'GLACIER' }, 403, 'InvalidObjectState'],
  [
    'changed since',
    { UnModifiedSinceConstraint: '2025-01-01T00:00:00Z' },
    { lastModified: NOW },
    412,
    'PreconditionFailed',
  ],
  [
    'not changed since',
    { ModifiedSinceConstraint: '2026-06-01T00:00:00Z' },
    { lastModified: NOW },
    412,
    'PreconditionFailed',
  ],
  ['no target bucket', { TargetResource: 'arn:aws:s3:::nowhere' }, {}, 404, 'NoSuchBucket'],
  ['key too long', { TargetKeyPrefix: 'p'.repeat(1_024) }, {}, 400, 'KeyTooLongError'],
];
