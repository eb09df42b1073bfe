import type { JobEvent } from '../contracts/engine/events';
import type {
  ChunkTallyMessage,
  DispatchMessage,
  JoinMessage,
  ReasonArgument,
  ShareMessage,
} from '../contracts/engine/messages';
import { JOB_STATUSES, type JobLimits, type RestoreLimit, type Tag } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { PauseOfAll } from '../contracts/pause-all';

/** Anybody may send signals: one that can't be understood must not stop the workflow. */

export function reasonOf(given: unknown): ReasonArgument {
  return typeof given === 'string' ? given.slice(0, LIMITS.job.describeReasonCharsMax) : undefined;
}

export function isPriority(given: unknown): given is number {
  return Number.isInteger(given) && Number(given) >= 0 && Number(given) <= LIMITS.job.priorityMax;
}

export function isShare(given: unknown): given is ShareMessage {
  const { batches } = (given ?? {}) as Partial<ShareMessage>;
  return Number.isInteger(batches) && Number(batches) >= 0;
}

export function isChunkTally(given: unknown): given is ChunkTallyMessage {
  const { chunk, tally } = (given ?? {}) as Partial<ChunkTallyMessage>;
  return Number.isInteger(chunk) && [tally?.succeeded, tally?.failed, tally?.pending].every(Number.isInteger);
}

export function isLimits(given: unknown): given is JobLimits {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
  const { TasksPerSecond, BytesPerSecond, Concurrency, FailureThreshold, Restores, ...others } = given as JobLimits;
  return (
    Object.keys(others).length === 0 &&
    (TasksPerSecond === undefined || isPositive(TasksPerSecond)) &&
    (BytesPerSecond === undefined || isPositive(BytesPerSecond)) &&
    (Concurrency === undefined || (Number.isInteger(Concurrency) && isPositive(Concurrency))) &&
    (FailureThreshold === undefined || isThreshold(FailureThreshold)) &&
    (Restores === undefined || isRestores(Restores))
  );
}

function isRestores(given: unknown): boolean {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
  return Object.entries(given).every(([tier, limit]) => {
    const { RequestsPerSecond, BytesPerDay } = (limit ?? {}) as RestoreLimit;
    const isTier = tier === 'BULK' || tier === 'STANDARD';
    return isTier && [RequestsPerSecond, BytesPerDay].every((value) => value === undefined || isPositive(value));
  });
}

function isThreshold(given: unknown): boolean {
  const { FailedTasks, FailedShare, AfterTasks } = (given ?? {}) as Record<string, unknown>;
  if (FailedTasks !== undefined) {
    return FailedShare === undefined && Number.isInteger(FailedTasks) && Number(FailedTasks) >= 0;
  }
  return isPositive(FailedShare) && Number(FailedShare) <= 1 && (AfterTasks === undefined || isPositive(AfterTasks));
}

export function isTags(given: unknown): given is readonly Tag[] {
  return (
    Array.isArray(given) &&
    given.every((tag: Partial<Tag> | null) => typeof tag?.Key === 'string' && typeof tag.Value === 'string')
  );
}

function isPositive(given: unknown): boolean {
  return typeof given === 'number' && Number.isFinite(given) && given > 0;
}

export function silentStoreOf(given: unknown): string | undefined {
  return typeof given === 'string' ? given.slice(0, LIMITS.job.describeReasonCharsMax) : undefined;
}

export function isPauseOfAll(given: unknown): given is PauseOfAll {
  const { paused, since, reason } = (given ?? {}) as Partial<PauseOfAll>;
  return (
    typeof paused === 'boolean' && typeof since === 'string' && (reason === undefined || typeof reason === 'string')
  );
}

/** As far as delivering them depends on it: the rest is the receiver's. */
export function isEvents(given: unknown): given is readonly JobEvent[] {
  return Array.isArray(given) && given.every(isEvent);
}

function isEvent(given: unknown): boolean {
  const { id, detail } = (given ?? {}) as { id?: unknown; detail?: { serviceEventDetails?: { status?: unknown } } };
  return typeof id === 'string' && JOB_STATUSES.some((known) => known === detail?.serviceEventDetails?.status);
}

export function isDispatchMessage(given: unknown): given is DispatchMessage {
  const { jobId, left, priority, ready, batchesMax, limited } = (given ?? {}) as Partial<JoinMessage & { left: true }>;
  if (typeof jobId !== 'string') return false;
  if (left === true) return true;
  return (
    isPriority(priority) &&
    typeof ready === 'boolean' &&
    Number.isInteger(batchesMax) &&
    isPositive(batchesMax) &&
    typeof limited === 'boolean'
  );
}
