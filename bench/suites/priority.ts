import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, type Job } from '../../cli/api-client';
import type { JobStatus } from '../../contracts/job';
import { type BenchStack, STUB_BUCKETS, withStack } from '../harness';
import { type Manifest, putManifest } from '../objects';
import { atMost, type BenchPart, type Context, type Goal, number, type PartResult } from '../part';
import { median } from '../statistics';
import { JobRunner, jobsIn } from './jobs';
import { inLanes, waitFor } from './load';

const WORKERS = 2;
const TASKS = { few: 100, crowd: 5_000, equal: 200_000, million: 1_000_000 } as const;
const ROUNDS = { fair: 5, start: 3, change: 2 } as const;
const PRIORITY = { low: 5, usual: 10, high: 20 } as const;
const POLL_MS = 100;
/** Far above the goals: a run that misses one by much still tells by how much. */
const PATIENCE_MS = 120_000;
/** Over which the shares of equals are compared. */
const EQUALS_WINDOW_MS = 10_000;
const CREATES_IN_FLIGHT = 20;
const GOALS = { changeSeconds: 10, fairRatio: 5, equalsRatio: 1.5 } as const;

type Manifests = Readonly<Record<keyof typeof TASKS, Manifest>>;

/** Seconds, one entry for each round. */
interface Samples {
  readonly alone: number[];
  readonly beside: number[];
  readonly startLowPaused: number[];
  readonly startHighActive: number[];
  readonly startHighCounted: number[];
  readonly lowReturned: number[];
  readonly changeLoserPaused: number[];
  readonly changeWinnerActive: number[];
  readonly crowdAside: number[];
  readonly crowdHighCounted: number[];
  /** Tasks of two equals within the same seconds. */
  readonly equals: { readonly a: number; readonly b: number }[];
}

/** How the crowd stood when the job of higher priority came. */
interface CrowdState {
  readonly jobs: number;
  readonly ready: number;
  readonly active: number;
  readonly pausing: number;
  readonly paused: number;
}

/** Whether who has priority has the workers, and how soon. */
export const priority: BenchPart = {
  name: 'priority',
  summary: 'small jobs beside a large one, changes of hands by priority, alone and among many jobs; two workers',
  run: (context) =>
    withStack(context, { stub: 'puts', workers: WORKERS }, (stack) => new PriorityRun(context, stack).measure()),
};

class PriorityRun {
  private readonly runner: JobRunner;
  private readonly api: ApiClient;
  private readonly samples: Samples = {
    alone: [],
    beside: [],
    startLowPaused: [],
    startHighActive: [],
    startHighCounted: [],
    lowReturned: [],
    changeLoserPaused: [],
    changeWinnerActive: [],
    crowdAside: [],
    crowdHighCounted: [],
    equals: [],
  };

  constructor(
    private readonly context: Context,
    private readonly stack: BenchStack,
  ) {
    this.runner = new JobRunner(stack);
    this.api = new ApiClient({ apiUrl: stack.apiUrl });
  }

  async measure(): Promise<PartResult> {
    try {
      const manifests = await this.putManifests();
      const million = await this.fairness(manifests);
      await this.starts(manifests, million);
      await this.changes(manifests, million);
      await this.equals(manifests);
      const crowd = await this.crowd(manifests);
      return report(this.samples, crowd, this.stack.stub ?? '');
    } finally {
      this.runner.close();
    }
  }

  private async putManifests(): Promise<Manifests> {
    const manifests: Partial<Record<keyof typeof TASKS, Manifest>> = {};
    for (const [name, tasks] of Object.entries(TASKS) as [keyof typeof TASKS, number][]) {
      manifests[name] = await putManifest(this.stack.storeConfig, STUB_BUCKETS.source, tasks);
    }
    return manifests as Manifests;
  }

  /** Resolves with the id of the large job, which goes on. The first job of all is not measured: the compilers have to see the hot path. */
  private async fairness({ few, crowd, million }: Manifests): Promise<string> {
    this.say(`${number(TASKS.few)} tasks, alone and beside ${number(TASKS.million)}`);
    await this.run(crowd);
    for (let round = 0; round < ROUNDS.fair; round++) this.samples.alone.push(await this.run(few));
    const jobId = await this.create(million, PRIORITY.usual);
    await this.until(jobId, 'at work', ({ progress }) => progress.succeeded > 0);
    for (let round = 0; round < ROUNDS.fair; round++) this.samples.beside.push(await this.run(few));
    await this.until(jobId, 'still at work', isActive);
    return jobId;
  }

  private async starts({ equal }: Manifests, low: string): Promise<void> {
    for (let round = 0; round < ROUNDS.start; round++) {
      this.say(`a job of higher priority starts (${String(round + 1)} of ${String(ROUNDS.start)})`);
      await this.until(low, 'Active', isActive);
      const start = performance.now();
      const high = await this.create(equal, PRIORITY.high);
      const [paused, active, counted] = await Promise.all([
        this.secondsUntil(start, low, 'Paused', isPausedByPriority),
        this.secondsUntil(start, high, 'Active', hasStarted),
        this.secondsUntil(start, high, 'counted', ({ progress }) => progress.succeeded > 0),
      ]);
      this.samples.startLowPaused.push(paused);
      this.samples.startHighActive.push(active);
      this.samples.startHighCounted.push(counted);
      const end = performance.now();
      await this.api.change(high, 'cancel');
      this.samples.lowReturned.push(await this.secondsUntil(end, low, 'Active again', isActive));
    }
  }

  /** By UpdateJobPriority, to and fro between two jobs. Both are cancelled in the end. */
  private async changes({ million }: Manifests, usual: string): Promise<void> {
    const other = await this.create(million, PRIORITY.low);
    await this.until(other, 'waiting', ({ status, waitingFor }) => status === 'Ready' && waitingFor !== undefined);
    for (let round = 0; round < ROUNDS.change; round++) {
      this.say(`priorities change (${String(round + 1)} of ${String(ROUNDS.change)})`);
      await this.change(other, PRIORITY.high, { winner: other, loser: usual });
      await this.change(other, PRIORITY.low, { winner: usual, loser: other });
    }
    await this.cancel([usual, other]);
  }

  private async change(
    jobId: string,
    newPriority: number,
    { winner, loser }: { readonly winner: string; readonly loser: string },
  ): Promise<void> {
    const start = performance.now();
    await this.api.setPriority(jobId, newPriority);
    const [paused, active] = await Promise.all([
      this.secondsUntil(start, loser, 'Paused', isPausedByPriority),
      this.secondsUntil(start, winner, 'Active', isActive),
    ]);
    this.samples.changeLoserPaused.push(paused);
    this.samples.changeWinnerActive.push(active);
  }

  private async equals({ equal }: Manifests): Promise<void> {
    this.say(`two equals of ${number(TASKS.equal)} tasks`);
    const jobs = await Promise.all([this.create(equal, PRIORITY.usual), this.create(equal, PRIORITY.usual)]);
    await Promise.all(jobs.map((jobId) => this.until(jobId, 'at work', ({ progress }) => progress.succeeded > 0)));
    const counts = (): Promise<number[]> =>
      Promise.all(jobs.map(async (jobId) => (await this.api.describeJob(jobId)).progress.succeeded));
    const before = await counts();
    await delay(EQUALS_WINDOW_MS);
    const after = await counts();
    await Promise.all(jobs.map((jobId) => this.until(jobId, 'still at work', isActive)));
    const [a = Number.NaN, b = Number.NaN] = after.map((count, index) => count - (before[index] ?? 0));
    this.samples.equals.push({ a, b });
    await this.cancel(jobs);
  }

  private async crowd({ crowd, equal }: Manifests): Promise<CrowdState> {
    const jobs = this.context.sizes.priorityCrowd;
    this.say(`${number(jobs)} jobs of ${number(TASKS.crowd)} tasks at once`);
    const ids = new Set<string>();
    await inLanes(CREATES_IN_FLIGHT, jobs, async () => {
      ids.add(await this.create(crowd, PRIORITY.usual));
    });
    await this.noneOf(ids, ['New', 'Preparing']);
    const count = async (...statuses: JobStatus[]): Promise<number> =>
      (await jobsIn(this.api, statuses)).filter((jobId) => ids.has(jobId)).length;
    const state: CrowdState = {
      jobs,
      ready: await count('Ready'),
      active: await count('Active'),
      pausing: await count('Pausing'),
      paused: await count('Paused'),
    };
    const start = performance.now();
    const high = await this.create(equal, PRIORITY.high);
    const aside = this.noneOf(ids, ['Active', 'Pausing']).then(() => secondsSince(start));
    const counted = this.secondsUntil(start, high, 'counted', ({ progress }) => progress.succeeded > 0);
    this.samples.crowdAside.push(await aside);
    this.samples.crowdHighCounted.push(await counted);
    const present = await jobsIn(this.api, ['Ready', 'Active', 'Pausing', 'Paused']);
    await inLanes(CREATES_IN_FLIGHT, present.length, async (index) => {
      // One may have ended meanwhile.
      await this.api.change(present[index] ?? '', 'cancel').catch(() => undefined);
    });
    return state;
  }

  private async noneOf(jobs: ReadonlySet<string>, statuses: readonly JobStatus[]): Promise<void> {
    await waitFor({
      what: `none of the jobs to be ${statuses.join(' or ')}`,
      look: async () => (await jobsIn(this.api, statuses)).filter((jobId) => jobs.has(jobId)),
      reached: (found) => found.length === 0,
      pollMs: POLL_MS,
      timeoutMs: PATIENCE_MS,
    });
  }

  private create(manifest: Manifest, ofPriority: number): Promise<string> {
    return this.runner.create({ manifest, target: STUB_BUCKETS.target, priority: ofPriority });
  }

  /** Resolves with the seconds from create to Complete. */
  private async run(manifest: Manifest): Promise<number> {
    return (await this.runner.run({ manifest, target: STUB_BUCKETS.target, priority: PRIORITY.usual })).totalSeconds;
  }

  private async cancel(jobs: readonly string[]): Promise<void> {
    await Promise.all(jobs.map((jobId) => this.api.change(jobId, 'cancel')));
    await Promise.all(jobs.map((jobId) => this.until(jobId, 'Cancelled', ({ status }) => status === 'Cancelled')));
  }

  /** Rejects as soon as the job has ended otherwise than asked for. */
  private until(jobId: string, what: string, reached: (job: Job) => boolean): Promise<Job> {
    return waitFor({
      what: `job ${jobId} to be ${what}`,
      look: () => this.api.describeJob(jobId),
      reached,
      refuse: ({ status, terminatedAt }) => {
        if (terminatedAt !== undefined) throw new Error(`job ${jobId} ended ${status} before it was ${what}`);
      },
      pollMs: POLL_MS,
      timeoutMs: PATIENCE_MS,
    });
  }

  private async secondsUntil(start: number, jobId: string, what: string, reached: (job: Job) => boolean) {
    await this.until(jobId, what, reached);
    return secondsSince(start);
  }

  private say(line: string): void {
    this.context.lifetime.say(`priority: ${line}`);
  }
}

function isActive({ status }: Job): boolean {
  return status === 'Active';
}

function hasStarted({ status }: Job): boolean {
  return ['Active', 'Completing', 'Complete'].includes(status);
}

function isPausedByPriority({ status, pausedBy }: Job): boolean {
  return status === 'Paused' && pausedBy === 'priority';
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1_000;
}

function report(samples: Samples, crowd: CrowdState, stub: string): PartResult {
  const row = (name: string, values: readonly number[]): string[] => [
    name,
    number(values.length),
    number(median(values), 2),
    number(Math.max(...values), 2),
  ];
  const equalsRatio = Math.max(...samples.equals.map(({ a, b }) => Math.max(a, b) / Math.min(a, b)));
  return {
    tables: [
      {
        title: `seconds; ${String(WORKERS)} workers`,
        columns: ['', 'n', 'median', 'max'],
        rows: [
          row(`${number(TASKS.few)} tasks, alone`, samples.alone),
          row(`${number(TASKS.few)} tasks, beside ${number(TASKS.million)} of equal priority`, samples.beside),
          row('CreateJob of a higher priority until the lower job is Paused', samples.startLowPaused),
          row('  until the higher one is Active', samples.startHighActive),
          row('  until its first tasks are counted', samples.startHighCounted),
          row('cancel of the higher job until the lower one is Active again', samples.lowReturned),
          row('UpdateJobPriority until who loses is Paused', samples.changeLoserPaused),
          row('  until who wins is Active', samples.changeWinnerActive),
          row(`CreateJob among ${number(crowd.jobs)} jobs until all others stand aside`, samples.crowdAside),
          row('  until its first tasks are counted', samples.crowdHighCounted),
        ],
      },
      {
        title: `two equals, tasks within ${String(EQUALS_WINDOW_MS / 1_000)} s`,
        columns: ['', 'one', 'other'],
        rows: samples.equals.map(({ a, b }) => ['', number(a), number(b)]),
      },
    ],
    goals: goals(samples, equalsRatio),
    notes: [
      `the stub is ${stub}; states and counts are those that DescribeJob and ListJobs show, asked every ${String(POLL_MS)} ms; DescribeJob's may be a second old`,
      `when the job of higher priority came, of the ${number(crowd.jobs)} jobs ${number(crowd.ready)} were Ready, ${number(crowd.active)} Active, ${number(crowd.pausing)} Pausing, ${number(crowd.paused)} Paused`,
    ],
    data: { ...samples, crowd },
  };
}

function goals(samples: Samples, equalsRatio: number): Goal[] {
  const soon = (name: string, ...values: (readonly number[])[]): Goal =>
    atMost(name, Math.max(...values.flat()), GOALS.changeSeconds, 's', 1);
  const fairRatio = median(samples.beside) / median(samples.alone);
  return [
    atMost('small job beside a large one, over alone, medians', fairRatio, GOALS.fairRatio, '×', 1),
    soon('CreateJob to change of hands', samples.startLowPaused, samples.startHighActive, samples.startHighCounted),
    soon('UpdateJobPriority to change of hands', samples.changeLoserPaused, samples.changeWinnerActive),
    soon('CreateJob to change of hands among many', samples.crowdAside, samples.crowdHighCounted),
    atMost('two equals, more over less', equalsRatio, GOALS.equalsRatio, '×', 2),
  ];
}
