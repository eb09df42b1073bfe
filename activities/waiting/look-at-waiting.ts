import { ApplicationFailure, Context } from '@temporalio/activity';
import type { LookInput, LookResult } from '../../contracts/engine/activities';
import { STILL_WAITING, withoutStack } from '../../contracts/engine/failures';
import type { JsonObject } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { waitingText } from '../../contracts/text/waiting-text';
import type { LookAtWaiting, LookContext } from '../../operations/operation';
import type { RoleStores } from '../../storage/object-store';
import { Pace } from '../batch/pace';
import type { ActivityDependencies } from '../dependencies';
import type { JobSpec, JobSpecs } from '../job-spec';
import { type Leased, underLease, unlessSilent } from '../lease';
import { Look } from './look';
import { nextLookMs } from './next-look';
import { readWaitingState, writeWaitingState } from './waiting-list';

/**
 * Looks at all tasks that wait, and puts those that can go on into lists, which are batches like others. While there are none it fails and
 * names the time of the next look: attempts cost no history, and the wait holds no worker slot.
 */
export function lookAtWaitingActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function lookAtWaiting(input: LookInput): Promise<LookResult> {
    const toWaitMs = Date.parse(input.notBefore) - Date.now();
    if (toWaitMs > 0 && input.mode !== 'count') throw stillWaiting(input, toWaitMs);
    return underLease(
      dependencies,
      input.jobId,
      async (leased) => {
        const spec = await specs.load(input);
        if (input.mode === 'count') return countLists(input, leased);
        const looked = await look(input, spec, leased);
        const idleLooks = looked.lists > input.lists ? 0 : input.idleLooks + looksBefore();
        const now = Date.now();
        const soonestMs = nextLookMs(input.wait, { idleLooks, waitedMs: now - Date.parse(input.since) });
        const delayMs = Math.max(LIMITS.looks.intervalMsMin, Math.min(soonestMs, looked.againMs));
        const goesOn = input.mode === 'poll' && looked.lists === input.lists && looked.waiting > 0;
        if (goesOn) throw stillWaiting(input, delayMs);
        const { lists, listed } = looked;
        return { lists, listed, idleLooks: idleLooks + 1, nextLookAt: new Date(now + delayMs).toISOString() };
      },
      // What it writes last is to be counted: nobody may go on while it may still come.
      { beatIntervalMs: LIMITS.looks.beatMs, endsItself: true },
    );
  };
}

/** The lists that there are, also those that an attempt could not tell of. */
async function countLists(input: LookInput, { stores, signal }: Leased): Promise<LookResult> {
  const { lists, listed } = await readWaitingState(stores.workspace(), input, { signal });
  return { lists, listed, idleLooks: input.idleLooks, nextLookAt: input.notBefore };
}

/** The first attempt waits for its time. */
function looksBefore(): number {
  return Math.max(0, Context.current().info.attempt - 2);
}

interface Looked {
  readonly lists: number;
  readonly listed: number;
  readonly waiting: number;
  /** The operation wants to look again by then. */
  readonly againMs: number;
}

async function look(input: LookInput, spec: JobSpec, { stores, signal, lease }: Leased): Promise<Looked> {
  const store = stores.workspace();
  const before = await readWaitingState(store, input, { signal });
  const memory: JsonObject = { ...before.memory };
  let againMs = Infinity;
  const role = stores.forRole(spec.request.RoleArn, spec.account);
  const lookAt = bindLook(spec, input, role, memory, (ms) => (againMs = Math.min(againMs, ms)));
  const looking = new Look({ store, input, lookAt, signal, listTasks: spec.plan.batchRows }, before);
  await looking.run();
  const after = looking.state(memory);
  if (after.lists > before.lists || JSON.stringify(memory) !== JSON.stringify(before.memory)) {
    signal.throwIfAborted();
    await unlessSilent(lease, signal, writeWaitingState(store, input, after));
  }
  return { lists: after.lists, listed: after.listed, waiting: looking.waiting, againMs };
}

function bindLook(
  spec: JobSpec,
  { restores }: LookInput,
  role: RoleStores,
  memory: JsonObject,
  lookAgain: (ms: number) => void,
): LookAtWaiting {
  const pace = new Pace(LIMITS.looks.headsPerSecond);
  const context: LookContext = {
    storeFor: (bucket, access) => role.storeFor(bucket, access),
    pass: (signal) => pace.pass(signal),
    now: () => new Date(),
    memory,
    lookAgain,
    ...(restores && { restores }),
  };
  const lookAt = spec.operation().bindLook?.(context);
  if (lookAt === undefined) throw new Error(`tasks of ${spec.plan.operation} wait, and it can't look at them`);
  return lookAt;
}

function stillWaiting({ wait, waiting, total }: LookInput, delayMs: number): ApplicationFailure {
  const nextLook = new Date(Date.now() + delayMs);
  return withoutStack(
    ApplicationFailure.create({
      type: STILL_WAITING,
      message: waitingText(wait, waiting, total, nextLook),
      nextRetryDelay: delayMs,
      category: 'BENIGN',
    }),
  );
}
