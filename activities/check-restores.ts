import { ApplicationFailure } from '@temporalio/activity';
import type { CheckRestoresInput } from '../contracts/engine/activities';
import { withoutStack } from '../contracts/engine/failures';
import { workspaceKeys } from '../contracts/engine/naming';
import { addTallies, EMPTY_TALLY, SUCCESSFUL, type Tally, type TaskOutcome } from '../contracts/engine/outcome';
import { failedBy } from '../operations/common/failed-by';
import { restoreState } from '../operations/common/restore-state';
import { listedStates } from '../operations/restoring/listed-states';
import { PartBuilder, type PendingTask } from '../reports';
import { compareBytes } from '../storage/key-order';
import type { ObjectStore, RoleStores } from '../storage/object-store';
import type { ActivityDependencies } from './dependencies';
import type { JobSpecs } from './job-spec';
import { underLease } from './lease';

/** HEAD requests at once: a look at a million objects takes minutes, and there are half-hours between looks. */
const HEADS_AT_ONCE = 32;

const TIMED_OUT: TaskOutcome = {
  status: 'failed',
  httpStatus: 202,
  errorCode: 'RestoreTimedOut',
  message: 'The restore was requested; the object did not become readable in the time allowed',
};

const STILL_PENDING: TaskOutcome = { status: 'pending' };

/**
 * For jobs of former versions. Looks once at every object whose restore is awaited, and writes down which are readable. While some are not, it fails
 * and names the time of the next look: attempts cost no history, and the wait holds no worker slot.
 */
export function checkRestoresActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function checkRestores(input: CheckRestoresInput): Promise<Tally> {
    let tally = EMPTY_TALLY;
    await underLease(
      dependencies,
      input.jobId,
      async ({ stores, signal }) => {
        const { account, request } = await specs.load(input);
        const role = stores.forRole(request.RoleArn, account);
        const late = Date.now() >= Date.parse(input.deadline);
        const looks = { workspace: stores.workspace(), role, late, signal };
        for (const range of input.ranges) {
          for (let batch = range.firstBatch; batch < range.firstBatch + range.batches; batch++) {
            tally = addTallies(tally, await checkBatch(looks, input, batch));
          }
        }
      },
      { details: () => tally },
    );
    if (tally.pending === 0) return tally;
    throw stillPending(tally, input.wait.intervalMs);
  };
}

function stillPending(tally: Tally, intervalMs: number): ApplicationFailure {
  const all = tally.succeeded + tally.failed + tally.pending;
  return withoutStack(
    ApplicationFailure.create({
      type: 'RestoresPending',
      message: `${tally.succeeded} of ${all} objects are readable, ${tally.pending} are awaited`,
      nextRetryDelay: intervalMs,
      category: 'BENIGN',
    }),
  );
}

interface Looks {
  readonly workspace: ObjectStore;
  readonly role: RoleStores;
  /** No object is waited for any more. */
  readonly late: boolean;
  readonly signal: AbortSignal;
}

/** The part itself is the state: what has been settled stays settled, whatever happens to this attempt. */
async function checkBatch(looks: Looks, input: CheckRestoresInput, batch: number): Promise<Tally> {
  const { workspace } = looks;
  const ref = { bucket: input.workspace.bucket, key: workspaceKeys.part(input.workspace.prefix, batch) };
  const part = PartBuilder.resume(await workspace.read(ref));
  const before = part.tally.pending;
  if (before === 0) return part.tally;
  const pending = part.takePending();
  const unchanged = await underWay(looks, pending);
  for (let first = 0; first < pending.length; first += HEADS_AT_ONCE) {
    const some = pending.slice(first, first + HEADS_AT_ONCE);
    const lookUnlessUnderWay = async (task: PendingTask): Promise<TaskOutcome> =>
      unchanged.has(task) ? STILL_PENDING : look(looks, task);
    const outcomes = await Promise.all(some.map(lookUnlessUnderWay));
    outcomes.forEach((outcome, i) => {
      const task = some[i];
      if (task) part.add(task, outcome);
    });
  }
  if (part.tally.pending < before) await workspace.put(ref, part.encode());
  return part.tally;
}

/** By listings where they tell it: all but the last looks at a million objects find nearly all of them under way. */
async function underWay(
  { role, late, signal }: Looks,
  pending: readonly PendingTask[],
): Promise<ReadonlySet<PendingTask>> {
  const found = new Set<PendingTask>();
  if (late) return found;
  const newest = pending.filter(({ versionId }) => versionId === undefined);
  newest.sort((a, b) => compareBytes(a.key, b.key));
  for (const bucket of new Set(newest.map((task) => task.bucket))) {
    const tasks = newest.filter((task) => task.bucket === bucket);
    try {
      const states = await listedStates(tasks, { store: role.storeFor(bucket, 'read'), signal });
      for (const task of tasks) if (states.get(task) === 'in-progress') found.add(task);
    } catch (error) {
      // The role may not read the bucket (any more): the look at each object says so. What is no refusal is thrown on.
      failedBy(error);
    }
  }
  return found;
}

async function look({ role, late, signal }: Looks, task: PendingTask): Promise<TaskOutcome> {
  try {
    const head = await role.storeFor(task.bucket, 'read').headObject(task, { signal });
    const state = restoreState(head);
    if (state === 'restored' || state === 'not-archived') return SUCCESSFUL;
  } catch (error) {
    return failedBy(error);
  }
  return late ? TIMED_OUT : STILL_PENDING;
}
