import { LIMITS } from '../contracts/limits';
import { executed, type Tally } from '../contracts/outcome';

/** At least 1,000 tasks have run and more than half of them failed (S3 user guide, "Tracking job failure"). */
export function exceedsFailureThreshold(tally: Tally): boolean {
  const ran = executed(tally);
  return ran >= LIMITS.failureThresholdTasksMin && tally.failed / ran > LIMITS.failureThresholdShare;
}
