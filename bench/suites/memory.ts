import { STUB_BUCKETS, withStack } from '../harness';
import { putManifest } from '../objects';
import { atMost, type BenchPart, type Context, number, type PartResult } from '../part';
import { residentBytes, usageAvailable } from '../process-usage';
import { median } from '../statistics';
import { JobRunner } from './jobs';

const SAMPLE_MS = 250;
const MIB = 1_024 * 1_024;
const GROWTH_MAX = 1.2;

interface MemoryRun {
  readonly tasks: number;
  readonly seconds: number;
  readonly idleBytes: number;
  /** Median of the second half of the samples: after the start, before the end. */
  readonly plateauBytes: number;
  readonly peakBytes: number;
  readonly samples: readonly number[];
}

/** Whether a worker's memory depends on the size of the job. Each size meets a worker that has just started. */
export const memory: BenchPart = {
  name: 'memory',
  summary: 'resident memory of the worker during jobs of different sizes, against a store that answers at once',
  run: async (context) => {
    if (!usageAvailable()) throw new Error('memory is read from /proc, which this system does not have');
    const runs: MemoryRun[] = [];
    for (const tasks of context.sizes.memoryTasks) runs.push(await measure(context, tasks));
    return report(runs);
  },
};

function measure(context: Context, tasks: number): Promise<MemoryRun> {
  return withStack(context, { stub: 'puts' }, async (stack) => {
    const manifest = await putManifest(stack.storeConfig, STUB_BUCKETS.source, tasks);
    const runner = new JobRunner(stack);
    const idleBytes = residentBytes(stack.workerPid) ?? Number.NaN;
    const samples: number[] = [];
    const timer = setInterval(() => {
      const bytes = residentBytes(stack.workerPid);
      if (bytes !== undefined) samples.push(bytes);
    }, SAMPLE_MS);
    try {
      context.lifetime.say(`memory: ${number(tasks)} tasks`);
      const { totalSeconds } = await runner.run({ manifest, target: STUB_BUCKETS.target });
      clearInterval(timer);
      const plateauBytes = median(samples.slice(Math.floor(samples.length / 2)));
      return { tasks, seconds: totalSeconds, idleBytes, plateauBytes, peakBytes: Math.max(...samples), samples };
    } finally {
      clearInterval(timer);
      runner.close();
    }
  });
}

function report(runs: readonly MemoryRun[]): PartResult {
  const [smallest, largest] = [runs[0], runs.at(-1)];
  const growth = largest && smallest ? largest.plateauBytes / smallest.plateauBytes : Number.NaN;
  return {
    tables: [
      {
        title: 'resident memory of one worker process, MiB',
        columns: ['tasks', 'seconds', 'before', 'plateau', 'peak'],
        rows: runs.map((run) => [
          number(run.tasks),
          number(run.seconds, 1),
          number(run.idleBytes / MIB),
          number(run.plateauBytes / MIB),
          number(run.peakBytes / MIB),
        ]),
      },
    ],
    goals: runs.length < 2 ? [] : [atMost('plateau, largest over smallest job', growth, GROWTH_MAX, '×', 2)],
    notes: ['plateau: median of the second half of the samples, one each 250 ms'],
    data: { runs },
  };
}
