import type { BatchResult, RecoverBatchInput } from '../contracts/engine/activities';
import { recordedBatch } from '../reports';
import type { ActivityDependencies } from './dependencies';
import type { JobSpecs } from './job-spec';
import { underLease, unlessSilent } from './lease';

/**
 * What the workspace has of a batch whose last attempt ended without a word; null when nothing was flushed, or a store hangs: a
 * pause does not wait for it, and the next attempt looks again.
 */
export function recoverBatchActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function recoverBatch(input: RecoverBatchInput): Promise<BatchResult | null> {
    specs.checkWorkspace(input);
    const recorded = await underLease(dependencies, input.jobId, ({ stores, signal, lease }) =>
      unlessSilent(lease, AbortSignal.abort(), recordedBatch(stores.workspace(), input, input.batch, { signal })),
    );
    return recorded ?? null;
  };
}
