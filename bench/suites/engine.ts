import { type BenchStack, STUB_BUCKETS, withStack } from '../harness';
import { putManifest } from '../objects';
import { atLeast, atMost, type BenchPart, type Context, number, type PartResult } from '../part';
import { usageAvailable } from '../process-usage';
import { type FinishedJob, JobRunner } from './jobs';
import { type ActionCounts, countActions, countEvents, serverActions, sumMetric, totalActions } from './temporal-cost';

const MILLION = 1_000_000;
/** Enough for the compilers to have seen the hot path. */
const WARM_UP_TASKS = 5_000;
const GOALS = { tasksPerSecond: 5_000, workerCpuMs: 0.25, actionsPerMillion: 5_000 } as const;
const AIMS = '9,000 tasks/s and 0.12 ms are aimed at';

interface EngineRun {
  readonly job: FinishedJob;
  /** Seconds of CPU during the job, by part. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Answered by Temporal during the job. */
  readonly heartbeats: number;
  /** Actions by kind as the server counts them itself. */
  readonly serverActions: Readonly<Record<string, number>>;
}

/** What Drover itself costs: a store that answers at once, and everything else as it is. */
export const engine: BenchPart = {
  name: 'engine',
  summary:
    'copy through the whole engine against a store that answers at once: tasks/s, CPU, Temporal events and actions',
  run: (context) => withStack(context, { stub: 'puts' }, (stack) => measure(context, stack)),
};

async function measure({ sizes, lifetime }: Context, stack: BenchStack): Promise<PartResult> {
  const tasks = sizes.engineTasks;
  const warmUp = Math.min(WARM_UP_TASKS, tasks);
  const runner = new JobRunner(stack);
  try {
    lifetime.say(`engine: warming up with ${number(warmUp)} tasks, then ${number(tasks)}`);
    await runner.run({
      manifest: await putManifest(stack.storeConfig, STUB_BUCKETS.source, warmUp),
      target: STUB_BUCKETS.target,
    });
    const manifest = await putManifest(stack.storeConfig, STUB_BUCKETS.source, tasks);
    const before = await counters(stack);
    const job = await runner.run({ manifest, target: STUB_BUCKETS.target });
    const after = await counters(stack);
    const run: EngineRun = {
      job,
      cpuSeconds: difference(before.cpuSeconds, after.cpuSeconds),
      heartbeats: after.heartbeats - before.heartbeats,
      serverActions: difference(before.actions, after.actions),
    };
    return report(run, tasks, stack.stub ?? '');
  } finally {
    runner.close();
  }
}

async function counters(stack: BenchStack) {
  const page = await stack.temporalMetrics();
  const namespace = stack.config.temporal.namespace;
  return {
    cpuSeconds: usageAvailable() ? stack.cpuSeconds() : {},
    heartbeats: sumMetric(page, 'service_requests', {
      namespace,
      operation: 'RecordActivityTaskHeartbeat',
      service_name: 'frontend',
    }),
    actions: serverActions(page, namespace),
  };
}

/** What counters rose by; those that did not move are left out. */
function difference(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) {
  const moved = Object.entries(after).map(([name, value]): [string, number] => [name, value - (before[name] ?? 0)]);
  return Object.fromEntries(moved.filter(([, value]) => value !== 0));
}

function report(run: EngineRun, tasks: number, stub: string): PartResult {
  const { job, cpuSeconds } = run;
  const actions = countActions(job.histories);
  const perMillion = ((totalActions(actions) + run.heartbeats) / tasks) * MILLION;
  const tasksPerSecond = tasks / job.totalSeconds;
  const workerCpuMs = ((cpuSeconds['worker'] ?? Number.NaN) / tasks) * 1_000;
  return {
    tables: [speedTable(job, tasks), cpuTable(cpuSeconds, tasks, job.totalSeconds), costTable(run, actions, tasks)],
    goals: [
      atLeast('speed, create to Complete', tasksPerSecond, GOALS.tasksPerSecond, 'tasks/s'),
      ...(usageAvailable() ? [atMost('worker CPU per task', workerCpuMs, GOALS.workerCpuMs, 'ms', 3)] : []),
      atMost('Temporal actions per million tasks', perMillion, GOALS.actionsPerMillion, ''),
    ],
    notes: [
      AIMS,
      `the stub is ${stub}; manifest, workspace and report are kept in SeaweedFS behind it`,
      'actions: counted from the histories of the job and all its chunks; heartbeats: requests that reached the server',
      ...(usageAvailable() ? [] : ['CPU is not measured: this system has no /proc']),
    ],
    data: {
      tasks,
      stub,
      totalSeconds: job.totalSeconds,
      activeSeconds: job.activeSeconds,
      tasksPerSecond,
      cpuSeconds,
      workerCpuMsPerTask: workerCpuMs,
      events: countEvents(job.histories),
      chunks: job.histories.children.length,
      actions,
      heartbeats: run.heartbeats,
      actionsPerMillion: perMillion,
      serverActions: run.serverActions,
    },
  };
}

function speedTable({ totalSeconds, activeSeconds }: FinishedJob, tasks: number) {
  const row = (name: string, seconds: number): string[] => [name, number(seconds, 2), number(tasks / seconds)];
  return {
    title: `${number(tasks)} tasks, one worker process`,
    columns: ['', 'seconds', 'tasks/s'],
    rows: [row('create to Complete', totalSeconds), row('of it Active', activeSeconds)],
  };
}

function cpuTable(cpuSeconds: Readonly<Record<string, number>>, tasks: number, totalSeconds: number) {
  return {
    title: 'CPU, create to Complete',
    columns: ['process', 'ms per task', 'cores'],
    rows: Object.entries(cpuSeconds).map(([name, seconds]) => [
      name,
      number((seconds / tasks) * 1_000, 4),
      number(seconds / totalSeconds, 2),
    ]),
  };
}

function costTable(run: EngineRun, actions: ActionCounts, tasks: number) {
  const { histories } = run.job;
  const row = (name: string, count: number): string[] => [name, number(count), number((count / tasks) * MILLION)];
  const counted = Object.entries(actions).filter(([, count]) => count > 0);
  return {
    title: `Temporal; chunks: ${number(histories.children.length)}`,
    columns: ['', 'count', 'per million tasks'],
    rows: [
      row('events in histories', countEvents(histories)),
      ...counted.map(([name, count]) => row(`actions: ${name}`, count as number)),
      row('actions: heartbeats', run.heartbeats),
      row('actions, all', totalActions(actions) + run.heartbeats),
      row("actions, all, by the server's own counter", sumOf(run.serverActions)),
    ],
  };
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, one) => total + one, 0);
}
