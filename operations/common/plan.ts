import type { OperationPlan } from '../../contracts/engine/plan';
import { LIMITS } from '../../contracts/limits';

/** The plan of an operation that has no wishes of its own; `overrides` are its wishes. */
export function defaultPlan(name: string, overrides: Partial<Omit<OperationPlan, 'operation'>> = {}): OperationPlan {
  return {
    operation: name,
    batchRows: LIMITS.batch.rows,
    requestsInFlight: LIMITS.batch.requestsInFlight,
    batchTimeoutMs: LIMITS.batch.timeoutMs,
    chunksInFlight: LIMITS.chunks.inFlight,
    batchesInFlight: LIMITS.chunks.batchesInFlight,
    ...overrides,
  };
}
