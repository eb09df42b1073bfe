import { Context } from '@temporalio/activity';
import type { BatchResult, RecoverBatchInput } from '../contracts/activities';
import { recordedBatch } from './batch-record';
import type { ActivityDependencies } from './dependencies';
import { heartbeating } from './heartbeat';
import type { JobSpecs } from './job-spec';
import { takeLease } from './lease';

/** What the workspace has of a batch whose last attempt ended without a word; null when nothing was flushed. */
export function recoverBatchActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function recoverBatch(input: RecoverBatchInput): Promise<BatchResult | null> {
    specs.checkWorkspace(input);
    const { lease, stores } = takeLease(dependencies, input.jobId);
    const { cancellationSignal: signal } = Context.current();
    const recorded = () => recordedBatch(stores.workspace(), input, input.batch, { signal });
    return (await heartbeating(lease, recorded)) ?? null;
  };
}
