import { z } from 'zod';
import { defined } from '../contracts/defined';
import type { Task, TaskOutcome } from '../contracts/engine/outcome';
import type { ListedWait, PlannedRetrieval } from '../contracts/engine/plan';
import { LIMITS } from '../contracts/limits';
import { DAY_MS, HOUR_MS } from '../contracts/limits/units';
import type { ObjectStore, RestoreObjectInput } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { askObject } from './common/on-object';
import { defaultPlan } from './common/plan';
import { restoreState } from './common/restore-state';
import { isAnswerLost, send } from './common/send';
import { defineOperation, type OperationContext } from './operation';
import { afterWait } from './restoring/after-wait';
import { bindLookAtRestores } from './restoring/look-at-restores';
import { restoreWaitingOf, waitFor } from './restoring/restore-waiting';
import { turnOf } from './restoring/turn-of';

const NAME = 'S3InitiateRestoreObject';

const parameters = z
  .strictObject({
    ExpirationInDays: z
      .int()
      .min(1, 'must be at least 1; leave it out for objects of S3 Intelligent-Tiering')
      .max(2_147_483_647)
      .optional()
      .describe(
        'Days the restored copy stays. Needed for GLACIER and DEEP_ARCHIVE, not allowed for INTELLIGENT_TIERING.',
      ),
    GlacierJobTier: z
      .enum(['BULK', 'STANDARD'], { error: 'must be BULK or STANDARD (EXPEDITED is not available to batch jobs)' })
      .optional()
      .describe("Retrieval tier. Absent: the store's default, STANDARD on AWS."),
    WaitUntilRestored: z
      .boolean()
      .optional()
      .describe('Drover only. A task ends when its object can be read, not when the request was accepted.'),
    RestorePollSeconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .describe(
        `Drover only. Seconds between looks. Default ${LIMITS.restore.standardLookMs / 1_000}, for BULK ${LIMITS.restore.bulkLookMs / 1_000}, and up to ${LIMITS.restore.lookMsMax / 1_000} while nothing is found. Never less than a hundredth of the time that the job has waited.`,
      ),
    RestoreTimeoutHours: z
      .number()
      .positive()
      .max(2_160)
      .optional()
      .describe(
        `Drover only. Objects not restored by then become failed tasks. Default ${LIMITS.restore.timeoutMs / HOUR_MS}.`,
      ),
  })
  .superRefine((given, context) => {
    if (given.WaitUntilRestored) return;
    for (const member of ['RestorePollSeconds', 'RestoreTimeoutHours'] as const) {
      if (given[member] === undefined) continue;
      context.addIssue({ code: 'custom', path: [member], message: 'has a meaning only with WaitUntilRestored true' });
    }
  });

type Parameters = z.infer<typeof parameters>;

/**
 * Asks for a readable copy of each archived object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-initiate-restore-object.html
 *
 * As on AWS a task succeeds once the request was accepted, hours before the object can be read. With `WaitUntilRestored`
 * an accepted task is pending instead, and the job watches until the object can be read. A restore that is under way
 * already is the store's 409 RestoreAlreadyInProgress, which fails the task, unless the job waits: then it is pending too.
 */
export const restoreObject = defineOperation({
  name: NAME,
  summary: 'Restore each archived object',
  call: 'RestoreObject',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-initiate-restore-object.html',
  success:
    'The store accepted the request, or extended the stay of a restored copy. With WaitUntilRestored: the object can be read.',
  rerun:
    'A restore that the first run began is a success; one that ran before it stays 409 RestoreAlreadyInProgress; with WaitUntilRestored both are pending. Afterwards the expiry is set anew.',
  parameters,
  examples: [
    { title: 'Request only, as on AWS', parameters: { ExpirationInDays: 7, GlacierJobTier: 'BULK' } },
    { title: 'Archive tiers of S3 Intelligent-Tiering', parameters: { GlacierJobTier: 'STANDARD' } },
    {
      title: 'Wait until the objects can be read, three days at most',
      parameters: {
        ExpirationInDays: 7,
        GlacierJobTier: 'STANDARD',
        WaitUntilRestored: true,
        RestorePollSeconds: 900,
        RestoreTimeoutHours: 72,
      },
    },
  ],
  withParameters: (given) => ({
    plan: defaultPlan(NAME, { wait: restoreWait(given), retrieval: retrievalOf(given) }),
    bind(context) {
      const RestoreRequest = restoreRequest(given);
      const tier = given.GlacierJobTier ?? 'STANDARD';
      /** True when the store has taken the request, false when a restore was under way already. */
      const restore = async (store: ObjectStore, task: Task, signal: AbortSignal): Promise<boolean> => {
        const input = { Bucket: task.bucket, Key: task.key, VersionId: task.versionId, RestoreRequest };
        if (!given.WaitUntilRestored) await context.notes.write(task.row, ASKED);
        await context.restores?.pass(tier, signal);
        signal.throwIfAborted();
        try {
          await store.restoreObject(input, { signal });
          return true;
        } catch (error) {
          if (isUnderWay(error)) {
            if (given.WaitUntilRestored || error.answerLost || (await isByFormerRun(context, task))) return false;
            await context.notes.write(task.row, REFUSED);
          }
          if (!isAnswerLost(error) || !(await hasStarted(store, task, signal))) throw error;
          return true;
        }
      };
      const request = async (task: Task, signal: AbortSignal): Promise<TaskOutcome> => {
        let accepted = false;
        const sent = await send(
          async () => (accepted = await restore(context.storeFor(task.bucket, 'write'), task, signal)),
          { store: () => context.storeFor(task.bucket, 'write'), ref: task },
          signal,
        );
        if (sent.status !== 'succeeded' || !given.WaitUntilRestored) return sent;
        const asked = (task.waited ? restoreWaitingOf(task.waited.waiting).asked : 0) + 1;
        return { status: 'pending', waiting: waitFor({ for: 'restore', tier, asked, accepted }, new Date()) };
      };
      return async (task, signal) => {
        if (task.waited) return afterWait(task.waited) ?? request(task, signal);
        const turn = context.restores?.isByTurn(tier) ? await turnOf(task, tier, context, signal) : undefined;
        return turn ?? request(task, signal);
      };
    },
    isLost: ({ errorCode }) => errorCode === 'InvalidObjectState',
    bindLook(context) {
      const { RestoreTimeoutHours: hours } = given;
      return bindLookAtRestores(context, {
        timeoutMs: hours === undefined ? LIMITS.restore.timeoutMs : Math.ceil(hours * HOUR_MS),
      });
    },
    bindDesiredState(context) {
      return askObject(context, async (store, at, options) => {
        const properties = await store.describeObject(at, options);
        switch (restoreState(properties)) {
          case 'not-archived':
            return properties.archiveStatus === undefined;
          case 'not-requested':
            return false;
          case 'in-progress':
            // A job that waits has to watch it.
            return !given.WaitUntilRestored;
          case 'restored':
            return staysUntil(properties.restore, context.createdAt.getTime() + (given.ExpirationInDays ?? 0) * DAY_MS);
        }
      });
    },
  }),
});

/** From the `x-amz-restore` header (API_HeadObject). */
const EXPIRY = /\bexpiry-date\s*=\s*"([^"]+)"/i;

/** Objects of S3 Intelligent-Tiering stay for good. */
function staysUntil(restore: string | undefined, time: number): boolean {
  const expiry = EXPIRY.exec(restore ?? '')?.[1];
  return expiry === undefined || Date.parse(expiry) >= time;
}

function restoreRequest(given: Parameters): RestoreObjectInput['RestoreRequest'] {
  const tier = given.GlacierJobTier === 'BULK' ? 'Bulk' : 'Standard';
  return {
    ...defined({ Days: given.ExpirationInDays }),
    ...(given.GlacierJobTier === undefined ? {} : { GlacierJobParameters: { Tier: tier } }),
  };
}

/** Tasks wait also where only their turn is awaited, which the job's limits decide. */
function restoreWait({ RestorePollSeconds: seconds, GlacierJobTier: tier }: Parameters): ListedWait {
  const of = (firstLookMs: number, intervalMs: number, intervalMaxMs: number): ListedWait => ({
    kind: 'lists',
    what: 'restore',
    firstLookMs,
    intervalMs,
    intervalMaxMs,
  });
  const { standardLookMs, bulkFirstLookMs, bulkLookMs, lookMsMax } = LIMITS.restore;
  if (seconds !== undefined) return of(seconds * 1_000, seconds * 1_000, seconds * 1_000);
  return tier === 'BULK' ? of(bulkFirstLookMs, bulkLookMs, lookMsMax) : of(standardLookMs, standardLookMs, lookMsMax);
}

/** S3 user guide, "Archive retrieval options": hours for S3 Glacier Deep Archive. */
function retrievalOf({ GlacierJobTier: tier }: Parameters): PlannedRetrieval {
  return { service: 's3', ...defined({ tier }), requestsPerObject: 1, hoursMax: tier === 'BULK' ? 48 : 12 };
}

const ASKED = { restore: 'asked' };

const REFUSED = { restore: 'refused' };

/** A former run has asked, and was not told that somebody else had done so before. */
async function isByFormerRun({ notes }: OperationContext, { row }: Task): Promise<boolean> {
  const said = (await notes.find(row, { anew: true })).map(({ restore }) => restore);
  return said.includes(ASKED.restore) && !said.includes(REFUSED.restore);
}

/** `answerLost` on a refusal tells that an earlier attempt of this very request may have started the restore. */
function isUnderWay(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'RestoreAlreadyInProgress';
}

/** After a lost answer: repeating a restore that has started would read as a refusal. */
async function hasStarted(store: ObjectStore, task: Task, signal: AbortSignal): Promise<boolean> {
  try {
    return restoreState(await store.headObject(task, { signal })) === 'in-progress';
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
