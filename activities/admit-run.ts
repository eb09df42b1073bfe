import { ApplicationFailure } from '@temporalio/activity';
import { defined } from '../contracts/defined';
import type { AdmitRunInput, AdmittedRun } from '../contracts/engine/activities';
import { DroverError, withoutStack } from '../contracts/engine/failures';
import type { ActivityDependencies } from './dependencies';

/**
 * Whether a run of a schedule may make its job: what the configuration gave to the account when the schedule was created, it may
 * not give now. A run beyond the account's quota fails at once: the next one is due in time.
 */
export function admitRunActivity({ stores, admit, fleet, traceJob }: ActivityDependencies) {
  return async function admitRun({ account, roleArn, priority, jobId }: AdmitRunInput): Promise<AdmittedRun> {
    stores.forRole(roleArn, account);
    try {
      await admit(account, priority);
    } catch (error) {
      if (!(error instanceof DroverError) || error.code !== 'TooManyRequestsException') throw error;
      throw withoutStack(ApplicationFailure.nonRetryable(error.message, error.code));
    }
    const pausedWithAll = await fleet.isAllPaused(account);
    return { pausedWithAll, ...defined({ trace: jobId === undefined ? undefined : traceJob?.({ account, jobId }) }) };
  };
}
