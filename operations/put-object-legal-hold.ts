import { z } from 'zod';
import { bindObjectLockCheck, requireObjectLock } from './common/object-lock';
import { askObject, changeObject } from './common/on-object';
import { defaultPlan } from './common/plan';
import { defineOperation } from './operation';

const NAME = 'S3PutObjectLegalHold';

const parameters = z.strictObject({
  LegalHold: z.strictObject({ Status: z.enum(['ON', 'OFF']) }).describe('Status: ON places the hold, OFF removes it.'),
});

/**
 * Places or removes a legal hold, which keeps a version from being deleted until it is removed.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-legal-hold.html
 *
 * The bucket must have Object Lock: the job fails before its first task where the bucket of the manifest's first row has none.
 * Rows of other buckets are held to the same.
 */
export const putObjectLegalHold = defineOperation({
  name: NAME,
  summary: 'Place or remove a legal hold on each object',
  call: 'PutObjectLegalHold; once for each bucket GetObjectLockConfiguration',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-legal-hold.html',
  success: 'The newest version, or the one named in the row, is under the hold, or free of it.',
  rerun: 'Sets the same status again: no difference. When two jobs do so at the same time, the later request counts.',
  parameters,
  examples: [
    { title: 'Place a hold', parameters: { LegalHold: { Status: 'ON' } } },
    { title: 'Remove it', parameters: { LegalHold: { Status: 'OFF' } } },
  ],
  withParameters: ({ LegalHold }) => ({
    plan: defaultPlan(NAME),
    precheck: requireObjectLock,
    bind(context) {
      const checkObjectLock = bindObjectLockCheck(context);
      return changeObject(context, async (store, at, options) => {
        await checkObjectLock(at.Bucket);
        await store.putObjectLegalHold({ ...at, LegalHold }, options);
      });
    },
    bindDesiredState(context) {
      return askObject(context, async (store, at, options) => {
        return ((await store.getObjectLegalHold(at, options)) ?? 'OFF') === LegalHold.Status;
      });
    },
  }),
});
