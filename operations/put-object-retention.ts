import { z } from 'zod';
import type { ObjectRetention, PutObjectRetentionInput } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { bindObjectLockCheck, requireObjectLock } from './common/object-lock';
import { askObject, changeObject } from './common/on-object';
import { refused, timestamp } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { defineOperation } from './operation';

const NAME = 'S3PutObjectRetention';

const retention = z
  .strictObject({
    Mode: z.enum(['COMPLIANCE', 'GOVERNANCE']).optional().describe('With RetainUntilDate.'),
    RetainUntilDate: timestamp.optional().describe('With Mode; must lie in the future when a task runs.'),
    EventHold: refused('is not supported'),
    EventHoldDuration: refused('is not supported'),
  })
  .superRefine((given, context) => {
    if ((given.Mode === undefined) === (given.RetainUntilDate === undefined)) return;
    const [member, other] = given.Mode === undefined ? ['Mode', 'RetainUntilDate'] : ['RetainUntilDate', 'Mode'];
    const message = `is required beside ${other}; without both, the retention is removed`;
    context.addIssue({ code: 'custom', path: [member], message });
  });

const parameters = z.strictObject({
  Retention: retention.describe('Mode and RetainUntilDate. Empty: the retention is removed.'),
  BypassGovernanceRetention: z
    .boolean()
    .optional()
    .describe(
      'Shorten or remove a retention in GOVERNANCE mode; the credentials need s3:BypassGovernanceRetention. Nothing shortens one in COMPLIANCE mode.',
    ),
});

type Parameters = z.infer<typeof parameters>;

/**
 * Sets or removes the retention of each object, which keeps a version from being deleted until its date.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-retention-date.html
 *
 * The bucket must have Object Lock: the job fails before its first task where the bucket of the manifest's first row has none.
 */
export const putObjectRetention = defineOperation({
  name: NAME,
  summary: 'Set or remove the retention of each object',
  call: 'PutObjectRetention; once for each bucket GetObjectLockConfiguration',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-retention-date.html',
  success: 'The newest version, or the one named in the row, has the given retention, or none.',
  rerun:
    'Sets the same retention again: no difference. When two jobs do so at the same time, the later request counts.',
  parameters,
  examples: [
    {
      title: 'Retain until a date, in governance mode',
      parameters: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2036-01-01T00:00:00Z' } },
    },
    {
      title: 'Retain until a date, in compliance mode: nobody can take it back',
      parameters: { Retention: { Mode: 'COMPLIANCE', RetainUntilDate: '2036-01-01T00:00:00Z' } },
    },
    {
      title: 'Remove the retention in governance mode',
      parameters: { Retention: {}, BypassGovernanceRetention: true },
    },
  ],
  withParameters: (given) => ({
    plan: defaultPlan(NAME),
    precheck: requireObjectLock,
    bind(context) {
      const request: Pick<PutObjectRetentionInput, 'Retention' | 'BypassGovernanceRetention'> = {
        Retention: retentionOf(given),
        ...(given.BypassGovernanceRetention ? { BypassGovernanceRetention: true } : {}),
      };
      const checkObjectLock = bindObjectLockCheck(context);
      return changeObject(context, async (store, at, options) => {
        await checkObjectLock(at.Bucket);
        refusePastDate(request.Retention?.RetainUntilDate);
        await store.putObjectRetention({ ...at, ...request }, options);
      });
    },
    bindDesiredState(context) {
      const wanted = retentionOf(given);
      return askObject(context, async (store, at, options) => {
        const { Mode, RetainUntilDate } = await store.getObjectRetention(at, options);
        return Mode === wanted.Mode && secondsOf(RetainUntilDate) === secondsOf(wanted.RetainUntilDate);
      });
    },
  }),
});

/**
 * As S3 answers PutObjectRetention, on which AWS's jobs leave it to each task: samples with a date that has passed by now make a
 * job whose rows fail. Not all stores refuse such a date, and it would protect nothing.
 */
function refusePastDate(until: Date | undefined): void {
  if (until === undefined || until.getTime() > Date.now()) return;
  throw new StoreError('InvalidArgument', 400, 'The retain until date must be in the future!');
}

function retentionOf({ Retention: { Mode, RetainUntilDate } }: Parameters): ObjectRetention {
  if (Mode === undefined || RetainUntilDate === undefined) return {};
  return { Mode, RetainUntilDate: new Date(RetainUntilDate) };
}

/** Not all stores keep the milliseconds. */
function secondsOf(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : Math.floor(date.getTime() / 1_000);
}
