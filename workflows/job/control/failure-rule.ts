import { describeExcess, exceedsFailureThreshold } from '../../batches/failure-threshold';
import type { JobRun } from '../job-run';

/** Stops a job most of whose tasks fail: what is wrong is wrong with all of them. */
export function checkFailureThreshold({ state, gate }: JobRun): void {
  const tally = state.pool?.knownTally;
  const threshold = state.failureThreshold;
  if (!tally || gate.shouldStop() || !exceedsFailureThreshold(tally, threshold)) return;
  gate.stopWith('FailureThresholdExceeded', describeExcess(tally, threshold));
}
