import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { LIMITS } from '../../contracts/limits';

/**
 * An activity's surroundings with the time-out of a batch: the mock's own, a second, is over before a test is. Failures that a
 * test expects are not logged.
 */
export function activityEnvironment(info: Partial<Info> = {}): MockActivityEnvironment {
  const logger = new DefaultLogger('ERROR');
  return new MockActivityEnvironment({ startToCloseTimeoutMs: LIMITS.batch.timeoutMs, ...info }, { logger });
}
