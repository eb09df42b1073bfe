import { defined } from '../../../contracts/defined';
import { DroverError } from '../../../contracts/engine/failures';
import { awaitsDecision, hasWorkAhead, hasWorkRunning, isTerminal } from '../../../contracts/engine/lifecycle';
import { isListChunk } from '../../../contracts/engine/naming';
import { addTallies, EMPTY_TALLY, furthest, netOf, type Tally } from '../../../contracts/engine/outcome';
import type { JobSnapshot, JobStatus } from '../../../contracts/job';
import type { JobsGateway } from '../../temporal/jobs';
import {
  activeSecondsAt,
  identityOf,
  type JobRecord,
  type JobView,
  recordedSnapshot,
  viewOfRecord,
  withReading,
} from '../job-view';
import { type ChunkReading, type ChunkSource, type FlushedTally, readChunk } from './chunk-reading';
import { SharedReads } from './shared-reads';
import { Turnstile } from './turnstile';

/** Reads of one job follow each other at this pace: each costs two calls per running chunk. */
const READ_PACE_MS = 500;
/** Jobs of listings that are read at a time: a listing must not take Temporal and the workers from the jobs. */
const LISTED_READS_MAX = 16;
/** Jobs of a listing whose workers may leave a query without an answer; each holds the listing up for the time of a query. */
const UNANSWERED_MAX = LISTED_READS_MAX;
/** Jobs whose numbers are remembered; the one read longest ago goes first. */
const JOBS_REMEMBERED_MAX = 1_000;

export type ProgressSource = Pick<JobsGateway, 'queue' | 'record' | 'snapshot' | 'recountJob'> & ChunkSource;

interface ChunkToRead {
  readonly chunk: number;
  /** What the chunk has at the least, also before it has begun. */
  readonly from: Tally;
}

/** What the reads of one listing have in common. */
interface PageReads {
  /** Jobs for which no worker has answered. From `UNANSWERED_MAX` on, the other jobs of the page aren't queried. */
  unanswered: number;
}

export interface CurrentSnapshot {
  readonly snapshot: JobSnapshot;
  /** No worker answers: the snapshot is the recorded one, and stays so until there is a worker. */
  readonly unanswered: boolean;
}

/**
 * Live progress that never runs backwards, in any process: it comes from what Temporal and the workspace keep. The job's own
 * count is read first, then each chunk that it has in flight: a chunk's number only grows, is in one of the two, and can be read
 * in the chunk when that has ended. What this process has shown before counts where a busy server or store leaves a gap.
 */
export class JobProgressReader {
  private readonly reads: SharedReads<JobView>;
  private readonly lists = new Turnstile(LISTED_READS_MAX);
  /** The most that a job has shown, by its id and time of creation: the id may come again. */
  private readonly shown = new Map<string, Tally>();

  constructor(
    private readonly source: ProgressSource,
    private readonly flushedTally: FlushedTally,
    private readonly now: () => number = Date.now,
    sleep?: (ms: number) => Promise<unknown>,
  ) {
    this.reads = new SharedReads(READ_PACE_MS, now, sleep);
  }

  /** `record` as it is now. Rejects with `DroverError('ServiceUnavailable')` when Temporal does not answer. */
  view(record: JobRecord): Promise<JobView> {
    // Nothing moves, and every change of state is in the memo first: no query is needed.
    const still = numbersAreIn(record) && (record.execution !== 'running' || isAtRest(record));
    return still ? Promise.resolve(viewOfRecord(record, this.now())) : this.readShared(record, { unanswered: 0 });
  }

  /**
   * The jobs of a listing, which may be some seconds old, as they are now: the jobs that have ended since are shown as such. A job
   * that has nothing in flight is not queried. Jobs that Temporal has forgotten are left out.
   */
  async page(records: readonly JobRecord[]): Promise<readonly JobView[]> {
    const page: PageReads = { unanswered: 0 };
    const views = await Promise.all(
      records.map(async (record) => (hasEnded(record) ? viewOfRecord(record, this.now()) : this.listed(record, page))),
    );
    return views.filter((view) => view !== undefined);
  }

  private listed(listed: JobRecord, page: PageReads): Promise<JobView | undefined> {
    return this.lists.pass(async () => {
      const record = await this.source.record(listed.jobId);
      if (record === undefined) return undefined;
      return numbersAreIn(record) ? viewOfRecord(record, this.now()) : this.readShared(record, page);
    });
  }

  /** The job's own snapshot, without the numbers of running chunks: for callers that need the state only. */
  async snapshot(record: JobRecord): Promise<CurrentSnapshot> {
    if (hasEnded(record) || record.execution !== 'running' || isAtRest(record)) {
      return { snapshot: recordedSnapshot(record), unanswered: false };
    }
    const snapshot = await this.querySnapshot(record.jobId);
    return { snapshot: snapshot ?? this.unanswered(record), unanswered: snapshot === undefined };
  }

  private readShared(record: JobRecord, page: PageReads): Promise<JobView> {
    return this.reads.get(record.jobId, () => this.read(record, page));
  }

  private async read(record: JobRecord, page: PageReads): Promise<JobView> {
    if (record.execution !== 'running' || page.unanswered >= UNANSWERED_MAX) {
      return this.recount(record, recordedSnapshot(record));
    }
    const snapshot = await this.querySnapshot(record.jobId);
    if (snapshot === undefined) {
      page.unanswered += 1;
      return this.recount(record, this.unanswered(record));
    }
    const chunks = snapshot.chunksInFlight.map((chunk) => ({ chunk, from: EMPTY_TALLY }));
    const { tally, trouble = record.trouble } = await this.readChunks(record.jobId, chunks, true);
    return this.compose(record, snapshot, addTallies(snapshot.tally, tally), trouble);
  }

  /** From the records alone: no worker answers or is queried, or the job's workflow has closed. */
  private async recount(record: JobRecord, snapshot: JobSnapshot): Promise<JobView> {
    const { tally, running } = await this.source.recountJob(record.jobId);
    const live = await this.readChunks(record.jobId, running, false);
    return this.compose(record, snapshot, furthest(snapshot.tally, addTallies(tally, live.tally)), undefined);
  }

  private async readChunks(jobId: string, chunks: readonly ChunkToRead[], workers: boolean): Promise<ChunkReading> {
    const readings = await Promise.all(
      chunks.map(async ({ chunk, from }) => {
        try {
          return (await readChunk(this.source, this.flushedTally, jobId, chunk, workers)) ?? { tally: from };
        } catch (error) {
          // A repeated call to Temporal may succeed. Any other error would come again for this chunk.
          if (error instanceof DroverError) throw error;
          return { tally: from };
        }
      }),
    );
    const trouble = readings.find((reading) => reading.trouble !== undefined)?.trouble;
    const tally = readings.reduce(
      (sum, reading, index) =>
        addTallies(sum, isListChunk(chunks[index]?.chunk ?? 0) ? netOf(reading.tally) : reading.tally),
      EMPTY_TALLY,
    );
    return { tally, ...defined({ trouble }) };
  }

  private atLeastShown(record: JobRecord, tally: Tally): Tally {
    const key = `${record.jobId} ${record.memo.createdAt}`;
    const most = furthest(this.shown.get(key) ?? EMPTY_TALLY, tally);
    this.shown.delete(key);
    this.shown.set(key, most);
    if (this.shown.size > JOBS_REMEMBERED_MAX) this.shown.delete(this.shown.keys().next().value ?? '');
    return most;
  }

  /** Undefined when no worker answers. */
  private async querySnapshot(jobId: string): Promise<JobSnapshot | undefined> {
    try {
      return await this.source.snapshot(jobId);
    } catch (error) {
      // A query that times out has the error of a silent server, but the record has just been read.
      if (error instanceof DroverError && error.code === 'TooManyRequestsException') throw error;
      return undefined;
    }
  }

  private unanswered(record: JobRecord): JobSnapshot {
    return {
      ...recordedSnapshot(record),
      waitingFor: `a worker: none answers on task queue ${this.source.queue}`,
    };
  }

  private compose(record: JobRecord, last: JobSnapshot, found: Tally, trouble: string | undefined): JobView {
    // A job that runs batches beside may say otherwise.
    const waiting = hasWorkRunning(last.status) ? record.waiting : undefined;
    const told = waiting === undefined ? withTrouble(last, trouble) : { ...last, waitingFor: waiting };
    const snapshot = withReading(told, record.reading);
    const progress = {
      ...defined({ totalTasks: snapshot.totalTasks }),
      ...this.atLeastShown(record, found),
      activeSeconds: activeSecondsAt(snapshot, this.now()),
    };
    return { ...identityOf(record), snapshot, progress };
  }
}

/** A job that ends waits for the step that it is at, and that step perhaps for a store. */
function withTrouble(last: JobSnapshot, trouble: string | undefined): JobSnapshot {
  if (trouble === undefined) return last;
  const { status, waitingFor } = last;
  if (waitingFor === undefined) return { ...last, waitingFor: trouble };
  return hasWorkAhead(status) ? last : { ...last, waitingFor: `${waitingFor}: ${trouble}` };
}

function recordedStatus({ memo }: JobRecord): JobStatus {
  return memo.snapshot?.status ?? 'New';
}

/** The job has ended by itself: its memo is final. */
function hasEnded(record: JobRecord): boolean {
  return isTerminal(recordedStatus(record));
}

/** The memo has all that the job's tasks have done: no chunk runs. Before and between its work, a job enters a state with all numbers. */
function numbersAreIn(record: JobRecord): boolean {
  const status = recordedStatus(record);
  return isTerminal(status) || (hasWorkAhead(status) && !hasWorkRunning(status));
}

/** The memo is up to date: nothing changes by itself. */
function isAtRest(record: JobRecord): boolean {
  return awaitsDecision(recordedStatus(record));
}
