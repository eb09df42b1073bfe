import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseS3Arn } from '../contracts/arn';
import { DroverError } from '../contracts/failures';
import {
  type JobInput,
  type JobLimits,
  type JobRequest,
  type JobStatus,
  type Tag,
  type Workspace,
  isTerminal,
} from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { OperationPlan } from '../contracts/plan';
import { jobIdFor, requestDigest } from './job-identity';
import { JobProgressReader } from './job-progress';
import { type JobRecord, type JobView, viewOfRecord } from './job-view';
import type { JobsGateway, JobSignal } from './temporal-jobs';

export type { JobProgress, JobView } from './job-view';

/** How long a state change is waited for, so that the answer of a call mostly shows its effect. */
const EFFECT_WAIT_MS = 1_000;
const EFFECT_POLL_MS = 100;

export interface ListJobsInput {
  readonly account: string;
  /** Empty means all. */
  readonly statuses: readonly JobStatus[];
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
  /** `request` is validated. Rejects with IdempotencyException when its token belongs to a different request. */
  createJob(account: string, request: JobRequest): Promise<{ readonly jobId: string }>;
  describeJob(account: string, jobId: string): Promise<JobView>;
  /** Newest first. Counts are those of the last state change; DescribeJob has the live ones. */
  listJobs(input: ListJobsInput): Promise<JobPage>;
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

export interface JobServiceDeps {
  readonly gateway: JobsGateway;
  /** From the operation's parameters to its plan: operations/index. */
  readonly planOperation: (operation: JobRequest['Operation']) => OperationPlan;
  /** Region in job ARNs. */
  readonly region: string;
  /** Drover's own bucket, and the prefix under which every job gets a folder. */
  readonly workspace: Workspace;
  readonly now?: () => number;
}

interface Allowed {
  readonly from: readonly JobStatus[];
  /** It has been asked for already: counts as success. */
  readonly already: readonly JobStatus[];
}

/**
 * Statuses from which each change takes effect. A pause before Active is remembered and can be taken back; once all tasks
 * have been carried out (Completing, Failing), there is nothing left to cancel.
 */
const ALLOWED: Record<Exclude<JobSignal, 'setPriority'>, Allowed> = {
  pause: { from: ['New', 'Preparing', 'Ready', 'Active'], already: ['Pausing', 'Paused'] },
  resume: { from: ['New', 'Preparing', 'Ready', 'Pausing', 'Paused'], already: [] },
  cancel: { from: ['New', 'Preparing', 'Suspended', 'Ready', 'Active', 'Pausing', 'Paused'], already: ['Cancelling'] },
  confirm: { from: ['Suspended'], already: [] },
};

export class TemporalJobService implements JobService {
  private readonly progress: JobProgressReader;
  private readonly now: () => number;

  constructor(private readonly deps: JobServiceDeps) {
    this.now = deps.now ?? Date.now;
    this.progress = new JobProgressReader(deps.gateway, this.now);
  }

  async createJob(account: string, request: JobRequest): Promise<{ readonly jobId: string }> {
    const jobId = jobIdFor(account, request.ClientRequestToken);
    const digest = requestDigest(request);
    const { gateway, region, workspace } = this.deps;
    const plan = this.deps.planOperation(request.Operation);
    const createdAt = new Date(this.now()).toISOString();
    const folder = { bucket: workspace.bucket, prefix: `${workspace.prefix}${jobId}/` };
    const input: JobInput = { jobId, account, request, plan, workspace: folder, createdAt, region };
    const memo = { request, requestDigest: digest, account, createdAt, region };
    // The start itself decides between concurrent creates; only who comes second has to compare.
    if (await gateway.start(input, memo, summaryOf(input))) return { jobId };
    const existing = await gateway.record(jobId);
    if (existing?.memo.requestDigest === digest) return { jobId };
    throw new DroverError(
      'IdempotencyException',
      `ClientRequestToken '${request.ClientRequestToken}' was used for a different request (job ${jobId})`,
    );
  }

  async describeJob(account: string, jobId: string): Promise<JobView> {
    return this.progress.view(await this.recordOf(account, jobId));
  }

  async listJobs(input: ListJobsInput): Promise<JobPage> {
    const { account, statuses, maxResults, nextToken } = input;
    const rowsMax = maxResults === 0 ? LIMITS.listJobsMax : Math.min(maxResults, LIMITS.listJobsMax);
    const pageToken = nextToken === undefined ? undefined : readToken(nextToken, input);
    const page = await this.deps.gateway.list({ account, statuses }, rowsMax, pageToken);
    const jobs = page.records.map((record) => viewOfRecord(record, this.now()));
    return page.pageToken === undefined ? { jobs } : { jobs, nextToken: writeToken(page.pageToken, input) };
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
    const before = await this.describeJob(account, jobId);
    if (isTerminal(before.snapshot.status)) {
      throw new DroverError('JobStatusException', `A job that is ${before.snapshot.status} has no priority to change`);
    }
    await this.send(jobId, 'setPriority', priority);
    const after = await this.waitUntil(account, jobId, (view) => view.snapshot.priority === priority);
    return changeOf(after);
  }

  ping(): Promise<void> {
    return this.deps.gateway.ping();
  }

  private async change(
    signal: Exclude<JobSignal, 'setPriority'>,
    account: string,
    jobId: string,
    reason: string | undefined,
  ): Promise<JobChange> {
    this.progress.invalidate(jobId);
    const before = await this.describeJob(account, jobId);
    const { status } = before.snapshot;
    if (ALLOWED[signal].already.includes(status)) return changeOf(before);
    if (!ALLOWED[signal].from.includes(status)) {
      throw new DroverError('JobStatusException', `A job that is ${status} cannot be ${PARTICIPLES[signal]}`);
    }
    await this.send(jobId, signal, ...(reason === undefined ? [] : [reason]));
    const after = await this.waitUntil(account, jobId, (view) => view.snapshot.status !== status);
    return changeOf(after);
  }

  private async send(jobId: string, signal: JobSignal, ...argument: (string | number)[]): Promise<void> {
    try {
      await this.deps.gateway.signal(jobId, signal, ...argument);
    } catch (error) {
      // The job ended between our look and the signal.
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') {
        throw new DroverError('JobStatusException', 'The job has just ended', { cause: error });
      }
      throw error;
    }
  }

  private async waitUntil(account: string, jobId: string, reached: (view: JobView) => boolean): Promise<JobView> {
    const deadline = this.now() + EFFECT_WAIT_MS;
    for (;;) {
      this.progress.invalidate(jobId);
      const view = await this.describeJob(account, jobId);
      if (reached(view) || this.now() >= deadline || view.snapshot.waitingFor?.startsWith('a worker')) return view;
      await delay(EFFECT_POLL_MS);
    }
  }

  private async recordOf(account: string, jobId: string): Promise<JobRecord> {
    const record = await this.deps.gateway.record(jobId);
    // A job of another account is answered like none at all: its existence is no one else's business.
    if (record === undefined || record.memo.account !== account) {
      throw new DroverError('NotFoundException', `The specified job does not exist: ${jobId}`);
    }
    return record;
  }
}

const PARTICIPLES = { pause: 'paused', resume: 'resumed', cancel: 'cancelled', confirm: 'confirmed' } as const;

function changeOf(view: JobView): JobChange {
  const { status, statusUpdateReason } = view.snapshot;
  return { jobId: view.jobId, status, ...(statusUpdateReason === undefined ? {} : { statusUpdateReason }) };
}

/** What the Temporal UI shows of a job from its first moment. */
function summaryOf({ request, plan, account }: JobInput): { line: string; details: string } {
  const manifest = parseS3Arn(request.Manifest.Location.ObjectArn);
  const where =
    manifest === undefined ? request.Manifest.Location.ObjectArn : `${manifest.bucket}/${manifest.key ?? ''}`;
  const report = request.Report.Enabled
    ? `${request.Report.Bucket ?? ''} ${request.Report.Prefix ?? ''}`.trim()
    : 'none';
  const rows: [string, string][] = [
    ['Operation', plan.operation],
    ['Manifest', where],
    ['Report', report],
    ['Role', request.RoleArn],
    ['Account', account],
    ['Token', request.ClientRequestToken],
  ];
  if (request.Description !== undefined) rows.unshift(['Description', request.Description]);
  const table = rows.map(([name, value]) => `| ${name} | ${value.replaceAll('|', '\\|').replace(/\s+/g, ' ')} |`);
  return {
    // Temporal refuses summaries above 400 bytes.
    line: `${plan.operation} · ${shorten(where, 200)} · priority ${request.Priority}`,
    details: ['| | |', '|---|---|', ...table].join('\n'),
  };
}

function shorten(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const kept = Buffer.from(text)
    .subarray(0, bytesMax)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${kept}…`;
}

/**
 * A token continues one listing only: with other filters it would silently skip jobs. The digest covers the server's part
 * too, for a damaged one makes the server's visibility store fail as if it were down.
 */
function tokenDigest(pageToken: Uint8Array, account: string, statuses: readonly JobStatus[]): string {
  const filters = [account, ...[...statuses].sort()].join(' ');
  return createHash('sha256').update(`${filters}\n`).update(pageToken).digest('hex').slice(0, 16);
}

function writeToken(pageToken: Uint8Array, { account, statuses }: ListJobsInput): string {
  return `${tokenDigest(pageToken, account, statuses)}${Buffer.from(pageToken).toString('base64url')}`;
}

function readToken(token: string, { account, statuses }: ListJobsInput): Uint8Array {
  const [, digest, rest = ''] = /^([0-9a-f]{16})([A-Za-z0-9_-]+)$/.exec(token) ?? [];
  const pageToken = Buffer.from(rest, 'base64url');
  if (digest === tokenDigest(pageToken, account, statuses)) return pageToken;
  throw new DroverError(
    'InvalidNextTokenException',
    'nextToken is not one that this listing, with these filters, gave',
  );
}
