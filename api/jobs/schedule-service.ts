import { setTimeout as delay } from 'node:timers/promises';
import { v4 as uuidV4 } from 'uuid';
import { type AccountLimits, checkPriority } from '../../config/access/account-limits';
import { defined } from '../../contracts/defined';
import { DroverError, type FailureCode } from '../../contracts/engine/failures';
import type { OperationPlan } from '../../contracts/engine/plan';
import type { JobStatus } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type {
  JobTemplate,
  OverlapPolicy,
  ScheduledJobInput,
  ScheduleMemo,
  ScheduleRun,
  ScheduleSpec,
  ScheduleView,
} from '../../contracts/schedule';
import type { ManifestLocation } from '../../contracts/source';
import { hasPlaceholders, PLACEHOLDER_NAMES, unknownPlaceholder } from '../../contracts/text/date-placeholders';
import { datedTexts } from '../../contracts/text/dated-template';
import { sourceText } from '../../contracts/text/source-text';
import type { JobsGateway } from '../temporal/jobs';
import type {
  DescribedSchedule,
  RunRecord,
  SchedulePage,
  ScheduleRecord,
  SchedulesGateway,
} from '../temporal/schedules';
import type { JobInputParts } from './job-input';
import { type ExecutionState, recordedSnapshot } from './job-view';
import { readToken, writeToken } from './list-token';

/** How long a triggered run is waited for, so that the answer mostly names its job. */
const RUN_WAIT_MS = 3_000;
const RUN_POLL_MS = 100;

export interface NewSchedule {
  /** A new UUID when absent. */
  readonly scheduleId?: string;
  readonly spec: ScheduleSpec;
  /** Checked by `validateJobTemplate`. */
  readonly template: JobTemplate;
  /** That of the template's operation. */
  readonly plan: OperationPlan;
  /** Skip when absent. */
  readonly overlap?: OverlapPolicy;
  readonly note?: string;
  readonly paused?: boolean;
}

export interface ScheduleDetails extends ScheduleView {
  readonly template: JobTemplate;
  /** The newest first, 10 at most. */
  readonly runs: readonly ScheduleRun[];
  readonly runsTaken: number;
  /** Left out because the former run was still going. */
  readonly runsSkipped: number;
  /** Due while Temporal was down, and too long ago when it was back. */
  readonly runsMissed: number;
}

export interface ListSchedulesInput {
  readonly account: string;
  readonly maxResults: number;
  readonly nextToken?: string | undefined;
}

/**
 * The schedules of one Temporal namespace. Every method rejects with `DroverError`: NoSuchSchedule also for a schedule of
 * another account, ServiceUnavailable when Temporal is silent.
 */
export interface ScheduleService {
  /** Rejects with ScheduleAlreadyExists, and with BadRequestException and Temporal's message for a spec it does not take. */
  create(account: string, schedule: NewSchedule): Promise<ScheduleView>;
  /** The newest first. A change shows after a moment: lists come from Temporal's visibility store. */
  list(
    input: ListSchedulesInput,
  ): Promise<{ readonly schedules: readonly ScheduleView[]; readonly nextToken?: string }>;
  describe(account: string, scheduleId: string): Promise<ScheduleDetails>;
  /** No run is started until it is resumed; runs that are going go on. */
  pause(account: string, scheduleId: string, note?: string): Promise<ScheduleView>;
  resume(account: string, scheduleId: string, note?: string): Promise<ScheduleView>;
  /**
   * A run beside the due ones, also of a paused schedule, under the schedule's overlap policy. No run in the answer: it was
   * put behind one that is going. Rejects with JobStatusException where the policy is to skip it for that.
   */
  runNow(account: string, scheduleId: string): Promise<{ readonly run?: ScheduleRun }>;
  /** Runs that are going go on. */
  delete(account: string, scheduleId: string): Promise<void>;
}

export interface ScheduleServiceDeps extends JobInputParts {
  readonly gateway: SchedulesGateway;
  readonly jobs: Pick<JobsGateway, 'record'>;
  /** The limits of accounts; an account that is not listed has none. */
  readonly accounts?: readonly AccountLimits[];
  readonly now?: () => number;
}

export class TemporalScheduleService implements ScheduleService {
  private readonly now: () => number;

  constructor(private readonly deps: ScheduleServiceDeps) {
    this.now = deps.now ?? Date.now;
  }

  async create(account: string, schedule: NewSchedule): Promise<ScheduleView> {
    const { spec, template, plan, overlap = 'Skip', note, paused = false } = schedule;
    checkPlaceholders(template);
    checkPriority(this.deps.accounts ?? [], account, template.Priority);
    const scheduleId = schedule.scheduleId ?? uuidV4();
    const input = this.inputOf(account, scheduleId, template, plan);
    const memo: ScheduleMemo = {
      account,
      scheduleId,
      spec,
      overlap,
      operation: input.plan.operation,
      ...sourceMembers(template),
      ...(template.Description === undefined ? {} : { description: template.Description }),
      createdAt: new Date(this.now()).toISOString(),
    };
    const { gateway } = this.deps;
    await gateway.create(input, memo, { paused, ...defined({ note }) });
    return viewOf(await gateway.describe(account, scheduleId));
  }

  async list(
    input: ListSchedulesInput,
  ): Promise<{ readonly schedules: readonly ScheduleView[]; readonly nextToken?: string }> {
    const { account, maxResults, nextToken } = input;
    // Not the scope of any listing of jobs.
    const scope = { account: `schedules of ${account}`, statuses: [] };
    const from = nextToken === undefined ? undefined : readToken(nextToken, scope);
    const { records, pageToken } = await this.page(account, maxResults, from);
    const schedules = records.map(viewOf);
    return pageToken === undefined ? { schedules } : { schedules, nextToken: writeToken(pageToken, scope) };
  }

  async describe(account: string, scheduleId: string): Promise<ScheduleDetails> {
    const { gateway } = this.deps;
    const schedule = await gateway.describe(account, scheduleId);
    const records = await gateway.runs(account, scheduleId, schedule.createdAt, LIMITS.schedule.runsShown);
    const { template, runsTaken, runsSkipped, runsMissed } = schedule;
    const runs = await Promise.all(records.map((run) => this.runOf(run)));
    return { ...viewOf(schedule), template, runs, runsTaken, runsSkipped, runsMissed };
  }

  async pause(account: string, scheduleId: string, note = 'Paused'): Promise<ScheduleView> {
    await this.deps.gateway.pause(account, scheduleId, note);
    return viewOf(await this.deps.gateway.describe(account, scheduleId));
  }

  async resume(account: string, scheduleId: string, note = 'Resumed'): Promise<ScheduleView> {
    await this.deps.gateway.resume(account, scheduleId, note);
    return viewOf(await this.deps.gateway.describe(account, scheduleId));
  }

  async runNow(account: string, scheduleId: string): Promise<{ readonly run?: ScheduleRun }> {
    const { gateway } = this.deps;
    const before = await gateway.describe(account, scheduleId);
    const { overlap } = before.memo;
    const [going] = before.running;
    if (overlap === 'Skip' && going !== undefined) throw await this.stillGoing(scheduleId, going);
    await delay(this.untilFreeName(before.recent.at(-1)));
    await gateway.trigger(account, scheduleId, overlap);
    if (going !== undefined && overlap.startsWith('Buffer')) return {};
    const run = await this.newRun(account, scheduleId, before);
    return run === undefined ? {} : { run: await this.runOf(run) };
  }

  delete(account: string, scheduleId: string): Promise<void> {
    return this.deps.gateway.delete(account, scheduleId);
  }

  /**
   * Temporal's own token goes on this listing. The visibility store fails for one that somebody made, as if it were down: then
   * it answers all the same without it, and fails again with it. A fault that passes is over by then.
   */
  private async page(account: string, rowsMax: number, token: Uint8Array | undefined): Promise<SchedulePage> {
    const { gateway } = this.deps;
    try {
      return await gateway.list(account, rowsMax, token);
    } catch (error) {
      if (token === undefined || isOfNoToken(error)) throw error;
    }
    await gateway.list(account, 1);
    try {
      return await gateway.list(account, rowsMax, token);
    } catch (error) {
      if (isOfNoToken(error)) throw error;
      throw new DroverError('InvalidNextTokenException', 'nextToken is not one of this service', { cause: error });
    }
  }

  private inputOf(account: string, scheduleId: string, template: JobTemplate, plan: OperationPlan): ScheduledJobInput {
    const { heartbeatTimeoutMs, region, workspace, notifyTargets } = this.deps;
    const notify = notifyTargets(account);
    return {
      scheduleId,
      account,
      template,
      plan: { ...plan, heartbeatTimeoutMs },
      workspace,
      region,
      ...(notify.length > 0 || template.NotificationUrl !== undefined ? { notify } : {}),
    };
  }

  /**
   * Temporal names runs by the second they were due, and silently drops one whose name is taken. Milliseconds until
   * the second of `lastRun` is over; clocks that differ a little are put up with.
   */
  private untilFreeName(lastRun: string | undefined): number {
    const second = Date.parse(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.exec(lastRun ?? '')?.[0] ?? '');
    return Number.isNaN(second) ? 0 : Math.min(Math.max(second + 1_000 - this.now(), 0), 1_000);
  }

  /** The run that a trigger has begun, with its job if that is there in time; undefined when it waits for another to end. */
  private async newRun(account: string, scheduleId: string, before: DescribedSchedule): Promise<RunRecord | undefined> {
    const deadline = this.now() + RUN_WAIT_MS;
    let seen: RunRecord | undefined;
    for (;;) {
      const { recent } = await this.deps.gateway.describe(account, scheduleId);
      const begun = recent.findLast((workflowId) => !before.recent.includes(workflowId));
      seen = begun === undefined ? undefined : await this.deps.gateway.run(begun);
      if (seen?.memo.jobId !== undefined || seen?.endedAt !== undefined || this.now() >= deadline) return seen;
      await delay(RUN_POLL_MS);
    }
  }

  private async stillGoing(scheduleId: string, workflowId: string): Promise<DroverError> {
    const jobId = (await this.deps.gateway.run(workflowId))?.memo.jobId;
    const job = jobId === undefined ? '' : ` (job ${jobId})`;
    return new DroverError(
      'JobStatusException',
      `Schedule '${scheduleId}' skips a run while another is going, and one is${job}`,
    );
  }

  private async runOf({ scheduledAt, startedAt, endedAt, execution, memo }: RunRecord): Promise<ScheduleRun> {
    const job = memo.jobId === undefined ? undefined : await this.deps.jobs.record(memo.jobId);
    return {
      ...defined({ scheduledAt }),
      startedAt,
      ...defined({ endedAt, jobId: memo.jobId }),
      status: job === undefined ? STATUS_WITHOUT_JOB[execution] : recordedSnapshot(job).status,
      ...defined({ failure: memo.failure }),
    };
  }
}

/** Errors that the token does not cause, whether it is valid or not. */
const OF_NO_TOKEN: readonly FailureCode[] = ['TooManyRequestsException', 'InvalidConfiguration'];

function isOfNoToken(error: unknown): boolean {
  return error instanceof DroverError && OF_NO_TOKEN.includes(error.code);
}

/** The status of a run whose job has not begun, or is not kept any more. */
const STATUS_WITHOUT_JOB: Readonly<Record<ExecutionState, JobStatus>> = {
  running: 'New',
  completed: 'Complete',
  failed: 'Failed',
  timedOut: 'Failed',
  cancelled: 'Cancelled',
  terminated: 'Cancelled',
};

function viewOf({ memo, paused, note, nextRunTimes, lastRunAt }: ScheduleRecord): ScheduleView {
  const { scheduleId, operation, manifest, source, description, spec, overlap, createdAt } = memo;
  return {
    scheduleId,
    operation,
    ...defined({ manifest, source, description }),
    spec,
    overlap,
    paused,
    ...defined({ note }),
    createdAt,
    nextRunTimes,
    ...defined({ lastRunAt }),
  };
}

function sourceMembers(template: JobTemplate): Pick<ScheduleMemo, 'manifest' | 'source'> {
  const { Manifest } = template;
  return Manifest === undefined ? { source: sourceText(template).text } : { manifest: Manifest.Location.ObjectArn };
}

/** Throws BadRequestException for what would only show when the first run fails. */
function checkPlaceholders(template: JobTemplate): void {
  for (const [member, text] of datedTexts(template)) {
    const unknown = unknownPlaceholder(text);
    if (unknown === undefined) continue;
    throw new DroverError(
      'BadRequestException',
      `template.${member}: ${unknown} is no placeholder, only ${PLACEHOLDER_NAMES.join(' ')} are`,
    );
  }
  const { Manifest, Source } = template;
  if (Manifest !== undefined) checkOpen(Manifest.Location, 'Manifest.Location');
  if (Source === undefined || !('Manifests' in Source)) return;
  for (const [index, location] of Source.Manifests.Locations.entries()) {
    if ('ObjectArn' in location) checkOpen(location, `Source.Manifests.Locations.${index}`);
  }
}

/** A manifest that is another one in each run has no ETag and no version yet. */
function checkOpen({ ObjectArn, ETag, ObjectVersionId }: ManifestLocation, path: string): void {
  if (!hasPlaceholders(ObjectArn)) return;
  const fixed = { ETag, ObjectVersionId };
  const [member] = Object.entries(fixed).find(([, value]) => value !== undefined) ?? [];
  if (member === undefined) return;
  throw new DroverError(
    'BadRequestException',
    `template.${path}.${member}: leave it out, every run has a manifest of its own`,
  );
}
