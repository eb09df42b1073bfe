import { hasStatus, type JobFilter, passes } from '../../../api/jobs/job-filter';
import type { JobRecord } from '../../../api/jobs/job-view';
import type { ChunkRun } from '../../../api/temporal/chunk-run';
import type { ChunkRecount, JobRecount } from '../../../api/temporal/history-progress';
import type { JobsGateway, JobSignal, RecordPage, TagRecord } from '../../../api/temporal/jobs';
import { presentTags } from '../../../api/temporal/list-query';
import { DroverError } from '../../../contracts/engine/failures';
import type { ChunkProgress } from '../../../contracts/engine/messages';
import { EMPTY_TALLY, type Tally } from '../../../contracts/engine/outcome';
import type { JobInput, JobLimits, JobMemo, JobSnapshot, JobStatus, Tag } from '../../../contracts/job';

export const NOW = Date.parse('2026-11-22T12:00:00.000Z');

export function tally(succeeded: number, failed = 0, pending = 0): Tally {
  return { succeeded, failed, pending };
}

export function snapshotOf(status: JobStatus, more: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    status,
    tally: EMPTY_TALLY,
    priority: 10,
    limits: {},
    failureReasons: [],
    activeSeconds: 0,
    asOf: new Date(NOW).toISOString(),
    chunksInFlight: [],
    ...more,
  };
}

interface FakeJob {
  memo: JobMemo;
  execution: JobRecord['execution'];
  /** What the query answers; undefined stands for no worker. */
  live: JobSnapshot | undefined;
}

/** Temporal as the job service sees it, in memory: ids are unique, signals change the status as the workflow would. */
export class FakeGateway implements JobsGateway {
  readonly queue = 'drover-jobs';
  readonly jobs = new Map<string, FakeJob>();
  readonly inputs: JobInput[] = [];
  readonly signals: [string, JobSignal, ...unknown[]][] = [];
  readonly tagRecords = new Map<string, TagRecord>();
  queries = 0;
  down = false;

  start(input: JobInput, memo: JobMemo): Promise<boolean> {
    this.check();
    if (this.jobs.has(input.jobId)) return Promise.resolve(false);
    this.inputs.push(input);
    this.jobs.set(input.jobId, {
      memo,
      execution: 'running',
      live: snapshotOf('New', { priority: input.request.Priority, limits: input.request.Limits ?? {} }),
    });
    return Promise.resolve(true);
  }

  set(jobId: string, snapshot: JobSnapshot): void {
    this.jobOf(jobId).live = snapshot;
  }

  /** The workflow has ended with this snapshot: no signal reaches it. */
  end(jobId: string, snapshot: JobSnapshot): void {
    const job = this.jobOf(jobId);
    job.execution = 'completed';
    job.memo = { ...job.memo, snapshot };
    job.live = snapshot;
  }

  record(jobId: string): Promise<JobRecord | undefined> {
    this.check();
    const job = this.jobs.get(jobId);
    if (job === undefined) return Promise.resolve(undefined);
    const { execution, live, memo } = job;
    return Promise.resolve({ jobId, execution, memo: live === undefined ? memo : { ...memo, snapshot: live } });
  }

  input(jobId: string): Promise<JobInput | undefined> {
    this.check();
    return Promise.resolve(this.inputs.find((input) => input.jobId === jobId));
  }

  hasRoom(account: string, jobsMax: number): Promise<boolean> {
    this.check();
    const running = [...this.jobs.values()].filter(
      ({ memo, execution }) => memo.account === account && execution === 'running',
    );
    return Promise.resolve(running.length < jobsMax);
  }

  snapshot(jobId: string): Promise<JobSnapshot> {
    this.queries += 1;
    const { live } = this.jobOf(jobId);
    return live === undefined
      ? Promise.reject(new DroverError('ServiceUnavailable', 'no worker'))
      : Promise.resolve(live);
  }

  chunkRun(): Promise<ChunkRun> {
    return Promise.resolve({ runId: 'run', events: 1, state: 'running', heartbeats: [] });
  }

  chunkProgress(_jobId: string, chunk: number): Promise<ChunkProgress> {
    return Promise.resolve({ chunk, batches: 1, tally: EMPTY_TALLY, open: [] });
  }

  chunkResult(): Promise<Tally> {
    return Promise.resolve(EMPTY_TALLY);
  }

  recountJob(jobId: string): Promise<JobRecount> {
    return Promise.resolve({ tally: this.jobOf(jobId).memo.snapshot?.tally ?? EMPTY_TALLY, running: [] });
  }

  recountChunk(): Promise<ChunkRecount> {
    return Promise.reject(new Error('no history'));
  }

  list(filter: JobFilter, rowsMax: number, pageToken?: Uint8Array): Promise<RecordPage> {
    this.check();
    const from = pageToken === undefined ? 0 : Number(Buffer.from(pageToken).toString('utf8'));
    const all = this.passing(filter);
    const records = all.slice(from, from + rowsMax);
    const next = from + records.length;
    return Promise.resolve({ records, ...(next < all.length ? { pageToken: Buffer.from(String(next)) } : {}) });
  }

  async *scan(filter: JobFilter): AsyncGenerator<JobRecord> {
    this.check();
    yield* await Promise.resolve(this.passing(filter));
  }

  private passing(filter: JobFilter): JobRecord[] {
    return [...this.jobs]
      .reverse()
      .map(([jobId, { execution, live, memo }]) => ({
        jobId,
        execution,
        memo: live === undefined ? memo : { ...memo, snapshot: live },
      }))
      .filter(({ memo }) => memo.account === filter.account)
      .filter((record) => hasStatus(record, filter) && passes(record, filter, presentTags(record, this.tagRecords)));
  }

  signal(jobId: string, signal: JobSignal, ...argument: readonly unknown[]): Promise<boolean> {
    this.check();
    const job = this.jobOf(jobId);
    if (job.execution !== 'running') return Promise.resolve(false);
    this.signals.push([jobId, signal, ...argument]);
    if (signal === 'setTags') job.memo = { ...job.memo, tags: { Tags: argument[0] as Tag[] } };
    if (job.live !== undefined) job.live = afterSignal(job.live, signal, argument[0]);
    return Promise.resolve(true);
  }

  tagRecord(jobId: string): Promise<TagRecord | undefined> {
    this.check();
    return Promise.resolve(this.tagRecords.get(jobId));
  }

  writeTagRecord(jobId: string, record: TagRecord): Promise<void> {
    this.check();
    this.tagRecords.set(jobId, record);
    return Promise.resolve();
  }

  ping(): Promise<void> {
    this.check();
    return Promise.resolve();
  }

  private check(): void {
    if (this.down) throw new DroverError('ServiceUnavailable', 'Temporal does not answer');
  }

  private jobOf(jobId: string): FakeJob {
    const job = this.jobs.get(jobId);
    if (job === undefined) throw new Error(`no job ${jobId}`);
    return job;
  }
}

function afterSignal(live: JobSnapshot, signal: JobSignal, argument: unknown): JobSnapshot {
  const { pausedBy: _pausedBy, ...rest } = live;
  const reason = typeof argument === 'string' ? { statusUpdateReason: argument } : {};
  switch (signal) {
    case 'setPriority':
      return { ...live, priority: Number(argument) };
    case 'setLimits':
      return { ...live, limits: argument as JobLimits };
    case 'setTags':
      return live;
    case 'pause':
      return { ...rest, status: 'Paused', pausedBy: 'user', ...reason };
    case 'resume':
      return { ...rest, status: 'Active', ...reason };
    case 'cancel':
      return { ...rest, status: 'Cancelled', ...reason };
    case 'confirm':
      return { ...rest, status: 'Ready', ...reason };
  }
}
