import {
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  patched,
  rootCause,
  TimeoutFailure,
} from '@temporalio/workflow';
import { withoutStack } from '../contracts/engine/failures';

/** Code and message of a failure, for FailureReasons. Codes are those of the catalogue, as activities put them into `type`. */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'InternalError', message: cause.message };
    if (cause instanceof TimeoutFailure) return { code: 'InternalError', message: `timed out: ${cause.message}` };
  }
  const message = rootCause(error) ?? String(error);
  if (error instanceof ChildWorkflowFailure) {
    return { code: 'WorkflowEnded', message: `a part of the job was ended from outside: ${message}` };
  }
  return { code: 'InternalError', message };
}

/** A failure that ends a workflow for good. */
export function lastingFailure(code: string, message: string): ApplicationFailure {
  return withoutStack(ApplicationFailure.nonRetryable(message, code));
}

/**
 * Whether an attempt ended although its work can be done: cancelled, timed out, or failed by what another attempt might not
 * meet. That is seen only when the workflow wants the work to stop, and is no failure then.
 */
export function isInterruption(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause.nonRetryable !== true;
    if (cause instanceof CancelledFailure || cause instanceof TimeoutFailure) return true;
  }
  return false;
}

/** The same for a step of a job: histories in which a time-out was a failure replay as they went. */
export function isStepInterruption(error: unknown): boolean {
  return isCancellation(error) || (isInterruption(error) && patched('interrupted-steps'));
}
