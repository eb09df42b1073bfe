import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AccountLimits } from '../../config/access/account-limits';
import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import { jobSummary } from '../../contracts/engine/job-start';
import { effectOf, isTerminal, type StatusRequest } from '../../contracts/engine/lifecycle';
import type { JobInput, JobLimits, JobRequest, JobSnapshot, JobStatus, Tag } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { checkRestores } from '../requests/check-restores';
import type { JobsGateway, JobSignal } from '../temporal/jobs';
import type { PausesGateway } from '../temporal/pauses';
import { Admission } from './admission';
import { countJobs, type JobCounts } from './job-counts';
import { filterText, type JobFilter } from './job-filter';
import { buildJobInput, type JobInputParts, type PlannedRequest } from './job-input';
import { JobRequests } from './job-requests';
import { type JobDescription, type JobRecord, type JobView, tagsOfRecord } from './job-view';
import { readToken, writeToken } from './list-token';
import type { FlushedTally } from './workspace/chunk-reading';
import { type CurrentSnapshot, JobProgressReader } from './workspace/job-progress';
import { SharedReads } from './workspace/shared-reads';

export type { JobDescription, JobProgress, JobView } from './job-view';

/** How long a state change is waited for, so that the answer of a call mostly shows its effect. */
const EFFECT_WAIT_MS = 1_000;
const EFFECT_POLL_MS = 100;
/** Counting reads all jobs: those who ask for the same in this time share it. */
const COUNT_PACE_MS = 2_000;

export interface ListJobsInput extends JobFilter {
  readonly maxResults: number;
  readonly nextToken?: string | undefined;
}

export interface JobPage {
  readonly jobs: readonly JobView[];
  readonly nextToken?: string;
}

/** Answer of a call that changes a job: its state after a short wait for the effect. */
export interface JobChange {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly statusUpdateReason?: string;
}

/**
 * The jobs of one Temporal namespace. Every method rejects with `DroverError`: NotFoundException also for a job of another
 * account, JobStatusException when the present status does not allow the change, ServiceUnavailable when Temporal is silent.
 */
export interface JobService {
  /**
   * Rejects with IdempotencyException when its token belongs to a different request, with
   * BadRequestException for a priority, and TooManyRequestsException for one more job, that the account may not have.
   */
  createJob(account: string, planned: PlannedRequest): Promise<{ readonly jobId: string }>;
  describeJob(account: string, jobId: string): Promise<JobDescription>;
  /** Newest first, with live counts, as DescribeJob has them. */
  listJobs(input: ListJobsInput): Promise<JobPage>;
  /** Counts what Temporal's lists have: a moment behind, and without what running chunks have done. */
  countJobs(filter: JobFilter): Promise<JobCounts>;
  pause(account: string, jobId: string, reason?: string): Promise<JobChange>;
  resume(account: string, jobId: string, reason?: string): Promise<JobChange>;
  cancel(account: string, jobId: string, reason?: string): Promise<JobChange>;
  confirm(account: string, jobId: string, reason?: string): Promise<JobChange>;
  setPriority(account: string, jobId: string, priority: number): Promise<JobChange>;
  /** Replaces the limits; an empty object lifts them. Rejects with JobStatusException for a job that has ended. */
  setLimits(account: string, jobId: string, limits: JobLimits): Promise<JobChange>;
  /** Those of the request until they are changed; also of ended jobs. */
  getTags(account: string, jobId: string): Promise<readonly Tag[]>;
  /** Replaces all tags; an empty list removes them. */
  putTags(account: string, jobId: string, tags: readonly Tag[]): Promise<void>;
  /** Rejects when Temporal does not answer. */
  ping(): Promise<void>;
}

export interface JobServiceDeps extends JobInputParts {
  /** The limits of accounts; an account that is not listed has none. */
  readonly accounts?: readonly AccountLimits[];
  readonly gateway: JobsGateway;
  /** Absent: jobs are paused one by one. */
  readonly pauses?: Pick<PausesGateway, 'pauseOf'>;
  readonly flushedTally: FlushedTally;
  /** Before a job starts: what it is going to read must stay. */
  readonly useManifest?: (account: string, request: JobRequest) => Promise<void>;
  readonly now?: () => number;
}

export class TemporalJobService implements JobService {
  private readonly progress: JobProgressReader;
  private readonly requests: JobRequests;
  private readonly admission: Admission;
  private readonly now: () => number;
  private readonly counts: SharedReads<JobCounts>;

  constructor(private readonly deps: JobServiceDeps) {
    this.now = deps.now ?? Date.now;
    this.progress = new JobProgressReader(deps.gateway, deps.flushedTally, this.now);
    this.admission = new Admission(deps.accounts ?? [], deps.gateway);
    this.requests = new JobRequests(deps.gateway);
    this.counts = new SharedReads(COUNT_PACE_MS, this.now);
  }

  async createJob(account: string, planned: PlannedRequest): Promise<{ readonly jobId: string }> {
    const { request } = planned;
    this.admission.checkPriority(account, request.Priority);
    const { input: running, memo } = buildJobInput(account, planned, this.deps, this.now());
    const { jobId } = running;
    await this.deps.useManifest?.(account, request);
    const pause = await this.deps.pauses?.pauseOf(account);
    const input: JobInput = pause?.paused === true ? { ...running, pausedWithAll: true } : running;
    // The start itself decides between concurrent creates; only the second one has to compare.
    const start = (): Promise<boolean> => this.deps.gateway.start(input, memo, jobSummary(input));
    if (await this.admission.start(account, jobId, start)) return { jobId };
    const existing = await this.deps.gateway.record(jobId);
    if (existing?.memo.requestDigest === memo.requestDigest) return { jobId };
    throw new DroverError(
      'IdempotencyException',
      `ClientRequestToken '${request.ClientRequestToken}' was used for a different request (job ${jobId})`,
    );
  }

  async describeJob(account: string, jobId: string): Promise<JobDescription> {
    const record = await this.recordOf(account, jobId);
    const [view, request] = await Promise.all([this.progress.view(record), this.requests.of(record)]);
    return { ...view, request };
  }

  async listJobs(input: ListJobsInput): Promise<JobPage> {
    const { maxResults, nextToken, ...filter } = input;
    const { statuses } = filter;
    const rowsMax = maxResults === 0 ? LIMITS.api.listJobsMax : Math.min(maxResults, LIMITS.api.listJobsMax);
    const pageToken = nextToken === undefined ? undefined : readToken(nextToken, filter);
    const page = await this.deps.gateway.list(filter, rowsMax, pageToken);
    const views = await this.progress.page(page.records);
    // Temporal's list is a moment behind: a job that has left the requested states is not shown in another one.
    const jobs = views.filter(({ snapshot }) => statuses.length === 0 || statuses.includes(snapshot.status));
    return page.pageToken === undefined ? { jobs } : { jobs, nextToken: writeToken(page.pageToken, filter) };
  }

  countJobs(filter: JobFilter): Promise<JobCounts> {
    const { account, statuses, ...others } = filter;
    return this.counts.get(filterText(filter), () =>
      countJobs(this.deps.gateway.scan({ ...others, account, statuses: [] }), filter),
    );
  }

  pause(account: string, jobId: string, reason?: string): Promise<JobChange> {
    return this.change('pause', account, jobId, reason);
  }

  resume(account: string, jobId: string, reason?: string): Promise<JobChange> {
    return this.change('resume', account, jobId, reason);
  }

  cancel(account: string, jobId: string, reason?: string): Promise<JobChange> {
    return this.change('cancel', account, jobId, reason);
  }

  confirm(account: string, jobId: string, reason?: string): Promise<JobChange> {
    return this.change('confirm', account, jobId, reason);
  }

  async setPriority(account: string, jobId: string, priority: number): Promise<JobChange> {
    this.admission.checkPriority(account, priority);
    return this.adjust('setPriority', 'priority', account, jobId, priority);
  }

  async setLimits(account: string, jobId: string, limits: JobLimits): Promise<JobChange> {
    if (limits.Restores) {
      await this.recordOf(account, jobId);
      checkRestores(limits, (await this.deps.gateway.input(jobId))?.plan, '');
    }
    return this.adjust('setLimits', 'limits', account, jobId, limits);
  }

  async getTags(account: string, jobId: string): Promise<readonly Tag[]> {
    const [record, own] = await Promise.all([this.recordOf(account, jobId), this.deps.gateway.tagRecord(jobId)]);
    return own?.jobCreatedAt === record.memo.createdAt ? own.tags : tagsOfRecord(record);
  }

  /** A running job keeps its tags itself; those of an ended one stand in a workflow of their own. */
  async putTags(account: string, jobId: string, tags: readonly Tag[]): Promise<void> {
    let record = await this.recordOf(account, jobId);
    if (record.execution === 'running' && (await this.deps.gateway.signal(jobId, 'setTags', tags))) {
      for (let waitedMs = 0; waitedMs < EFFECT_WAIT_MS; waitedMs += EFFECT_POLL_MS) {
        record = await this.recordOf(account, jobId);
        if (isDeepStrictEqual(tagsOfRecord(record), tags)) return;
        if (record.execution !== 'running') break;
        await delay(EFFECT_POLL_MS);
      }
      // Temporal keeps the signal until a worker is there.
      if (record.execution === 'running') return;
    }
    await this.deps.gateway.writeTagRecord(jobId, { tags, jobCreatedAt: record.memo.createdAt });
  }

  ping(): Promise<void> {
    return this.deps.gateway.ping();
  }

  /** Sends what a running job keeps beside its status, and waits until its snapshot shows it. */
  private async adjust(
    signal: 'setPriority' | 'setLimits',
    member: 'priority' | 'limits',
    account: string,
    jobId: string,
    value: JobSnapshot['priority' | 'limits'],
  ): Promise<JobChange> {
    const { status } = (await this.stateOf(account, jobId)).snapshot;
    if (isTerminal(status)) {
      throw new DroverError('JobStatusException', `The ${member} of a job that is ${status} cannot be changed`);
    }
    await this.send(jobId, signal, value);
    const after = await this.waitUntil(account, jobId, (state) => isDeepStrictEqual(state[member], value));
    return changeOf(jobId, after);
  }

  private async change(
    request: StatusRequest,
    account: string,
    jobId: string,
    reason: string | undefined,
  ): Promise<JobChange> {
    const before = (await this.stateOf(account, jobId)).snapshot;
    const { status, pausedBy } = before;
    const byOthers = pausedBy === 'priority' || pausedBy === 'all';
    if (byOthers && request === 'resume') {
      const why =
        pausedBy === 'all'
          ? 'all jobs of the account are paused: resume all (drover resume --all)'
          : 'jobs of higher or equal priority run: it resumes by itself';
      throw new DroverError('JobStatusException', `The job is ${status} because ${why}`);
    }
    const effect = byOthers && request === 'pause' ? 'changes' : effectOf(request, status);
    if (effect === 'granted') return changeOf(jobId, before);
    if (effect === 'refused') {
      throw new DroverError('JobStatusException', `A job that is ${status} cannot be ${PARTICIPLES[request]}`);
    }
    await this.send(jobId, request, ...(reason === undefined ? [] : [reason]));
    const after = await this.waitUntil(
      account,
      jobId,
      (state) => state.status !== status || state.pausedBy !== pausedBy,
    );
    return changeOf(jobId, after);
  }

  private async send(jobId: string, signal: JobSignal, ...argument: readonly unknown[]): Promise<void> {
    if (await this.deps.gateway.signal(jobId, signal, ...argument)) return;
    // The job ended after its status was read.
    throw new DroverError('JobStatusException', 'The job has just ended');
  }

  private async waitUntil(
    account: string,
    jobId: string,
    reached: (state: JobSnapshot) => boolean,
  ): Promise<JobSnapshot> {
    const deadline = this.now() + EFFECT_WAIT_MS;
    for (;;) {
      const { snapshot, unanswered } = await this.stateOf(account, jobId);
      if (reached(snapshot) || unanswered || this.now() >= deadline) return snapshot;
      await delay(EFFECT_POLL_MS);
    }
  }

  private async stateOf(account: string, jobId: string): Promise<CurrentSnapshot> {
    return this.progress.snapshot(await this.recordOf(account, jobId));
  }

  private async recordOf(account: string, jobId: string): Promise<JobRecord> {
    const record = await this.deps.gateway.record(jobId);
    // The answer does not reveal that another account has a job of this id.
    if (record === undefined || record.memo.account !== account) {
      throw new DroverError('NotFoundException', `The specified job does not exist: ${jobId}`);
    }
    return record;
  }
}

const PARTICIPLES = { pause: 'paused', resume: 'resumed', cancel: 'cancelled', confirm: 'confirmed' } as const;

function changeOf(jobId: string, { status, statusUpdateReason }: JobSnapshot): JobChange {
  return { jobId, status, ...defined({ statusUpdateReason }) };
}
