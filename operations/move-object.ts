import { z } from 'zod';
import { bucketOfArn } from '../contracts/arn';
import { defined } from '../contracts/defined';
import type { Task, TaskOutcome } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import type { ObjectStore } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { cannedAcl } from './common/access-control';
import { failedBy } from './common/failed-by';
import { storageClass } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { keepsKeysApart, refuseKeyConflict, targetKeyMembers, targetKeyOf } from './common/target-key';
import { inTurn } from './common/turns';
import { type CopyParameters, targetBucket } from './copying/copy-parameters';
import { type Move, move } from './moving/move';
import { defineOperation, type OperationContext } from './operation';

const NAME = 'S3MoveObject';

const parameters = z
  .strictObject({
    TargetResource: targetBucket.describe(
      'Drover only. ARN of the bucket that the objects move to; it may be the one they are in.',
    ),
    ...targetKeyMembers,
    IfTargetExists: z
      .enum(['FAIL', 'OVERWRITE'])
      .optional()
      .describe(
        'Drover only. FAIL (default): keeps an existing target and fails the row with 412 unless it equals the source. With several workers this is guaranteed only on stores that support If-None-Match for CopyObject; elsewhere, give each object a target of its own. OVERWRITE: replaces a target that is older than the job. A target written since (or up to ten seconds before) stays, and the row fails with 412 unless it equals the source. OVERWRITE needs a TargetKey that keeps keys apart. A target that is itself in the manifest may be replaced before its own turn.',
      ),
    StorageClass: storageClass
      .optional()
      .describe("Drover only. Any that the target's store has. Absent: the class of the source."),
    CannedAccessControlList: cannedAcl.optional().describe('Drover only. Absent: the grants of the source are kept.'),
  })
  .superRefine((given, context) => {
    refuseKeyConflict(given, context);
    if (given.IfTargetExists === 'OVERWRITE' && !keepsKeysApart(given)) {
      const message =
        'needs a TargetKey with {key}, or with {dirname}/ and {basename}: others would overwrite what was moved';
      context.addIssue({ code: 'custom', path: ['IfTargetExists'], message });
    }
  });

type Parameters = z.infer<typeof parameters>;

/**
 * Moves each object: copies it, compares the copy with the source, and deletes the source. Also renames within a bucket.
 * Nothing is deleted that was not compared: by size and MD5 or a checksum of the whole object where both stores tell one,
 * else by reading both.
 */
export const moveObject = defineOperation({
  name: NAME,
  summary: 'Move or rename each object: copy it, compare the copy, delete the source',
  call: 'HeadObject, CopyObject (as S3PutObjectCopy does it, any size), HeadObject, DeleteObject',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html',
  success:
    'The target has the content, metadata and tags of the source, and its ACL, storage class, encryption and lock as far as the target takes them; the source is deleted: the version named in the row, else the newest, which leaves a delete marker in a bucket with versions.',
  rerun:
    'Goes on where it was: a target equal to the source is not written again; without a source, a target written since the job was created counts as moved before, and what the first run has noted where that proves nothing. A source or target that someone else writes meanwhile is a failed row, and nothing is deleted (by a look right before, where the store obeys no conditions); tags and ACL that someone sets on a source after it was copied go with it. Jobs of one worker take turns at an object.',
  parameters,
  examples: [
    { title: 'Into another bucket, keys as they are', parameters: { TargetResource: 'arn:aws:s3:::archive' } },
    {
      title: 'Rename a folder',
      parameters: { TargetResource: 'arn:aws:s3:::archive', ReplacePrefix: { From: 'reports/', To: 'y2026/reports/' } },
    },
    {
      title: 'By a template, in a cheaper class',
      parameters: {
        TargetResource: 'arn:aws:s3:::archive',
        TargetKey: '{yyyy}/{mm}/{dirname}/{stem}-archived.{ext}',
        StorageClass: 'STANDARD_IA',
      },
    },
  ],
  withParameters(given) {
    const bucket = bucketOfArn(given.TargetResource);
    return {
      plan: defaultPlan(NAME, { batchTimeoutMs: LIMITS.copy.batchTimeoutMs }),
      buckets: { write: [bucket] },
      removesObject: true,
      bind(context) {
        const keyOf = targetKeyOf(given, context.createdAt);
        const ownTarget = keepsKeysApart(given);
        const overwrites = given.IfTargetExists === 'OVERWRITE';
        const prepare = (task: Task): Move => {
          const to = { bucket, key: keyOf(task) };
          if (task.bucket === bucket && task.key === to.key) {
            throw new StoreError('InvalidRequest', 400, 'The target is the object itself');
          }
          const { source, target } = storesFor(task, bucket, context);
          return {
            given: copyGiven(given, source === target),
            context,
            task,
            source,
            target,
            to,
            overwrites,
            ownTarget,
          };
        };
        return async (task, signal): Promise<TaskOutcome> => {
          signal.throwIfAborted();
          try {
            const moving = prepare(task);
            const objects = [
              { store: moving.source, ref: task },
              { store: moving.target, ref: moving.to },
            ];
            return await inTurn(objects, signal, () => move(moving, signal));
          } catch (error) {
            return failedBy(error);
          }
        };
      },
      bindResult({ createdAt }) {
        const keyOf = targetKeyOf(given, createdAt);
        return ({ manifestKey, row, ...task }) => ({
          bucket,
          key: keyOf({ manifestKey, row, ...task }),
          manifestKey,
          row,
        });
      },
    };
  },
});

/** All rights are asked for before anything is done. */
function storesFor(
  task: Task,
  bucket: string,
  context: OperationContext,
): { readonly source: ObjectStore; readonly target: ObjectStore } {
  context.storeFor(task.bucket, 'read');
  return { source: context.storeFor(task.bucket, 'write'), target: context.storeFor(bucket, 'write') };
}

/** In another store the keys of the source's encryption are unknown: there the target bucket's own applies. */
function copyGiven(given: Parameters, sameStore: boolean): CopyParameters {
  const { TargetResource, StorageClass, CannedAccessControlList } = given;
  return {
    TargetResource,
    ...defined({ StorageClass, CannedAccessControlList }),
    Preserve: [
      'ObjectLock',
      ...(CannedAccessControlList === undefined ? (['AccessControlList'] as const) : []),
      ...(StorageClass === undefined ? (['StorageClass'] as const) : []),
      ...(sameStore ? (['Encryption'] as const) : []),
    ],
  };
}
