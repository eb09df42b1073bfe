/** What happens in one seed, as plain data: made from the seed alone, so that it can be printed and played again. */
import { Random } from './random';

export const WORKERS = ['worker-1', 'worker-2'] as const;
export type WorkerName = (typeof WORKERS)[number];
/** Processes with a fault proxy of their own before the store. */
export const STORE_CLIENTS = [...WORKERS, 'api'] as const;
export type StoreClient = (typeof STORE_CLIENTS)[number];
export const PARTS = ['store', 'temporal', 'api', ...WORKERS] as const;
export type PartName = (typeof PARTS)[number];

export const JOB_KINDS = ['tag', 'copy', 'delete', 'move', 'metadata', 'pipeline', 'largeCopy', 'largeMove'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const FAULT_KINDS = [
  'unavailable',
  'errorAfterEffect',
  'resetBefore',
  'resetAfter',
  'errorIn200',
  'cutAnswer',
  'slow',
  /** Each write of some objects, however often it is sent, has its effect, and nobody is told. */
  'errorEveryTime',
  'resetEveryTime',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface JobLimitsGiven {
  readonly TasksPerSecond?: number;
  readonly Concurrency?: number;
}

export interface JobPlan {
  /** `j1`, `j2` …; also the folder of its objects. */
  readonly name: string;
  readonly kind: JobKind;
  /** Rows whose object is there. */
  readonly objects: number;
  /** Rows whose object is not there. */
  readonly missing: number;
  /** Rows that name an object of another row again. */
  readonly duplicates: number;
  /** Rows that can't be a task. */
  readonly unreadable: number;
  readonly confirmation: boolean;
  readonly priority: number;
  readonly limits: JobLimitsGiven;
}

export type Command =
  | { readonly do: 'create' | 'confirm' | 'pause' | 'resume' | 'cancel'; readonly job: string }
  | { readonly do: 'priority'; readonly job: string; readonly priority: number }
  | { readonly do: 'limits'; readonly job: string; readonly limits: JobLimitsGiven }
  | { readonly do: 'tags'; readonly job: string; readonly value: string };

export interface CommandStep {
  readonly atMs: number;
  readonly command: Command;
  /** Confirm, cancel, priority and tags can be said to either face. */
  readonly face: 'rest' | 's3control';
  /** An answer that tells nothing is asked for again so often. */
  readonly retries: number;
}

export interface HurtStep {
  readonly atMs: number;
  readonly hurt: 'kill' | 'freeze';
  readonly parts: readonly PartName[];
  /** Until it is started again, or goes on. */
  readonly forMs: number;
}

/** A worker that sleeps until all jobs have ended, as a laptop does: what it does then comes too late. */
export interface SleepStep {
  readonly atMs: number;
  readonly sleeper: WorkerName;
}

export interface FaultStep {
  readonly atMs: number;
  readonly fault: FaultKind;
  readonly on: readonly StoreClient[];
  /** Share of the requests. */
  readonly share: number;
  readonly forMs: number;
}

export type Step = CommandStep | HurtStep | FaultStep | SleepStep;

export interface Script {
  readonly seed: number;
  readonly jobs: readonly JobPlan[];
  /** What the proxies add to each request that changes something. */
  readonly delayMs: number;
  /** In the order of time. */
  readonly steps: readonly Step[];
}

/** Jobs begin in the first second, and most last some seconds: what is later finds the last ones only. */
const PLAYED_MS = 7_000;
const LARGE: readonly JobKind[] = ['largeCopy', 'largeMove'];

export function scriptOf(seed: number): Script {
  const random = new Random(seed);
  const jobs = Array.from({ length: random.between(2, 4) }, (_, index) => jobPlan(random, `j${index + 1}`));
  const steps = [
    ...jobs.map((job) => create(random, job)),
    ...repeat(random.between(2, 7), () => commandStep(random, random.pick(jobs))),
    ...repeat(random.between(0, 3), () => hurtStep(random)),
    ...repeat(random.between(0, 3), () => faultStep(random)),
    ...(random.chance(0.5) ? atABadMoment(random, random.pick(jobs)) : []),
    ...(random.chance(0.2) ? [sleepStep(random)] : []),
  ];
  return { seed, jobs, delayMs: random.pick([0, 10, 40]), steps: steps.sort((a, b) => a.atMs - b.atMs) };
}

function jobPlan(random: Random, name: string): JobPlan {
  const kind = random.pick(JOB_KINDS);
  const large = LARGE.includes(kind);
  const objects = large ? random.between(2, 4) : random.between(60, 240);
  const mayRepeat = !large && ['tag', 'copy', 'delete', 'metadata'].includes(kind);
  return {
    name,
    kind,
    objects,
    missing: random.chance(0.6) ? random.between(1, 5) : 0,
    duplicates: mayRepeat && random.chance(0.5) ? random.between(1, 4) : 0,
    unreadable: random.chance(0.4) ? random.between(1, 3) : 0,
    confirmation: random.chance(0.2),
    priority: random.pick([10, 10, 10, 20]),
    limits: random.chance(0.7) ? limitsFor(random, objects) : {},
  };
}

/** So that the job lasts some seconds. */
function limitsFor(random: Random, objects: number): JobLimitsGiven {
  const TasksPerSecond = Math.max(1, Math.ceil(objects / random.between(3, 8)));
  return random.chance(0.3) ? { TasksPerSecond, Concurrency: random.between(1, 40) } : { TasksPerSecond };
}

function create(random: Random, job: JobPlan): CommandStep {
  const command = { do: 'create', job: job.name } as const;
  return { atMs: random.between(0, 800), command, face: 'rest', retries: 6 };
}

function commandStep(random: Random, job: JobPlan, atMs = random.between(300, PLAYED_MS)): CommandStep {
  const command = commandFor(random, job);
  const bothFaces = ['confirm', 'cancel', 'priority', 'tags'].includes(command.do);
  return {
    atMs,
    command,
    face: bothFaces && random.chance(0.4) ? 's3control' : 'rest',
    retries: random.pick([0, 0, 2, 4]),
  };
}

function commandFor(random: Random, { name: job, objects }: JobPlan): Command {
  const what = random.pick([
    ...['pause', 'pause', 'pause', 'resume', 'resume', 'cancel'],
    ...['confirm', 'priority', 'priority', 'limits', 'limits', 'tags'],
  ] as const);
  if (what === 'priority') return { do: what, job, priority: random.pick([1, 10, 20, 30]) };
  if (what === 'limits') return { do: what, job, limits: random.chance(0.3) ? {} : limitsFor(random, objects) };
  if (what === 'tags') return { do: what, job, value: `v${random.between(1, 99)}` };
  return { do: what, job };
}

function hurtStep(random: Random, atMs = random.between(1_200, PLAYED_MS)): HurtStep {
  const parts = random.pick<readonly PartName[]>([
    ['worker-1'],
    ['worker-2'],
    WORKERS,
    WORKERS,
    ['api'],
    ['temporal'],
    ['store'],
    ['temporal', 'worker-1'],
    ['api', 'worker-2'],
  ]);
  const hurt = random.pick(['kill', 'freeze'] as const);
  // A frozen worker is given up after the time-out of its heartbeats: shorter and longer are different stories.
  const forMs = hurt === 'kill' ? random.between(100, 3_000) : random.between(300, 9_000);
  return { atMs, hurt, parts, forMs };
}

function sleepStep(random: Random): SleepStep {
  return { atMs: random.between(2_000, 5_000), sleeper: random.pick(WORKERS) };
}

function faultStep(random: Random): FaultStep {
  return {
    atMs: random.between(0, PLAYED_MS - 1_000),
    fault: random.pick(FAULT_KINDS),
    on: random.pick<readonly StoreClient[]>([['worker-1'], ['worker-2'], WORKERS, STORE_CLIENTS]),
    share: random.pick([0.03, 0.1, 0.3, 0.6]),
    forMs: random.between(500, 5_000),
  };
}

/** Something is asked of the job while the workers that have it are dead or frozen, and not yet missed. */
function atABadMoment(random: Random, job: JobPlan): Step[] {
  const hurt = hurtStep(random, random.between(2_000, 5_000));
  const parts = random.pick<readonly PartName[]>([['worker-1'], WORKERS, WORKERS]);
  const after = Array.from({ length: random.between(1, 2) }, () =>
    commandStep(random, job, hurt.atMs + random.between(50, 2_500)),
  );
  return [{ ...hurt, parts }, ...after];
}

function repeat<T>(times: number, make: () => T): T[] {
  return Array.from({ length: times }, make);
}

/** For people. */
export function describeScript({ seed, jobs, delayMs, steps }: Script): string {
  return [
    `seed ${seed}: requests that change something take ${delayMs} ms more`,
    ...jobs.map(describeJob),
    ...steps.map(describeStep),
  ].join('\n  ');
}

function describeJob({ name, kind, objects, missing, duplicates, unreadable, ...job }: JobPlan): string {
  const rows = [
    `${objects} objects`,
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...(duplicates > 0 ? [`${duplicates} twice`] : []),
    ...(unreadable > 0 ? [`${unreadable} unreadable`] : []),
  ].join(', ');
  const confirmation = job.confirmation ? ', to be confirmed' : '';
  return `${name}: ${kind} of ${rows}; priority ${job.priority}, limits ${JSON.stringify(job.limits)}${confirmation}`;
}

export function describeStep(step: Step): string {
  return `${(step.atMs / 1_000).toFixed(2).padStart(6)} s  ${actOf(step)}`;
}

function actOf(step: Step): string {
  const seconds = 'forMs' in step ? `${(step.forMs / 1_000).toFixed(2)} s` : '';
  if ('hurt' in step) return `${step.hurt} ${step.parts.join(' and ')} for ${seconds}`;
  if ('fault' in step) return `${step.fault} for ${step.on.join(' and ')}, ${step.share * 100} % for ${seconds}`;
  if ('sleeper' in step) return `freeze ${step.sleeper} until all jobs have ended`;
  const { command, face, retries } = step;
  const { do: what, job, ...more } = command;
  const value = Object.values(more).map((each) => ` ${JSON.stringify(each)}`);
  return `${what} ${job}${value.join('')}${face === 'rest' ? '' : ' by S3 Control'}${retries > 0 ? `, ${retries} retries` : ''}`;
}
