import type { JoinMessage } from '../contracts/messages';

/** A job that wants workers, as the dispatcher sees it. */
export type Contender = Pick<JoinMessage, 'jobId' | 'priority' | 'ready' | 'batchesMax' | 'limited'>;

/**
 * Batches that each job may have in flight, of `slots` in all. Priority is strict, as with S3 Batch Operations: the jobs of
 * the highest priority get everything, the others nothing. Only beside a job that its own limits hold back do those of
 * lower priority run too. Equals share alike; what one can't use goes to the others; nobody who runs gets less than one.
 *
 * A job that still prepares takes nothing from others; it learns what it would get.
 */
export function sharesOf(contenders: readonly Contender[], slots: number): Map<string, number> {
  const ready = contenders.filter((job) => job.ready);
  const floor = lowestRunningPriority(ready);
  const running = ready.filter((job) => job.priority >= floor);
  const shares = fairShares(running, slots);
  for (const job of contenders) {
    if (shares.has(job.jobId)) continue;
    const wouldRun = !job.ready && job.priority >= floor;
    const equal = Math.max(1, Math.ceil(slots / (running.length + 1)));
    shares.set(job.jobId, wouldRun ? Math.min(job.batchesMax, equal) : 0);
  }
  return shares;
}

/** The highest priority that has a job without limits: from there on, nothing is left for those below. */
function lowestRunningPriority(ready: readonly Contender[]): number {
  return ready.reduce((floor, job) => (job.limited ? floor : Math.max(floor, job.priority)), -1);
}

/** Those who want least are served first, so that what they leave is known when the others' turn comes. */
function fairShares(running: readonly Contender[], slots: number): Map<string, number> {
  const shares = new Map<string, number>();
  const byWish = [...running].sort((a, b) => a.batchesMax - b.batchesMax || compare(a.jobId, b.jobId));
  let left = slots;
  byWish.forEach((job, index) => {
    const equal = Math.max(1, Math.ceil(left / (byWish.length - index)));
    const share = Math.min(job.batchesMax, equal);
    shares.set(job.jobId, share);
    left = Math.max(0, left - share);
  });
  return shares;
}

/** By code unit, hence the same in every run: the order decides who gets the odd slot. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
