import type { Sample } from '../../client/samples';

/** A point of the chart. */
export interface RatePoint {
  readonly atMs: number;
  readonly tasksPerSecond: number;
  /** The limit that the job had then. */
  readonly limit?: number;
}

/** Batches tell what they have done every second or two: a shorter time would show their beat instead of the rate. */
const RATE_OVER_MS = 10_000;

/** The rate over the ten seconds before each sample. */
export function ratesOf(samples: readonly Sample[]): RatePoint[] {
  const points: RatePoint[] = [];
  let from = 0;
  for (const [index, { atMs, done, limit }] of samples.entries()) {
    while (from < index && atMs - (samples[from + 1]?.atMs ?? atMs) >= RATE_OVER_MS) from += 1;
    const before = samples[from];
    if (before === undefined || atMs - before.atMs < RATE_OVER_MS / 2) continue;
    const tasksPerSecond = (1_000 * (done - before.done)) / (atMs - before.atMs);
    points.push({ atMs, tasksPerSecond, ...(limit !== undefined && { limit }) });
  }
  return points;
}

/** Seconds until all is done at this rate; undefined when nothing can be said. */
export function secondsLeft(left: number, tasksPerSecond: number | undefined): number | undefined {
  return tasksPerSecond === undefined || tasksPerSecond <= 0 ? undefined : left / tasksPerSecond;
}
