import { isTerminal } from '../../contracts/engine/lifecycle';
import type { KnownJob } from '../dependencies';

/**
 * Whether nothing can need what a job has left in the workspace. A job that Temporal has forgotten can be neither shown nor retried.
 * One that it knows has all that people want of it in its report, unless a task failed: then it may be retried.
 */
export function canBeMissed(job: KnownJob | undefined, endedBeforeMs: number): boolean {
  if (job === undefined) return true;
  const { endedAtMs, snapshot, wantsReport } = job;
  if (endedAtMs === undefined || endedAtMs >= endedBeforeMs) return false;
  // Terminated in Temporal: how far it came stands in the workspace alone.
  if (snapshot === undefined || !isTerminal(snapshot.status)) return false;
  const hasReport = snapshot.reportManifestKey !== undefined || !wantsReport;
  return hasReport && snapshot.tally.failed === 0 && snapshot.tally.pending === 0;
}
