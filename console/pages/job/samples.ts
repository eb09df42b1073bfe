/** Tasks that were done at a time. */
export interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** A point of the chart. */
export interface RatePoint {
  readonly atMs: number;
  readonly tasksPerSecond: number;
}

/** Half an hour of them, at one in two seconds. */
const SAMPLES_MAX = 900;
/** Batches tell what they have done every second or two: a shorter time would show their beat instead of the rate. */
const RATE_OVER_MS = 10_000;

/** Counts that go back belong to another run of the page's clock, or of the job: what was before says nothing of the rate. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && (sample.atMs <= last.atMs || sample.done < last.done)) {
    return sample.atMs <= last.atMs ? samples : [sample];
  }
  return [...samples, sample].slice(-SAMPLES_MAX);
}

/** The rate over the ten seconds before each sample. */
export function ratesOf(samples: readonly Sample[]): RatePoint[] {
  const points: RatePoint[] = [];
  let from = 0;
  for (const [index, { atMs, done }] of samples.entries()) {
    while (from < index && atMs - (samples[from + 1]?.atMs ?? atMs) >= RATE_OVER_MS) from += 1;
    const before = samples[from];
    if (before === undefined || atMs - before.atMs < RATE_OVER_MS / 2) continue;
    points.push({ atMs, tasksPerSecond: (1_000 * (done - before.done)) / (atMs - before.atMs) });
  }
  return points;
}

/** Seconds until all is done at this rate; undefined when nothing can be said. */
export function secondsLeft(left: number, tasksPerSecond: number | undefined): number | undefined {
  return tasksPerSecond === undefined || tasksPerSecond <= 0 ? undefined : left / tasksPerSecond;
}

/** The end of an axis: the next of 1, 2 and 5 times a power of ten. */
export function axisEnd(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((end) => end >= value) ?? value;
}
