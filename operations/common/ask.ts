import type { Task } from '../../contracts/engine/outcome';
import type { FailedOutcome } from '../../contracts/engine/waiting';
import type { OperationContext } from '../operation';
import { failedBy } from './failed-by';
import { isAnswerLost, throwIfDown } from './send';

/**
 * Puts a question about an object, and once more when the answer is lost: reading does no harm. Resolves with the row of
 * the task when the store or the configuration refuses, or when it serves, just not this answer; rejects like `PerformTask`.
 */
export async function ask<T>(
  question: () => Promise<T>,
  task: Task,
  context: Pick<OperationContext, 'storeFor'>,
  signal: AbortSignal,
): Promise<{ readonly answer: T } | { readonly refused: FailedOutcome }> {
  for (let again = false; ; again = true) {
    try {
      return { answer: await question() };
    } catch (error) {
      if (!isAnswerLost(error)) return { refused: failedBy(error) };
      if (!again) continue;
      await throwIfDown(error, context.storeFor(task.bucket, 'read'), task, { signal });
      const message = `No answer was received to a question about the object; nothing was done: ${error.message}`;
      return { refused: { status: 'failed', httpStatus: error.httpStatus, errorCode: error.code, message } };
    }
  }
}
