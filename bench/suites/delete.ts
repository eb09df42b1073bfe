import { loadDevConfig } from '../../config/dev';
import { workspaceStore } from '../../config/select';
import { type BenchStack, BUCKETS, cpuSince, withStack } from '../harness';
import { putManifest, putObjects, withStore } from '../objects';
import { atLeast, type BenchPart, type Context, type Goal, number, type PartResult } from '../part';
import { clockTicksPerSecond, endedChildrenCpuSeconds, usageAvailable } from '../process-usage';
import { median } from '../statistics';
import type { PeerJob } from '../tools/peers/peer';
import { type Remover, s5cmdRemovers } from '../tools/peers/s5cmd';
import { JobRunner } from './jobs';

const OBJECT_BYTES = 16;
const WARM_UP_OBJECTS = 200;
const SAMPLES = 20;
/** Objects deleted for a second of the client's CPU, Drover's over s5cmd's. */
const PER_CPU_SECOND = 2;

interface Round {
  readonly seconds: number;
  /** CPU time of the tool itself, or of Drover's worker. */
  readonly cpuSeconds: number;
  readonly storeCpuSeconds: number;
}

interface Contender {
  readonly name: string;
  readonly rounds: Round[];
  run(folder: string): Promise<Round>;
}

/** Drover beside `s5cmd rm`, which deletes 1,000 keys a request as well, and `s5cmd run`, which is given the keys as Drover is. */
export const deletion: BenchPart = {
  name: 'delete',
  summary: 'delete of small objects on SeaweedFS: Drover, s5cmd rm and s5cmd run by turns',
  run: (context) => withStack(context, { stub: 'none' }, (stack) => measure(context, stack)),
};

async function measure(context: Context, stack: BenchStack): Promise<PartResult> {
  const { sizes, lifetime } = context;
  const ticks = usageAvailable() ? await clockTicksPerSecond() : Number.NaN;
  const runner = new JobRunner(stack);
  const found = await s5cmdRemovers(loadDevConfig());
  const removers = 'missing' in found ? [] : found;
  const contenders = [
    droverContender(stack, runner, sizes.deleteObjects),
    ...removers.map((remover) => peerContender(remover, context, stack, ticks)),
  ];
  try {
    await putObjects(stack.storeConfig, WARM_UP_OBJECTS, OBJECT_BYTES, keyIn('warm-up/'));
    await droverContender(stack, runner, WARM_UP_OBJECTS).run('warm-up/');
    for (let round = 1; round <= sizes.copyRounds; round++) {
      for (const contender of contenders) {
        const folder = `${contender.name.replaceAll(' ', '-').toLowerCase()}-${String(round)}/`;
        await putObjects(stack.storeConfig, sizes.deleteObjects, OBJECT_BYTES, keyIn(folder));
        const result = await contender.run(folder);
        await assertGone(stack, folder, sizes.deleteObjects);
        contender.rounds.push(result);
        const rate = number(sizes.deleteObjects / result.seconds);
        lifetime.say(`delete: round ${String(round)}, ${contender.name}: ${rate} objects/s`);
      }
    }
  } finally {
    runner.close();
  }
  return report(sizes.deleteObjects, contenders, 'missing' in found ? [`skipped: ${found.missing}`] : []);
}

function keyIn(folder: string): (index: number) => string {
  return (index) => `${folder}${String(index % 100).padStart(2, '0')}/cow-${String(index).padStart(9, '0')}.txt`;
}

function droverContender(stack: BenchStack, runner: JobRunner, objects: number): Contender {
  return {
    name: 'Drover',
    rounds: [],
    run: async (folder) => {
      const manifest = await putManifest(stack.storeConfig, BUCKETS.source, objects, keyIn(folder));
      const used = cpuSince(stack);
      const job = await runner.runOperation({ S3DeleteObject: {} }, manifest);
      return { seconds: job.totalSeconds, cpuSeconds: used('worker'), storeCpuSeconds: used('s3') };
    },
  };
}

function peerContender(remover: Remover, { sizes }: Context, stack: BenchStack, ticks: number): Contender {
  const { credentials, endpoint, region } = workspaceStore(stack.storeConfig);
  if (credentials.kind !== 'static') throw new Error('the benchmark store has static credentials');
  return {
    name: remover.name,
    rounds: [],
    run: async (folder) => {
      const job: PeerJob = {
        store: { endpoint, region, ...credentials },
        source: BUCKETS.source,
        target: BUCKETS.source,
        targetPrefix: folder,
        keys: Array.from({ length: sizes.deleteObjects }, (_, index) => keyIn(folder)(index)),
        concurrency: sizes.copyConcurrency,
        scratch: stack.home,
      };
      await remover.prepare(job);
      const childrenBefore = usageAvailable() ? endedChildrenCpuSeconds(ticks) : Number.NaN;
      const used = cpuSince(stack);
      const start = performance.now();
      await remover.run(job);
      const seconds = (performance.now() - start) / 1_000;
      const children = usageAvailable() ? endedChildrenCpuSeconds(ticks) : Number.NaN;
      return { seconds, cpuSeconds: children - childrenBefore, storeCpuSeconds: used('s3') };
    },
  };
}

async function assertGone(stack: BenchStack, folder: string, objects: number): Promise<void> {
  const step = Math.max(1, Math.floor(objects / SAMPLES));
  await withStore(stack.storeConfig, async (store) => {
    for (let index = 0; index < objects; index += step) {
      const ref = { bucket: BUCKETS.source, key: keyIn(folder)(index) };
      const there = await store.headObject(ref).then(
        () => true,
        () => false,
      );
      if (there) throw new Error(`${ref.key} is still there`);
    }
  });
}

function report(objects: number, contenders: readonly Contender[], about: readonly string[]): PartResult {
  const [drover, ...peers] = contenders;
  const perCpuSecond = (one: Contender): number => median(one.rounds.map(({ cpuSeconds }) => objects / cpuSeconds));
  const ratio = (peer: Contender): number =>
    median(peer.rounds.map(({ cpuSeconds }, index) => cpuSeconds / (drover?.rounds[index]?.cpuSeconds ?? Number.NaN)));
  const rows = contenders.map((one) => [
    one.name,
    number(objects / median(one.rounds.map(({ seconds }) => seconds))),
    number(perCpuSecond(one)),
    number((median(one.rounds.map(({ storeCpuSeconds }) => storeCpuSeconds)) / objects) * 1_000, 3),
    one === drover ? '' : `${number(ratio(one), 2)} ×`,
  ]);
  return {
    tables: [
      {
        title: `${number(objects)} objects of ${String(OBJECT_BYTES)} bytes, ${String(contenders[0]?.rounds.length ?? 0)} rounds, medians`,
        columns: ['', 'objects/s', 'objects per CPU second', 'store CPU ms/object', 'Drover is, per CPU second'],
        rows,
      },
    ],
    goals: peers.map((peer): Goal =>
      atLeast(`Drover over ${peer.name}, per CPU second`, ratio(peer), PER_CPU_SECOND, '×', 2),
    ),
    notes: [
      "CPU of the client: the tool's, or Drover's worker, which also reads the manifest and writes a report row for each object",
      's5cmd rm lists the folder and deletes what it finds; s5cmd run is given the keys, one command each',
      ...about,
    ],
    data: { objects, rounds: Object.fromEntries(contenders.map((one) => [one.name, one.rounds])) },
  };
}
