import type { JsonObject } from '../../contracts/job';
import { type BenchStack, BUCKETS, cpuSince, STUB_BUCKETS, withStack } from '../harness';
import { putManifest, putObjects } from '../objects';
import { atLeast, type BenchPart, type Context, number, type PartResult } from '../part';
import { median } from '../statistics';
import { type FinishedJob, JobRunner } from './jobs';

const WARM_UP_TASKS = 2_000;
const OBJECT_BYTES = 1_024;
/** Setting tags or an ACL is a request with a small body; it should go nearly as fast as a copy. */
const SHARE_OF_COPY = 0.8;

const OPERATIONS: readonly { readonly name: string; readonly element: (target: string) => JsonObject }[] = [
  { name: 'copy', element: (target) => ({ S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${target}` } }) },
  { name: 'tagging', element: () => ({ S3PutObjectTagging: { TagSet: [{ Key: 'project', Value: 'farm' }] } }) },
  {
    name: 'ACL',
    element: () => ({ S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: 'private' } } }),
  },
];

interface Round {
  readonly job: FinishedJob;
  readonly workerCpuSeconds: number;
}

/** A store to be measured on: where the objects are, and how many. */
interface Place {
  readonly title: string;
  readonly source: string;
  readonly target: string;
  readonly tasks: number;
}

/** Operations of one request for each object, by turns on the same store. */
export const operations: BenchPart = {
  name: 'operations',
  summary: 'tagging and ACL beside copy: against a store that answers at once, and on SeaweedFS',
  run: (context) => withStack(context, { stub: 'puts' }, (stack) => measure(context, stack)),
};

async function measure(context: Context, stack: BenchStack): Promise<PartResult> {
  const { operationTasks, deleteObjects: objects } = context.sizes;
  const places: Place[] = [
    { title: `the stub (${stack.stub ?? ''})`, ...STUB_BUCKETS, tasks: operationTasks },
    { title: 'SeaweedFS', source: BUCKETS.source, target: BUCKETS.target, tasks: objects },
  ];
  await putObjects(stack.storeConfig, objects, OBJECT_BYTES);
  const runner = new JobRunner(stack);
  try {
    const results: PartResult[] = [];
    for (const place of places) results.push(report(place, await runRounds(context, stack, runner, place)));
    return {
      tables: results.flatMap(({ tables }) => tables),
      goals: results.flatMap(({ goals }) => goals),
      notes: ['ratios: median over the rounds of the ratio within a round'],
      data: results.map(({ data }) => data),
    };
  } finally {
    runner.close();
  }
}

async function runRounds(
  { sizes, lifetime }: Context,
  stack: BenchStack,
  runner: JobRunner,
  { title, source, target, tasks }: Place,
): Promise<ReadonlyMap<string, readonly Round[]>> {
  const done = new Map<string, Round[]>(OPERATIONS.map(({ name }) => [name, []]));
  const warmUp = await putManifest(stack.storeConfig, source, WARM_UP_TASKS);
  for (const { element } of OPERATIONS) await runner.runOperation(element(target), warmUp);
  const manifest = await putManifest(stack.storeConfig, source, tasks);
  for (let round = 1; round <= sizes.copyRounds; round++) {
    for (const { name, element } of OPERATIONS) {
      const used = cpuSince(stack);
      const job = await runner.runOperation(element(target), manifest);
      done.get(name)?.push({ job, workerCpuSeconds: used('worker') });
      lifetime.say(
        `operations: ${title}, round ${String(round)}, ${name}: ${number(tasks / job.totalSeconds)} tasks/s`,
      );
    }
  }
  return done;
}

function report({ title, tasks }: Place, done: ReadonlyMap<string, readonly Round[]>): PartResult {
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
        title: `${number(tasks)} tasks each on ${title}, create to Complete, medians of ${String(copies.length)} rounds`,
        columns: ['', 'tasks/s', 'worker CPU ms/task', 'of copy'],
        rows,
      },
    ],
    goals: [...shares]
      .filter(([name]) => name !== 'copy')
      .map(([name, share]) => atLeast(`${name} beside copy, ${title}`, share, SHARE_OF_COPY, '×', 2)),
    notes: [],
    data: { title, tasks, rounds: Object.fromEntries([...done].map(([name, rounds]) => [name, rounds.map(asData)])) },
  };
}

function asData({ job, workerCpuSeconds }: Round) {
  return { totalSeconds: job.totalSeconds, activeSeconds: job.activeSeconds, workerCpuSeconds };
}
