import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { LIMITS } from '../../contracts/limits';

/** An activity's surroundings with the time-out of a batch: the mock's own, a second, is over before a test is. */
export function activityEnvironment(info: Partial<Info> = {}): MockActivityEnvironment {
  return new MockActivityEnvironment({ startToCloseTimeoutMs: LIMITS.batchTimeoutMs, ...info });
}
