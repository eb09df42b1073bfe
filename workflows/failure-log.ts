import { ContinueAsNew, isCancellation, log } from '@temporalio/workflow';
import { failureOf } from './failures';

/**
 * The same workflow, which says in the worker's log why it fails. The SDK's own line leaves the isolate as a copy, and a copied
 * error has lost its code. Nothing is written on replay, and nothing goes into a history.
 */
export function tellingFailure<Args extends unknown[], Result>(
  workflow: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await workflow(...args);
    } catch (error) {
      const hasFailed = !(error instanceof ContinueAsNew) && !isCancellation(error);
      if (hasFailed) log.warn('workflow failed', { error: failureOf(error) });
      throw error;
    }
  };
}
