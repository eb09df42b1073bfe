/** Plays the script of one seed on a stage, waits for the end of its jobs, and looks at everything. */
import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../../contracts/defined';
import { isTerminal } from '../../contracts/engine/lifecycle';
import { Buckets } from '../support/stack/buckets';
import { jobRequest, reportFolder } from '../support/stack/jobs';
import { readReport } from '../support/stack/report';
import type { JobEvidence, Poll, SeedEvidence, SentCommand } from './evidence';
import { Faces, pollOf } from './faces';
import { JobHistories } from './histories';
import { findings } from './oracle';
import { BYSTANDERS, folderOf, manifestOf, MANIFESTS, operationOf, REPORTS, rowsOf } from './rows';
import {
  type CommandStep,
  describeStep,
  type FaultStep,
  type HurtStep,
  type JobPlan,
  type PartName,
  type Script,
  type SleepStep,
  STORE_CLIENTS,
  type StoreClient,
  type WorkerName,
} from './script';
import type { Stage } from './stage';
import { bystanders, type JobBefore, putObjects, statesOf, strangers, uploadsLeft } from './store-look';

/** Everything is well again, nobody holds it back, and nothing changes: then it is stuck. */
const IDLE_MS = 60_000;
/** A process that sleeps keeps its polls: Temporal gives it task after task, and waits in vain for each. */
const IDLE_BESIDE_SLEEPER_MS = 150_000;
const POLL_MS = 120;
const RELEASE_MS = 1_000;
/** For what a process that was frozen still has to say. */
const SETTLE_MS = 2_000;

export interface Played {
  readonly findings: readonly string[];
  readonly evidence: SeedEvidence;
}

interface RunningJob {
  readonly plan: JobPlan;
  readonly before: JobBefore;
  jobId: string | undefined;
  readonly polls: Poll[];
  readonly commands: SentCommand[];
  /** When a change was shown last. */
  changedAt: number;
}

export async function play(stage: Stage, script: Script, say: (line: string) => void): Promise<Played> {
  const performance = new Performance(stage, script, say);
  try {
    return await performance.run();
  } finally {
    performance.close();
  }
}

class Performance {
  private readonly faces: Faces;
  private readonly buckets: Buckets;
  private readonly jobs: RunningJob[] = [];
  private readonly faults = new Set<FaultStep>();
  private readonly sleepers = new Set<WorkerName>();
  private readonly idle: string[] = [];
  private readonly errands: Promise<void>[] = [];
  private readonly writesBefore: Readonly<Record<StoreClient, number>>;
  private over = false;

  constructor(
    private readonly stage: Stage,
    private readonly script: Script,
    private readonly say: (line: string) => void,
  ) {
    this.faces = new Faces(stage.apiUrl, stage.config);
    this.buckets = new Buckets(stage.s3Url);
    const counts = STORE_CLIENTS.map((name) => [name, stage.proxies[name].writes.length] as const);
    this.writesBefore = Object.fromEntries(counts) as Record<StoreClient, number>;
  }

  close(): void {
    this.over = true;
    this.faces.close();
    this.buckets.close();
  }

  async run(): Promise<Played> {
    const { seed, jobs, delayMs } = this.script;
    await this.buckets.put(BYSTANDERS, `s${seed}`, 'bystander');
    for (const plan of jobs) {
      const before = await putObjects(this.buckets, seed, plan);
      await this.buckets.put(MANIFESTS, manifestKey(seed, plan), manifestOf(rowsOf(seed, plan)));
      this.jobs.push({ plan, before, jobId: undefined, polls: [], commands: [], changedAt: Date.now() });
    }
    const untouched = await bystanders(this.buckets, seed, jobs);
    for (const proxy of Object.values(this.stage.proxies)) proxy.delayMs = delayMs;
    const watching = this.jobs.map((job) => this.watch(job));
    await this.timed('played', () => this.playSteps());
    await this.timed('all parts are well again', () => this.stage.heal([...this.sleepers]));
    await this.timed('all jobs have ended', () => this.release());
    await Promise.all([...watching, ...this.errands]);
    if (this.sleepers.size > 0) await this.stage.heal();
    await delay(SETTLE_MS);
    const evidence = await this.evidence(untouched);
    return { evidence, findings: findings(evidence) };
  }

  private async timed(what: string, work: () => Promise<void>): Promise<void> {
    const startedAt = Date.now();
    await work();
    this.say(`${what} after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
  }

  // --- the script ------------------------------------------------------------------------------------------------------

  private async playSteps(): Promise<void> {
    const deeds = this.script.steps.flatMap((step) => {
      if ('hurt' in step) return [deed(step.atMs, () => this.hurt(step)), deed(end(step), () => this.unhurt(step))];
      if ('fault' in step) {
        return [deed(step.atMs, () => this.fault(step, true)), deed(end(step), () => this.fault(step, false))];
      }
      if ('sleeper' in step) return [deed(step.atMs, () => this.sleep(step))];
      return [deed(step.atMs, () => this.errand(step))];
    });
    const startedAt = Date.now();
    for (const { atMs, act } of deeds.sort((a, b) => a.atMs - b.atMs)) {
      const waitMs = startedAt + atMs - Date.now();
      if (waitMs > 0) await delay(waitMs);
      act();
    }
  }

  private hurt(step: HurtStep): void {
    this.say(describeStep(step));
    for (const part of this.awake(step.parts)) this.stage[step.hurt](part);
  }

  private unhurt({ hurt, parts }: HurtStep): void {
    for (const part of this.awake(parts)) {
      if (hurt === 'kill') this.stage.start(part);
      else this.stage.thaw(part);
    }
  }

  private sleep(step: SleepStep): void {
    this.say(describeStep(step));
    this.sleepers.add(step.sleeper);
    this.stage.freeze(step.sleeper);
  }

  private awake(parts: readonly PartName[]): PartName[] {
    return parts.filter((part) => ![...this.sleepers].some((sleeper) => sleeper === part));
  }

  private fault(step: FaultStep, on: boolean): void {
    if (on) this.say(describeStep(step));
    if (on) this.faults.add(step);
    else this.faults.delete(step);
    for (const name of step.on) {
      this.stage.proxies[name].misbehave([...this.faults].filter(({ on: clients }) => clients.includes(name)));
    }
  }

  /** Not waited for: the next step comes when its time has come. */
  private errand(step: CommandStep): void {
    const job = this.jobs.find(({ plan }) => plan.name === step.command.job)!;
    this.errands.push(this.sayTo(job, step).then((text) => this.say(`${describeStep(step)}: ${text}`)));
  }

  private async sayTo(job: RunningJob, step: CommandStep): Promise<string> {
    if (step.command.do === 'create') return this.create(job, step.retries);
    if (job.jobId === undefined) return 'there is no job yet';
    const sent = await this.faces.say(job.jobId, step);
    job.commands.push(sent);
    return `${sent.outcome}${sent.detail === undefined ? '' : ` (${sent.detail})`}`;
  }

  /** With the same token each time: however often it is asked for, there is one job. */
  private async create(job: RunningJob, retries: number): Promise<string> {
    const request = this.requestOf(job.plan);
    for (let left = retries; ; left -= 1) {
      const verdict = await this.faces.once(async () => {
        const { jobId } = await this.faces.rest.createJob(request);
        if (job.jobId !== undefined && job.jobId !== jobId) throw new Error(`${jobId} is another than ${job.jobId}`);
        job.jobId = jobId;
      });
      if (verdict.outcome !== 'unclear' || left <= 0 || this.over) return verdict.detail ?? verdict.outcome;
      await delay(POLL_MS * 4);
    }
  }

  private requestOf(plan: JobPlan): unknown {
    const { seed } = this.script;
    return jobRequest({
      manifest: `${MANIFESTS}/${manifestKey(seed, plan)}`,
      operation: operationOf(plan),
      report: REPORTS,
      more: {
        ClientRequestToken: `chaos-${seed}-${plan.name}-${this.buckets.endpoint}`,
        Description: `chaos ${seed} ${plan.name}`,
        ConfirmationRequired: plan.confirmation,
        Priority: plan.priority,
        ...(Object.keys(plan.limits).length > 0 && { Limits: plan.limits }),
      },
    });
  }

  // --- to the end ------------------------------------------------------------------------------------------------------

  /** Nobody has to wait for a person any more. */
  private async release(): Promise<void> {
    this.faults.clear();
    for (const proxy of Object.values(this.stage.proxies)) proxy.misbehave([]);
    const now = Date.now();
    for (const job of this.jobs) job.changedAt = now;
    await Promise.all(this.jobs.map((job) => this.releaseJob(job)));
  }

  private async releaseJob(job: RunningJob): Promise<void> {
    if (job.jobId === undefined) {
      const text = await this.create(job, 20);
      if (job.jobId === undefined) throw new Error(`${job.plan.name} can't be created: ${text}`);
    }
    const step = { face: 'rest', retries: 3 } as const;
    await this.note(job, { ...step, command: { do: 'limits', job: job.plan.name, limits: {} } });
    while (!this.hasEnded(job)) {
      if (this.isStuck(job)) return;
      const status = job.polls.at(-1)?.status;
      if (status === 'Suspended') await this.note(job, { ...step, command: { do: 'confirm', job: job.plan.name } });
      else await this.note(job, { ...step, command: { do: 'resume', job: job.plan.name } });
      await delay(RELEASE_MS);
    }
  }

  private async note(job: RunningJob, step: Omit<CommandStep, 'atMs'>): Promise<void> {
    job.commands.push(await this.faces.say(job.jobId!, step));
  }

  private isStuck(job: RunningJob): boolean {
    // A job of lower priority waits for the others.
    const idleMs = this.sleepers.size > 0 ? IDLE_BESIDE_SLEEPER_MS : IDLE_MS;
    const busy = this.jobs.some((other) => Date.now() - other.changedAt < idleMs);
    if (busy) return false;
    const { status, succeeded, failed, total } = job.polls.at(-1) ?? {};
    const counts = `${succeeded} + ${failed} of ${total}`;
    this.idle.push(`${job.plan.name} ${job.jobId} is ${status} with ${counts}, for ${idleMs / 1_000} s`);
    this.over = true;
    return true;
  }

  private hasEnded({ polls }: RunningJob): boolean {
    const last = polls.at(-1);
    return last !== undefined && isTerminal(last.status);
  }

  /** One look after the other, by both faces in turn. */
  private async watch(job: RunningJob): Promise<void> {
    for (let looks = 0; !this.over && !this.hasEnded(job); looks += 1) {
      await delay(POLL_MS);
      if (job.jobId === undefined) continue;
      const poll = await this.faces.look(job.jobId, looks % 3 === 2 ? 's3control' : 'rest');
      if (poll === undefined) continue;
      const last = job.polls.at(-1);
      if (last?.status !== poll.status || last.succeeded + last.failed !== poll.succeeded + poll.failed) {
        job.changedAt = poll.at;
      }
      job.polls.push(poll);
    }
  }

  // --- what came of it -------------------------------------------------------------------------------------------------

  private async evidence(before: readonly string[]): Promise<SeedEvidence> {
    const { seed, jobs } = this.script;
    const histories = await JobHistories.open(this.stage.temporalAddress);
    try {
      const seen: JobEvidence[] = [];
      for (const job of this.jobs) seen.push(await this.jobEvidence(job, histories));
      for (const { end, jobId } of seen) if (!isTerminal(end.status)) await histories.terminate(jobId);
      const page = await this.faces.rest.listJobs(new URLSearchParams());
      return {
        jobs: seen,
        listedJobs: page.jobs
          .filter(({ description }) => description?.startsWith(`chaos ${seed} `))
          .map(({ jobId }) => jobId),
        bystanders: { before, after: await bystanders(this.buckets, seed, jobs) },
        strangers: await strangers(this.buckets, seed, jobs),
        uploadsLeft: await uploadsLeft(this.buckets, seed),
        defects: [...new Set(this.faces.defects), ...this.stage.takeDeaths()],
        idle: this.idle,
      };
    } finally {
      await histories.close();
    }
  }

  private async jobEvidence(job: RunningJob, histories: JobHistories): Promise<JobEvidence> {
    const { seed } = this.script;
    const { plan, before } = job;
    const jobId = job.jobId!;
    const last = await this.faces.rest.describeJob(jobId);
    job.polls.push(pollOf(last));
    const report =
      last.reportManifestKey === undefined
        ? undefined
        : (await readReport(this.buckets, REPORTS, reportFolder(jobId))).rows;
    return {
      plan,
      jobId,
      rows: rowsOf(seed, plan),
      states: await statesOf(this.buckets, seed, plan, before),
      polls: job.polls,
      commands: job.commands,
      statuses: await histories.statusesOf(jobId),
      end: {
        status: last.status,
        succeeded: last.progress.succeeded,
        failed: last.progress.failed,
        pending: last.progress.pending,
        ...defined({ total: last.progress.totalTasks }),
        priority: last.priority,
        tags: last.tags ?? [],
        failureReasons: last.failureReasons.map(({ FailureCode, FailureReason }) => `${FailureCode}: ${FailureReason}`),
      },
      ...(report && { report }),
      writes: this.writesOf(plan),
    };
  }

  private writesOf(plan: JobPlan) {
    const folder = folderOf(this.script.seed, plan);
    const all = STORE_CLIENTS.flatMap((name) => this.stage.proxies[name].writes.slice(this.writesBefore[name]));
    return all
      .filter(({ objects }) =>
        objects.some((object) => /^chaos-(source|target)\//.test(object) && object.includes(folder)),
      )
      .sort((a, b) => a.at - b.at);
  }
}

function deed(atMs: number, act: () => void): { readonly atMs: number; readonly act: () => void } {
  return { atMs, act };
}

function end({ atMs, forMs }: HurtStep | FaultStep): number {
  return atMs + forMs;
}

function manifestKey(seed: number, { name }: JobPlan): string {
  return `s${seed}/${name}.csv`;
}
