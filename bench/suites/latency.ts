import { setTimeout as delay } from 'node:timers/promises';
import { jobWorkflowId } from '../../contracts/engine/naming';
import { type BenchStack, BUCKETS, withStack } from '../harness';
import { putManifest, putObjects } from '../objects';
import { atMost, type BenchPart, type Context, number, type PartResult } from '../part';
import { median, percentile } from '../statistics';
import { JobRunner } from './jobs';
import { eventTimeMs } from './temporal-cost';

const OBJECT_BYTES = 1_024;
const POLL_MS = 20;
const PAUSE_MS = 200;
const MEDIAN_MAX_SECONDS = 2;

interface Samples {
  readonly total: number[];
  readonly workflow: number[];
  readonly createJob: number[];
  readonly describeRunning: number[];
  readonly describeEnded: number[];
}

/** The shortest job there is: what a person waits for who copies one object. */
export const latency: BenchPart = {
  name: 'latency',
  summary: 'jobs of one object: create to Complete, and the times of CreateJob and DescribeJob',
  run: (context) => withStack(context, { stub: 'none' }, (stack) => measure(context, stack)),
};

async function measure({ sizes, lifetime }: Context, stack: BenchStack): Promise<PartResult> {
  const samples: Samples = { total: [], workflow: [], createJob: [], describeRunning: [], describeEnded: [] };
  await putObjects(stack.storeConfig, 1, OBJECT_BYTES);
  const manifest = await putManifest(stack.storeConfig, BUCKETS.source, 1);
  const runner = new JobRunner(stack);
  try {
    lifetime.say(`latency: ${String(sizes.latencyJobs)} jobs of one object, one after the other`);
    await runner.run({ manifest, target: BUCKETS.target });
    for (let index = 0; index < sizes.latencyJobs; index++) {
      await measureOne(stack, runner, () => runner.create({ manifest, target: BUCKETS.target }), samples);
      await delay(PAUSE_MS);
    }
  } finally {
    runner.close();
  }
  return report(samples);
}

async function measureOne(
  stack: BenchStack,
  runner: JobRunner,
  create: () => Promise<string>,
  samples: Samples,
): Promise<void> {
  const start = performance.now();
  const jobId = await create();
  samples.createJob.push(performance.now() - start);
  await runner.follow(jobId, POLL_MS, (ms) => samples.describeRunning.push(ms));
  samples.total.push(performance.now() - start);
  await runner.follow(jobId, POLL_MS, (ms) => samples.describeEnded.push(ms));
  await runner.assertComplete(jobId, 1);
  samples.workflow.push(await workflowMs(stack, jobId));
}

async function workflowMs(stack: BenchStack, jobId: string): Promise<number> {
  const { events } = await stack.temporal.workflow.getHandle(jobWorkflowId(jobId)).fetchHistory();
  const [first, last] = [events?.[0], events?.at(-1)];
  return first === undefined || last === undefined ? Number.NaN : eventTimeMs(last) - eventTimeMs(first);
}

function report(samples: Samples): PartResult {
  const row = (name: string, values: readonly number[]): string[] => [
    name,
    number(values.length),
    number(median(values), 1),
    number(percentile(values, 95), 1),
    number(Math.max(...values), 1),
  ];
  return {
    tables: [
      {
        title: 'milliseconds',
        columns: ['', 'n', 'median', 'p95', 'max'],
        rows: [
          row('job of one object, create to Complete', samples.total),
          row("  of it the workflow, by the server's clock", samples.workflow),
          row('CreateJob', samples.createJob),
          row('DescribeJob while it runs', samples.describeRunning),
          row('DescribeJob after its end', samples.describeEnded),
        ],
      },
    ],
    goals: [atMost('job of one object, median', median(samples.total) / 1_000, MEDIAN_MAX_SECONDS, 's', 2)],
    notes: [
      `the end is seen by DescribeJob, asked every ${String(POLL_MS)} ms; the API answers from a cache for a second while a job runs`,
    ],
    data: samples,
  };
}
