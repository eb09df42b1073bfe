import { z } from 'zod';
import { defined } from '../contracts/defined';
import type { ObjectRetention, ObjectStore, PutObjectRetentionInput } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { bindObjectLockCheck, requireObjectLock } from './common/object-lock';
import { askObject, changeObject } from './common/on-object';
import { eventHoldDuration, timestamp } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { defineOperation } from './operation';

const NAME = 'S3PutObjectRetention';

const retention = z
  .strictObject({
    Mode: z.enum(['COMPLIANCE', 'GOVERNANCE']).optional().describe('With RetainUntilDate.'),
    RetainUntilDate: timestamp.optional().describe('With Mode; must lie in the future when a task runs.'),
    EventHold: z
      .enum(['ON', 'OFF'])
      .optional()
      .describe('Event hold of the object: protected until it is set to OFF, and for EventHoldDuration then.'),
    EventHoldDuration: eventHoldDuration
      .optional()
      .describe('Days or Years. A store tells it while the event hold is ON; else the row fails.'),
  })
  .superRefine((given, context) => {
    if (given.EventHoldDuration !== undefined && given.EventHold === 'OFF') {
      context.addIssue({ code: 'custom', path: ['EventHoldDuration'], message: 'has no meaning with EventHold OFF' });
    }
    if ((given.Mode === undefined) === (given.RetainUntilDate === undefined)) return;
    const [member, other] = given.Mode === undefined ? ['Mode', 'RetainUntilDate'] : ['RetainUntilDate', 'Mode'];
    const message = `is required beside ${other}; without both, the retention is removed`;
    context.addIssue({ code: 'custom', path: [member], message });
  });

const parameters = z
  .strictObject({
    Retention: retention.describe('Mode and RetainUntilDate, EventHold, or both. Empty: the retention is removed.'),
    BypassGovernanceRetention: z
      .boolean()
      .optional()
      .describe(
        'Shorten or remove a retention in GOVERNANCE mode; the credentials need s3:BypassGovernanceRetention. Nothing shortens one in COMPLIANCE mode.',
      ),
  })
  .refine(
    ({ Retention: { Mode, EventHold, EventHoldDuration }, BypassGovernanceRetention: bypass }) =>
      (EventHold ?? EventHoldDuration) === undefined || Mode !== undefined || !bypass,
    {
      path: ['BypassGovernanceRetention'],
      error: 'needs Retention.Mode beside an EventHold: a store without event holds would remove the retention',
    },
  );

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
  call: 'PutObjectRetention; with EventHold GetObjectRetention; once for each bucket GetObjectLockConfiguration',
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
      const wanted = retentionOf(given);
      const request: Pick<PutObjectRetentionInput, 'Retention' | 'BypassGovernanceRetention'> = {
        Retention: wanted,
        ...(given.BypassGovernanceRetention ? { BypassGovernanceRetention: true } : {}),
      };
      const checkObjectLock = bindObjectLockCheck(context);
      return changeObject(context, async (store, at, options) => {
        await checkObjectLock(at.Bucket);
        refusePastDate(request.Retention?.RetainUntilDate);
        await store.putObjectRetention({ ...at, ...request }, options);
        // A store may take no notice of what it does not know.
        if (isHeldBy(wanted)) checkHeld(await store.getObjectRetention(at, options), wanted, store);
      });
    },
    bindDesiredState(context) {
      const wanted = retentionOf(given);
      return askObject(context, async (store, at, options) => {
        const found = await store.getObjectRetention(at, options);
        const isRetained =
          found.Mode === wanted.Mode && secondsOf(found.RetainUntilDate) === secondsOf(wanted.RetainUntilDate);
        return isRetained && isHeldAs(found, wanted);
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

function retentionOf({ Retention: { RetainUntilDate: until, ...others } }: Parameters): ObjectRetention {
  return defined({ ...others, RetainUntilDate: until === undefined ? undefined : new Date(until) });
}

function isHeldBy({ EventHold, EventHoldDuration }: ObjectRetention): boolean {
  return (EventHold ?? EventHoldDuration) !== undefined;
}

/** An object of which the store tells no event hold has none. */
function isHeldAs(found: ObjectRetention, { EventHold, EventHoldDuration }: ObjectRetention): boolean {
  if (EventHold !== undefined && (found.EventHold ?? 'OFF') !== EventHold) return false;
  const { Days, Years } = found.EventHoldDuration ?? {};
  return EventHoldDuration === undefined || (Days === EventHoldDuration.Days && Years === EventHoldDuration.Years);
}

function checkHeld(found: ObjectRetention, wanted: ObjectRetention, store: Pick<ObjectStore, 'describe'>): void {
  if (isHeldAs(found, wanted)) return;
  const text = `The request was taken, but the object has not the event hold asked for, of which ${store.describe()} took no notice`;
  throw new StoreError('NotImplemented', 501, text);
}

/** Not all stores keep the milliseconds. */
function secondsOf(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : Math.floor(date.getTime() / 1_000);
}
