import { Context } from '@temporalio/activity';
import type { BatchResult, RecoverBatchInput } from '../contracts/activities';
import { recordedBatch } from './batch-record';
import type { ActivityDependencies } from './dependencies';
import type { JobSpecs } from './job-spec';

/** What the workspace has of a batch whose last attempt ended without a word; null when nothing was flushed. */
export function recoverBatchActivity({ stores }: ActivityDependencies, specs: JobSpecs) {
  return async function recoverBatch(input: RecoverBatchInput): Promise<BatchResult | null> {
    specs.checkWorkspace(input);
    const { cancellationSignal: signal } = Context.current();
    return (await recordedBatch(stores.workspace(), input, input.batch, { signal })) ?? null;
  };
}
