import type { DispatchMember } from '../../contracts/engine/messages';
import { LIMITS } from '../../contracts/limits';

/** A job that wants workers, as the dispatcher sees it. */
export type Contender = DispatchMember;

/**
 * Batches that each job may have in flight, of `slots` in all. Priority is strict, as with S3 Batch Operations: the jobs of
 * the highest priority get everything, the others nothing. Only what a job with limits of its own leaves goes to jobs of lower
 * priority.
 *
 * Jobs of equal priority share alike, and what one can't use goes to the others. When there are more of them than slots, they take
 * turns: the job that has had the least is next. So few jobs run at a time, and slots change hands fast however many jobs there are.
 *
 * A job that still prepares takes nothing from others; it learns what it would get.
 */
export function sharesOf(contenders: readonly Contender[], slots: number): Map<string, number> {
  const ready = contenders.filter((job) => job.ready);
  const floor = lowestRunningPriority(ready);
  const wanting = ready.filter((job) => job.priority >= floor);
  const shares = new Map<string, number>();
  let left = slots;
  for (const level of levelsOf(wanting)) {
    const running = level.length > left ? whoseTurn(level, left) : level;
    for (const [jobId, share] of fairShares(running, left)) {
      shares.set(jobId, share);
      left = Math.max(0, left - share);
    }
  }
  for (const job of contenders) {
    if (shares.has(job.jobId)) continue;
    const wouldRun = !job.ready && job.priority >= floor && wanting.length < slots;
    const equal = Math.max(1, Math.ceil(slots / (wanting.length + 1)));
    shares.set(job.jobId, wouldRun ? Math.min(job.batchesMax, equal) : 0);
  }
  return shares;
}

/** Jobs of equal priority together, the highest first. */
function levelsOf(jobs: readonly Contender[]): Contender[][] {
  const priorities = [...new Set(jobs.map(({ priority }) => priority))].sort((a, b) => b - a);
  return priorities.map((priority) => jobs.filter((job) => job.priority === priority));
}

/** The highest priority that has a job without limits: from there on, nothing is left for those below. */
function lowestRunningPriority(ready: readonly Contender[]): number {
  return ready.reduce((floor, job) => (job.limited ? floor : Math.max(floor, job.priority)), -1);
}

/** The jobs that have had least, in order of arrival. A job that runs keeps its slots for a turn. */
function whoseTurn(equals: readonly Contender[], slots: number): Contender[] {
  const standing = (job: Contender): number =>
    job.servedMs - (job.told === undefined || job.told === 0 ? 0 : LIMITS.dispatch.shareTurnMs);
  return [...equals].sort((a, b) => standing(a) - standing(b)).slice(0, slots);
}

/**
 * The `servedMs` that a newcomer starts with. It is next, before all jobs that have had a turn and behind those that still wait
 * for their first. No running job is put aside for it before its turn is over: in a crowd, jobs would do nothing but change.
 */
export function servedMsOfNewcomer(present: Iterable<Contender>): number {
  const all = [...present];
  const waiting = all.filter(({ hasRun }) => hasRun !== true);
  if (waiting.length > 0) return Math.min(...waiting.map(({ servedMs }) => servedMs));
  return all.length === 0 ? 0 : Math.min(...all.map(({ servedMs }) => servedMs)) - 1;
}

/** True while some jobs wait although their priority would let them run: then turns are checked at intervals. */
export function takesTurns(contenders: readonly Contender[], slots: number): boolean {
  const ready = contenders.filter((job) => job.ready);
  const floor = lowestRunningPriority(ready);
  return ready.filter((job) => job.priority >= floor).length > slots;
}

/** The jobs that want least are served first, so that what they leave is known when the others' turn comes. */
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
