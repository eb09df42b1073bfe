import type { BatchLimits, BatchRestoreLimits } from '../../contracts/engine/activities';
import type { OperationPlan } from '../../contracts/engine/plan';
import type { JobLimits, RestoreLimits } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';

/** Deals `batches` out to chunks that can take `slotMaxima` each: as even as can be, in turn from the first. */
export function spreadSlots(batches: number, slotMaxima: readonly number[]): number[] {
  const slots = slotMaxima.map(() => 0);
  let left = Math.min(
    batches,
    slotMaxima.reduce((sum, most) => sum + most, 0),
  );
  for (let index = 0; left > 0; index = (index + 1) % slots.length) {
    const have = slots[index] ?? 0;
    if (have >= (slotMaxima[index] ?? 0)) continue;
    slots[index] = have + 1;
    left -= 1;
  }
  return slots;
}

/** Most batches that a job of this plan can have in flight. */
export function batchesInFlightMax(plan: OperationPlan, totalBatches: number): number {
  return Math.max(1, Math.min(plan.chunksInFlight * plan.batchesInFlight, totalBatches));
}

export function isLimited(limits: JobLimits): boolean {
  const { TasksPerSecond, BytesPerSecond, Concurrency, Restores } = limits;
  return [TasksPerSecond, BytesPerSecond, Concurrency, Restores].some((limit) => limit !== undefined);
}

/**
 * Batches that a job's limits leave room for: as few as can use them up, since each gets a fixed part and what one does not
 * use is lost.
 */
export function batchesWithin(limits: JobLimits, plan: OperationPlan, batches: number): number {
  const byRate = Math.ceil(slowest(limits) / LIMITS.batch.limitedTasksPerSecond);
  const byBytes = Math.ceil((limits.BytesPerSecond ?? Infinity) / LIMITS.batch.limitedBytesPerSecond);
  const byConcurrency = Math.ceil((limits.Concurrency ?? Infinity) / plan.requestsInFlight);
  return Math.max(1, Math.min(byRate, byBytes, byConcurrency, batches));
}

/** Each of `batches` batches' part of the limits. Never more than the limits in all. */
export function batchLimits(limits: JobLimits, batches: number): BatchLimits | undefined {
  if (!isLimited(limits)) return undefined;
  const { TasksPerSecond, BytesPerSecond, Concurrency, Restores } = limits;
  return {
    ...(TasksPerSecond === undefined ? {} : { tasksPerSecond: TasksPerSecond / batches }),
    ...(BytesPerSecond === undefined ? {} : { bytesPerSecond: BytesPerSecond / batches }),
    ...(Concurrency === undefined ? {} : { requestsInFlight: Math.max(1, Math.floor(Concurrency / batches)) }),
    ...(Restores === undefined ? {} : { restores: batchRestores(Restores, batches) }),
  };
}

function batchRestores(limits: RestoreLimits, batches: number): BatchRestoreLimits {
  return Object.fromEntries(
    Object.entries(limits).map(([tier, { RequestsPerSecond, BytesPerDay }]) => [
      tier,
      {
        ...(RequestsPerSecond === undefined ? {} : { requestsPerSecond: RequestsPerSecond / batches }),
        ...(BytesPerDay === undefined ? {} : { byTurn: true }),
      },
    ]),
  );
}

/** A job whose restores are held back is held back by them, for it is not known which tasks will ask for one. */
function slowest({ TasksPerSecond = Infinity, Restores = {} }: JobLimits): number {
  return Math.min(
    TasksPerSecond,
    ...Object.values(Restores).map(({ RequestsPerSecond = Infinity }) => RequestsPerSecond),
  );
}
