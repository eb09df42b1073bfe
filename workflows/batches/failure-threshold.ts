import { executed, type Tally } from '../../contracts/engine/outcome';
import type { FailureThreshold } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { grouped } from '../../contracts/text/text';

/** At least 1,000 tasks have run and more than half of them failed (S3 user guide, "Tracking job failure"). */
export const DEFAULT_FAILURE_THRESHOLD: FailureThreshold = Object.freeze({
  FailedShare: LIMITS.job.failureThresholdShare,
  AfterTasks: LIMITS.job.failureThresholdTasksMin,
});

export function exceedsFailureThreshold(tally: Tally, threshold: FailureThreshold): boolean {
  if ('FailedTasks' in threshold) return tally.failed > threshold.FailedTasks;
  const ran = executed(tally);
  return ran > 0 && ran >= tasksMin(threshold) && tally.failed / ran > threshold.FailedShare;
}

export function describeExcess(tally: Tally, threshold: FailureThreshold): string {
  const failed = `${tally.failed} of ${executed(tally)} tasks failed`;
  if ('FailedTasks' in threshold) {
    return `${failed}: more than the ${threshold.FailedTasks} that the job's limits allow.`;
  }
  const percent = Number((threshold.FailedShare * 100).toFixed(2));
  const share = threshold.FailedShare === LIMITS.job.failureThresholdShare ? 'half' : `${percent} %`;
  return `${failed}: more than ${share} of at least ${grouped(tasksMin(threshold))}.`;
}

function tasksMin(threshold: { readonly AfterTasks?: number }): number {
  return threshold.AfterTasks ?? LIMITS.job.failureThresholdTasksMin;
}
