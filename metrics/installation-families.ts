import { LIMITS } from '../contracts/limits';
import type { Family, Sample } from './family';

export interface Backlog {
  readonly tasks: number;
  /** For how long the oldest of them has waited; 0 where there is none. */
  readonly oldestMs: number;
}

/** Jobs, queues and workers of one installation, as Temporal tells them. */
export interface InstallationFigures {
  /** By status. */
  readonly jobs: ReadonlyMap<string, number>;
  /** By queue, tasks that wait for a worker. */
  readonly backlogs: ReadonlyMap<string, Backlog>;
  /** All workers that have shown themselves in the last minutes have them together. */
  readonly batchSlots: number;
}

/**
 * The numbers that no single worker knows. `read` is asked at intervals at most, however many scrape. While Temporal does not answer, its
 * numbers are absent rather than old, and `drover_temporal_up` is 0.
 */
export function installationFamilies(
  read: () => Promise<InstallationFigures>,
  now: () => number = () => performance.now(),
): readonly Family[] {
  const figures = remembered(read, now);
  const shown = (samples: (found: InstallationFigures) => readonly Sample[]) => async () => {
    const found = await figures();
    return found === undefined ? [] : samples(found);
  };
  return [
    {
      name: 'drover_temporal_up',
      help: '1: Temporal has answered the last survey.',
      type: 'gauge',
      read: async () => [{ labels: {}, value: (await figures()) === undefined ? 0 : 1 }],
    },
    {
      name: 'drover_jobs',
      help: 'Jobs that Temporal keeps, by status.',
      type: 'gauge',
      read: shown(({ jobs }) => [...jobs].map(([status, value]) => ({ labels: { status }, value }))),
    },
    {
      name: 'drover_queue_backlog',
      help: 'Tasks of a queue that wait for a worker, about.',
      type: 'gauge',
      read: shown(({ backlogs }) => [...backlogs].map(([queue, { tasks }]) => ({ labels: { queue }, value: tasks }))),
    },
    {
      name: 'drover_queue_oldest_seconds',
      help: 'For how long the oldest task of a queue has waited for a worker, about.',
      type: 'gauge',
      read: shown(({ backlogs }) =>
        [...backlogs].map(([queue, { oldestMs }]) => ({ labels: { queue }, value: oldestMs / 1_000 })),
      ),
    },
    {
      name: 'drover_batch_slots',
      help: 'Batches that all workers together run at a time.',
      type: 'gauge',
      read: shown(({ batchSlots }) => [{ labels: {}, value: batchSlots }]),
    },
  ];
}

/** One question at a time, and none before the last answer is old. */
function remembered(
  read: () => Promise<InstallationFigures>,
  now: () => number,
): () => Promise<InstallationFigures | undefined> {
  let last: Promise<InstallationFigures | undefined> | undefined;
  let askedAt = 0;
  return () => {
    if (last === undefined || now() - askedAt >= LIMITS.metrics.surveyIntervalMs) {
      askedAt = now();
      last = read().catch(() => undefined);
    }
    return last;
  };
}
