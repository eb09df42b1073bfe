import { loadDevConfig } from '../../config/dev';
import { workspaceStore } from '../../config/select';
import { LIMITS } from '../../contracts/limits';
import { type BenchStack, BUCKETS, cpuSince, withStack } from '../harness';
import { assertCopied, type Manifest, objectKey, putManifest, putObjects } from '../objects';
import { atLeast, type BenchPart, type Context, type Goal, number, type PartResult } from '../part';
import { clockTicksPerSecond, endedChildrenCpuSeconds, usageAvailable } from '../process-usage';
import { median } from '../statistics';
import type { Peer, PeerJob } from '../tools/peers/peer';
import { rclonePeers } from '../tools/peers/rclone';
import { s5cmdPeer } from '../tools/peers/s5cmd';
import { JobRunner } from './jobs';

const OBJECT_BYTES = 1_024;
const WARM_UP_OBJECTS = 200;
const SAMPLES = 20;
const GOALS: Readonly<Record<Peer['tool'], number>> = { s5cmd: 1.3, rclone: 1.2 };

interface Round {
  readonly seconds: number;
  /** CPU time of the tool itself, or of Drover's worker. */
  readonly cpuSeconds: number;
  readonly storeCpuSeconds: number;
  /** CPU time of Drover's API and Temporal. */
  readonly otherCpuSeconds?: number;
  readonly activeSeconds?: number;
}

interface Contender {
  readonly name: string;
  /** How many times as fast Drover has to be. */
  readonly wantedRatio?: number;
  readonly rounds: Round[];
  run(targetPrefix: string): Promise<Round>;
}

/** Drover beside the quickest tools for the same job, by turns on the same store, so that each meets the same conditions. */
export const copy: BenchPart = {
  name: 'copy',
  summary: 'copy of small objects on SeaweedFS: Drover, s5cmd run and rclone copy by turns',
  run: (context) => withStack(context, { stub: 'none' }, (stack) => measure(context, stack)),
};

async function measure(context: Context, stack: BenchStack): Promise<PartResult> {
  const { sizes, lifetime } = context;
  const ticks = usageAvailable() ? await clockTicksPerSecond() : Number.NaN;
  lifetime.say(`copy: putting ${number(sizes.copyObjects)} objects`);
  await putObjects(stack.storeConfig, sizes.copyObjects, OBJECT_BYTES);
  const runner = new JobRunner(stack);
  try {
    await warmUp(stack, runner);
    const manifest = await putManifest(stack.storeConfig, BUCKETS.source, sizes.copyObjects);
    const { peers, missing } = await findPeers();
    const contenders = [
      droverContender(stack, runner, manifest),
      ...peers.map((peer) => peerContender(peer, context, stack, ticks)),
    ];
    await runRounds(context, stack, contenders);
    return report(context, contenders, [...peers.map(({ version }) => version), ...missing]);
  } finally {
    runner.close();
  }
}

/** SeaweedFS sets up its volumes at the first writes to a bucket: nobody's copy is to pay for that. */
async function warmUp(stack: BenchStack, runner: JobRunner): Promise<void> {
  const manifest = await putManifest(stack.storeConfig, BUCKETS.source, WARM_UP_OBJECTS);
  await runner.run({ manifest, target: BUCKETS.target, targetPrefix: 'warm-up/' });
}

async function findPeers(): Promise<{ peers: Peer[]; missing: string[] }> {
  const dev = loadDevConfig();
  const [s5cmd, rclones] = await Promise.all([s5cmdPeer(dev), rclonePeers(dev)]);
  const found = [s5cmd, ...rclones];
  return {
    peers: found.flatMap((one) => ('missing' in one ? [] : [one])),
    missing: found.flatMap((one) => ('missing' in one ? [`skipped: ${one.missing}`] : [])),
  };
}

async function runRounds(
  { sizes, lifetime }: Context,
  stack: BenchStack,
  contenders: readonly Contender[],
): Promise<void> {
  const step = Math.max(1, Math.floor(sizes.copyObjects / SAMPLES));
  const samples = Array.from({ length: Math.min(SAMPLES, sizes.copyObjects) }, (_, index) => objectKey(index * step));
  for (let round = 1; round <= sizes.copyRounds; round++) {
    for (const contender of contenders) {
      const targetPrefix = `${contender.name.replaceAll(' ', '-').toLowerCase()}/round-${String(round)}/`;
      const result = await contender.run(targetPrefix);
      await assertCopied(stack.storeConfig, targetPrefix, samples, OBJECT_BYTES);
      contender.rounds.push(result);
      lifetime.say(
        `copy: round ${String(round)}, ${contender.name}: ${number(sizes.copyObjects / result.seconds)} objects/s`,
      );
    }
  }
}

function droverContender(stack: BenchStack, runner: JobRunner, manifest: Manifest): Contender {
  return {
    name: 'Drover',
    rounds: [],
    run: async (targetPrefix) => {
      const used = cpuSince(stack);
      const job = await runner.run({ manifest, target: BUCKETS.target, targetPrefix });
      return {
        seconds: job.totalSeconds,
        activeSeconds: job.activeSeconds,
        cpuSeconds: used('worker'),
        storeCpuSeconds: used('s3'),
        otherCpuSeconds: used('api') + used('temporal'),
      };
    },
  };
}

function peerContender(peer: Peer, { sizes }: Context, stack: BenchStack, ticks: number): Contender {
  const keys = Array.from({ length: sizes.copyObjects }, (_, index) => objectKey(index));
  const { credentials, endpoint, region } = workspaceStore(stack.storeConfig);
  if (credentials.kind !== 'static') throw new Error('the benchmark store has static credentials');
  return {
    name: peer.name,
    wantedRatio: GOALS[peer.tool],
    rounds: [],
    run: async (targetPrefix) => {
      const job: PeerJob = {
        store: { endpoint, region, ...credentials },
        source: BUCKETS.source,
        target: BUCKETS.target,
        targetPrefix,
        keys,
        concurrency: sizes.copyConcurrency,
        scratch: stack.home,
      };
      await peer.prepare(job);
      const childrenBefore = usageAvailable() ? endedChildrenCpuSeconds(ticks) : Number.NaN;
      const used = cpuSince(stack);
      const start = performance.now();
      await peer.run(job);
      const seconds = (performance.now() - start) / 1_000;
      const children = usageAvailable() ? endedChildrenCpuSeconds(ticks) : Number.NaN;
      return { seconds, cpuSeconds: children - childrenBefore, storeCpuSeconds: used('s3') };
    },
  };
}

function report({ sizes }: Context, contenders: readonly Contender[], about: readonly string[]): PartResult {
  const objects = sizes.copyObjects;
  const [drover, ...peers] = contenders;
  const ratios = Object.fromEntries(peers.map((peer) => [peer.name, drover ? medianRatio(drover, peer) : Number.NaN]));
  const rows = contenders.map((contender) => {
    const speeds = contender.rounds.map(({ seconds }) => objects / seconds);
    const perObject = (seconds: (round: Round) => number): string =>
      number((median(contender.rounds.map(seconds)) / objects) * 1_000, 3);
    const ratio = ratios[contender.name];
    return [
      contender.name,
      number(median(speeds)),
      `${number(Math.min(...speeds))} – ${number(Math.max(...speeds))}`,
      perObject(({ cpuSeconds }) => cpuSeconds),
      perObject(({ storeCpuSeconds }) => storeCpuSeconds),
      ratio === undefined ? '' : `${number(ratio, 2)} ×`,
    ];
  });
  const activeSeconds = median(drover?.rounds.map((round) => round.activeSeconds ?? Number.NaN) ?? []);
  const otherCpu = median(
    drover?.rounds.map((round) => ((round.otherCpuSeconds ?? Number.NaN) / objects) * 1_000) ?? [],
  );
  return {
    tables: [
      {
        title: `${number(objects)} objects of ${String(OBJECT_BYTES)} bytes, ${String(sizes.copyRounds)} rounds, medians`,
        columns: ['', 'objects/s', 'range', 'client CPU ms/object', 'store CPU', 'Drover is'],
        rows,
      },
    ],
    goals: peers.flatMap(({ name, wantedRatio }): Goal[] =>
      wantedRatio === undefined
        ? []
        : [atLeast(`Drover over ${name}`, ratios[name] ?? Number.NaN, wantedRatio, '×', 2)],
    ),
    notes: [
      `Drover's time is from create to Complete, manifest and report included (Active alone: ${number(objects / activeSeconds)} objects/s)`,
      `client CPU: the tool's, or Drover's worker (Temporal and API beside it: ${number(otherCpu, 3)} ms/object)`,
      `${String(sizes.copyConcurrency)} requests in flight each; Drover begins with ${String(LIMITS.request.perBucketStart)} and adapts`,
      'ratios: median over the rounds of the ratio within a round',
      ...about,
    ],
    data: {
      objects,
      objectBytes: OBJECT_BYTES,
      ratios,
      rounds: Object.fromEntries(contenders.map((one) => [one.name, one.rounds])),
    },
  };
}

function medianRatio(drover: Contender, peer: Contender): number {
  return median(drover.rounds.map(({ seconds }, index) => (peer.rounds[index]?.seconds ?? Number.NaN) / seconds));
}
