import type { FailedOutcome, Found } from '../../contracts/engine/waiting';
import { LIMITS } from '../../contracts/limits';
import { inLanes } from '../../storage/http/in-lanes';
import { compareBytes } from '../../storage/key-order';
import type { ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { failedBy } from '../common/failed-by';
import { isAnswerLost, throwIfDown } from '../common/send';
import type { LookAtWaiting, LookContext, WaitingTask } from '../operation';
import { type ListedState, listedStates } from './listed-states';
import { type Readability, readability } from './readable';
import { type RestoreFound, restoreWaitingOf } from './restore-waiting';
import { takeTurns } from './turns';

/** Looks which objects can be read by now, and whose turn it is to ask for a restore. */
export function bindLookAtRestores(context: LookContext, { timeoutMs }: { readonly timeoutMs: number }): LookAtWaiting {
  return async (tasks, signal) => {
    const found = new Map<WaitingTask, Found>();
    const wantTurns = tasks.filter(({ waiting }) => restoreWaitingOf(waiting).for === 'turn');
    for (const task of inTurn(wantTurns, context)) found.set(task, as('turn'));
    const asked = tasks.filter(({ waiting }) => restoreWaitingOf(waiting).for === 'restore');
    await inLanes(stretchesOf(asked), LIMITS.restore.listingsInFlight, signal, async (stretch, _, lane) => {
      for (const [task, what] of await lookAt(stretch, context, lane)) found.set(task, what);
    });
    return tasks.map((task) => found.get(task) ?? late(task, timeoutMs, context.now()));
  };
}

function as(found: RestoreFound): Found {
  return { found };
}

function inTurn(tasks: readonly WaitingTask[], context: LookContext): WaitingTask[] {
  const { restores = {}, memory } = context;
  const turns = tasks.map(({ waiting }) => restoreWaitingOf(waiting)).map(({ tier, bytes = 0 }) => ({ tier, bytes }));
  const taken = takeTurns(turns, restores, memory, context.now());
  if (taken.includes(false)) context.lookAgain(LIMITS.restore.turnsMs);
  return tasks.filter((_, index) => taken[index]);
}

/** Objects of one bucket, all with a version or none, in the order of a listing. */
function stretchesOf(tasks: readonly WaitingTask[]): WaitingTask[][] {
  const groups = new Map<string, WaitingTask[]>();
  for (const task of tasks) {
    const name = `${task.object.bucket} ${task.object.versionId === undefined}`;
    const group = groups.get(name);
    if (group) group.push(task);
    else groups.set(name, [task]);
  }
  return [...groups.values()].flatMap((group) => {
    const sorted = group.sort((a, b) => compareBytes(a.object.key, b.object.key));
    return cut(sorted, Math.max(LIMITS.restore.stretchMin, Math.ceil(sorted.length / LIMITS.restore.listingsInFlight)));
  });
}

function cut<T>(items: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let start = 0; start < items.length; start += size) pieces.push(items.slice(start, start + size));
  return pieces;
}

async function lookAt(
  tasks: readonly WaitingTask[],
  context: LookContext,
  signal: AbortSignal,
): Promise<ReadonlyMap<WaitingTask, Found>> {
  const found = new Map<WaitingTask, Found>();
  const listed = await listedOf(tasks, context, signal);
  await inLanes(tasks, LIMITS.restore.headsInFlight, signal, async (task, _, lane) => {
    const state = listed.get(task.object) ?? (await lookAtOne(task, context, lane));
    const what = state === undefined ? undefined : foundBy(state, task);
    if (what !== undefined) found.set(task, what);
  });
  return found;
}

/** Nothing is listed where the bucket can't be, for its objects tell what is the matter. */
async function listedOf(
  tasks: readonly WaitingTask[],
  context: LookContext,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectRef, ListedState>> {
  const [first] = tasks;
  if (first === undefined) return new Map();
  try {
    const store = context.storeFor(first.object.bucket, 'read');
    return await listedStates(
      tasks.map(({ object }) => object),
      { store, signal },
    );
  } catch (error) {
    failedBy(error);
    return new Map();
  }
}

/** Undefined: the store serves, and has no word on this object now. The next look asks again. */
async function lookAtOne(
  { object }: WaitingTask,
  context: LookContext,
  signal: AbortSignal,
): Promise<Readability | FailedOutcome | undefined> {
  await context.pass(signal);
  let store: ObjectStore | undefined;
  try {
    store = context.storeFor(object.bucket, 'read');
    return await readability(store, object, { signal });
  } catch (error) {
    if (store && isAnswerLost(error)) await throwIfDown(error, store, object, { signal });
    else if (!(error instanceof StoreError && error.passes)) return failedBy(error);
    else if (error.storeDown) throw error;
    return undefined;
  }
}

function foundBy(state: Readability | FailedOutcome, { waiting }: WaitingTask): Found | undefined {
  if (typeof state === 'object') return { outcome: state };
  switch (state) {
    case 'readable':
      return as('readable');
    case 'in-progress':
      return undefined;
    case 'untold': {
      // Not every store tells of restores: the request that is repeated once shows whether one is under way.
      const { asked, accepted } = restoreWaitingOf(waiting);
      return asked === 1 || accepted ? as('lost') : undefined;
    }
  }
}

const TIMED_OUT: FailedOutcome = {
  status: 'failed',
  httpStatus: 202,
  errorCode: 'RestoreTimedOut',
  message: 'The restore was requested; the object did not become readable in the time allowed',
};

function late({ waiting }: WaitingTask, timeoutMs: number, now: Date): Found | undefined {
  if (restoreWaitingOf(waiting).for === 'turn') return undefined;
  return now.getTime() - Date.parse(waiting.since) >= timeoutMs ? { outcome: TIMED_OUT } : undefined;
}
