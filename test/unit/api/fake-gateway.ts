import type { JobInput, JobMemo, JobSnapshot, JobStatus } from '../../../contracts/job';
import { DroverError } from '../../../contracts/failures';
import type { ChunkProgress } from '../../../contracts/messages';
import { EMPTY_TALLY, type Tally } from '../../../contracts/outcome';
import type { JobRecord } from '../../../api/job-view';
import type { BatchHeartbeat, JobsGateway, JobSignal, ListQuery, RecordPage } from '../../../api/temporal-jobs';

export const NOW = Date.parse('2026-11-22T12:00:00.000Z');

export function tally(succeeded: number, failed = 0, pending = 0): Tally {
  return { succeeded, failed, pending };
}

export function snapshotOf(status: JobStatus, more: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    status,
    tally: EMPTY_TALLY,
    priority: 10,
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
  readonly signals: [string, JobSignal, ...(string | number)[]][] = [];
  queries = 0;
  down = false;

  start(input: JobInput, memo: JobMemo): Promise<boolean> {
    this.check();
    if (this.jobs.has(input.jobId)) return Promise.resolve(false);
    this.inputs.push(input);
    this.jobs.set(input.jobId, {
      memo,
      execution: 'running',
      live: snapshotOf('New', { priority: input.request.Priority }),
    });
    return Promise.resolve(true);
  }

  set(jobId: string, snapshot: JobSnapshot): void {
    this.jobOf(jobId).live = snapshot;
  }

  record(jobId: string): Promise<JobRecord | undefined> {
    this.check();
    const job = this.jobs.get(jobId);
    return Promise.resolve(job === undefined ? undefined : { jobId, memo: job.memo, execution: job.execution });
  }

  snapshot(jobId: string): Promise<JobSnapshot> {
    this.queries += 1;
    const { live } = this.jobOf(jobId);
    return live === undefined
      ? Promise.reject(new DroverError('ServiceUnavailable', 'no worker'))
      : Promise.resolve(live);
  }

  heartbeats(): Promise<readonly BatchHeartbeat[]> {
    return Promise.resolve([]);
  }

  chunkProgress(_jobId: string, chunk: number): Promise<ChunkProgress> {
    return Promise.resolve({ chunk, batches: 1, tally: EMPTY_TALLY, open: [] });
  }

  list({ account, statuses }: ListQuery, rowsMax: number, pageToken?: Uint8Array): Promise<RecordPage> {
    this.check();
    const from = pageToken === undefined ? 0 : Number(Buffer.from(pageToken).toString('utf8'));
    const all = [...this.jobs]
      .reverse()
      .map(([jobId, { execution, live, memo }]) => ({
        jobId,
        execution,
        memo: live === undefined ? memo : { ...memo, snapshot: live },
      }))
      .filter(({ memo }) => memo.account === account)
      .filter(({ memo }) => statuses.length === 0 || statuses.includes(memo.snapshot?.status ?? 'New'));
    const records = all.slice(from, from + rowsMax);
    const next = from + records.length;
    return Promise.resolve({ records, ...(next < all.length ? { pageToken: Buffer.from(String(next)) } : {}) });
  }

  signal(jobId: string, signal: JobSignal, ...argument: readonly (string | number)[]): Promise<void> {
    this.check();
    this.signals.push([jobId, signal, ...argument]);
    const job = this.jobOf(jobId);
    if (job.live === undefined) return Promise.resolve();
    if (signal === 'setPriority') job.live = { ...job.live, priority: Number(argument[0]) };
    else {
      const status = ({ pause: 'Paused', resume: 'Active', cancel: 'Cancelled', confirm: 'Ready' } as const)[signal];
      const reason = argument[0] === undefined ? {} : { statusUpdateReason: String(argument[0]) };
      job.live = { ...job.live, status, ...reason };
    }
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
