import type { BatchResult, RecoverBatchInput } from '../contracts/activities';
import { recordedBatch } from '../reports';
import type { ActivityDependencies } from './dependencies';
import type { JobSpecs } from './job-spec';
import { underLease } from './lease';

/** What the workspace has of a batch whose last attempt ended without a word; null when nothing was flushed. */
export function recoverBatchActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function recoverBatch(input: RecoverBatchInput): Promise<BatchResult | null> {
    specs.checkWorkspace(input);
    const recorded = await underLease(dependencies, input.jobId, ({ stores, signal }) =>
      recordedBatch(stores.workspace(), input, input.batch, { signal }),
    );
    return recorded ?? null;
  };
}
