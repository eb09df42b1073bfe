import type { JsonObject } from '../contracts/job';
import { cpuSince, STUB_BUCKETS, withStack, type BenchStack } from './harness';
import { JobRunner, type FinishedJob } from './jobs';
import { putManifest } from './objects';
import { atLeast, number, type BenchPart, type Context, type PartResult } from './part';
import { median } from './statistics';

const WARM_UP_TASKS = 2_000;
/** Setting tags or an ACL is a request with a small body; it should go nearly as fast as a copy. */
const SHARE_OF_COPY = 0.8;

const OPERATIONS: readonly { readonly name: string; readonly element: JsonObject }[] = [
  { name: 'copy', element: { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${STUB_BUCKETS.target}` } } },
  { name: 'tagging', element: { S3PutObjectTagging: { TagSet: [{ Key: 'project', Value: 'farm' }] } } },
  { name: 'ACL', element: { S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: 'private' } } } },
];

interface Round {
  readonly job: FinishedJob;
  readonly workerCpuSeconds: number;
}

/** Operations of one request for each object, by turns against a store that answers at once. */
export const operations: BenchPart = {
  name: 'operations',
  summary: 'tagging and ACL beside copy, against a store that answers at once',
  run: (context) => withStack(context, { stub: 'puts' }, (stack) => measure(context, stack)),
};

async function measure({ sizes, lifetime }: Context, stack: BenchStack): Promise<PartResult> {
  const { operationTasks: tasks, copyRounds: rounds } = sizes;
  const runner = new JobRunner(stack);
  const done = new Map<string, Round[]>(OPERATIONS.map(({ name }) => [name, []]));
  try {
    const warmUp = await putManifest(stack.storeConfig, STUB_BUCKETS.source, WARM_UP_TASKS);
    for (const { element } of OPERATIONS) await runner.runOperation(element, warmUp);
    const manifest = await putManifest(stack.storeConfig, STUB_BUCKETS.source, tasks);
    for (let round = 1; round <= rounds; round++) {
      for (const { name, element } of OPERATIONS) {
        const used = cpuSince(stack);
        const job = await runner.runOperation(element, manifest);
        done.get(name)?.push({ job, workerCpuSeconds: used('worker') });
        lifetime.say(`operations: round ${String(round)}, ${name}: ${number(tasks / job.totalSeconds)} tasks/s`);
      }
    }
  } finally {
    runner.close();
  }
  return report(tasks, done, stack.stub ?? '');
}

function report(tasks: number, done: ReadonlyMap<string, readonly Round[]>, stub: string): PartResult {
  const copies = done.get('copy') ?? [];
  const shares = new Map(
    [...done].map(([name, rounds]) => [
      name,
      median(rounds.map(({ job }, index) => (copies[index]?.job.totalSeconds ?? Number.NaN) / job.totalSeconds)),
    ]),
  );
  const rows = [...done].map(([name, rounds]) => [
    name,
    number(tasks / median(rounds.map(({ job }) => job.totalSeconds))),
    number((median(rounds.map(({ workerCpuSeconds }) => workerCpuSeconds)) / tasks) * 1_000, 3),
    `${number(shares.get(name) ?? Number.NaN, 2)} ×`,
  ]);
  return {
    tables: [
      {
        title: `${number(tasks)} tasks each, create to Complete, medians of ${String(copies.length)} rounds`,
        columns: ['', 'tasks/s', 'worker CPU ms/task', 'of copy'],
        rows,
      },
    ],
    goals: [...shares]
      .filter(([name]) => name !== 'copy')
      .map(([name, share]) => atLeast(`${name} beside copy`, share, SHARE_OF_COPY, '×', 2)),
    notes: [`the stub is ${stub}; ratios: median over the rounds of the ratio within a round`],
    data: { tasks, rounds: Object.fromEntries([...done].map(([name, rounds]) => [name, rounds.map(asData)])) },
  };
}

function asData({ job, workerCpuSeconds }: Round) {
  return { totalSeconds: job.totalSeconds, activeSeconds: job.activeSeconds, workerCpuSeconds };
}
