import { queryOptions, skipToken } from '@tanstack/react-query';
import type { Job } from './api';

/** How far a job was at a time. */
export interface Sample {
  readonly atMs: number;
  /** Tasks. */
  readonly done: number;
  /** Tasks per second that the job was allowed then; absent: no limit. */
  readonly limit?: number;
}

/** Half an hour of them, at one in two seconds. */
const SAMPLES_MAX = 900;

export function sampleOf(
  { progress, limits: { TasksPerSecond } }: Pick<Job, 'progress' | 'limits'>,
  atMs: number,
): Sample {
  const done = progress.succeeded + progress.failed;
  return TasksPerSecond === undefined ? { atMs, done } : { atMs, done, limit: TasksPerSecond };
}

/** Counts that go back belong to another run of the page's clock, or of the job: what was before says nothing of the rate. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && (sample.atMs <= last.atMs || sample.done < last.done)) {
    return sample.atMs <= last.atMs ? samples : [sample];
  }
  return [...samples, sample].slice(-SAMPLES_MAX);
}

/** What `jobQuery` has seen of a job since the console was opened: a page that is left and entered again goes on with its chart. */
export function samplesQuery(jobId: string) {
  return queryOptions<readonly Sample[]>({ queryKey: ['samples', jobId], queryFn: skipToken });
}
