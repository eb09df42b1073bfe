import { DroverError } from '../../contracts/failures';
import { isTerminal, type JobSnapshot, type JobStatus } from '../../contracts/job';
import { addTallies, EMPTY_TALLY, furthest, type Tally } from '../../contracts/outcome';
import { type ChunkLook, type ChunkSource, type FlushedTally, readChunk } from './chunk-reading';
import { activeSecondsAt, identityOf, type JobRecord, type JobView, recordedSnapshot, viewOfRecord } from './job-view';
import { SharedLooks } from './shared-looks';
import type { JobsGateway } from '../temporal/jobs';
import { Turnstile } from './turnstile';

/** Looks at one job follow each other at this pace: each costs two calls per running chunk. */
const LOOK_PACE_MS = 500;
/** Jobs of listings that are looked at together: a listing must not take Temporal and the workers from the jobs. */
const LIST_LOOKS = 16;
/** Jobs of a listing whose workers may leave it without an answer; each holds it up for the time of a query. */
const UNANSWERED_MAX = LIST_LOOKS;
/** States without running chunks: each is entered with all numbers in the memo. */
const WITHOUT_CHUNKS: readonly JobStatus[] = ['New', 'Preparing', 'Suspended', 'Ready', 'Paused'];
/** States in which a job does nothing until somebody, or the dispatcher, says so. */
const AT_REST: readonly JobStatus[] = ['Suspended', 'Paused'];
/** Jobs whose numbers are remembered; the one looked at longest ago goes first. */
const JOBS_REMEMBERED_MAX = 1_000;

export type ProgressSource = Pick<JobsGateway, 'queue' | 'record' | 'snapshot' | 'recountJob'> & ChunkSource;

interface ChunkToRead {
  readonly chunk: number;
  /** What it has at the least, also before it has begun. */
  readonly from: Tally;
}

/** What a listing has learnt on its way. */
interface Errand {
  /** Jobs that no worker has answered for. From `UNANSWERED_MAX` on, the others of the page aren't asked either. */
  unanswered: number;
}

/**
 * Live progress that never runs backwards, whoever is asked: it comes from what Temporal and the workspace keep. The job's own
 * count is read first, then each chunk that it has in flight: a chunk's number only grows, is in one of the two, and can be read
 * in the chunk when that has ended. What this process has shown before counts where a busy server or store leaves a gap.
 */
export class JobProgressReader {
  private readonly looks: SharedLooks<JobView>;
  private readonly lists = new Turnstile(LIST_LOOKS);
  /** The most that a job has shown, by its id and time of creation: the id may come again. */
  private readonly shown = new Map<string, Tally>();

  constructor(
    private readonly source: ProgressSource,
    private readonly flushedTally: FlushedTally,
    private readonly now: () => number = Date.now,
    sleep?: (ms: number) => Promise<unknown>,
  ) {
    this.looks = new SharedLooks(LOOK_PACE_MS, now, sleep);
  }

  /** `record` as it is now. Rejects with `DroverError('ServiceUnavailable')` when Temporal does not answer. */
  view(record: JobRecord): Promise<JobView> {
    // Nothing moves, and every change of state is in the memo first of all: no worker need be asked.
    const still = numbersAreIn(record) && (record.execution !== 'running' || isAtRest(record));
    return still ? Promise.resolve(viewOfRecord(record, this.now())) : this.lookAt(record, { unanswered: 0 });
  }

  /**
   * Jobs of a listing, which may be some seconds old, with what is so now: the jobs that have ended since are shown as such. No
   * worker is asked about a job that has nothing in flight. Without those that Temporal has forgotten.
   */
  async page(records: readonly JobRecord[]): Promise<readonly JobView[]> {
    const errand: Errand = { unanswered: 0 };
    const views = await Promise.all(
      records.map(async (record) =>
        hasEnded(record) ? viewOfRecord(record, this.now()) : this.listed(record, errand),
      ),
    );
    return views.filter((view) => view !== undefined);
  }

  private listed(listed: JobRecord, errand: Errand): Promise<JobView | undefined> {
    return this.lists.pass(async () => {
      const record = await this.source.record(listed.jobId);
      if (record === undefined) return undefined;
      return numbersAreIn(record) ? viewOfRecord(record, this.now()) : this.lookAt(record, errand);
    });
  }

  /** What the job says of itself, its numbers left aside: for those who only need its state. */
  async snapshot(record: JobRecord): Promise<JobSnapshot> {
    if (hasEnded(record) || record.execution !== 'running' || isAtRest(record)) return recordedSnapshot(record);
    return (await this.querySnapshot(record.jobId)) ?? this.unanswered(record);
  }

  private lookAt(record: JobRecord, errand: Errand): Promise<JobView> {
    return this.looks.ask(record.jobId, () => this.look(record, errand));
  }

  private async look(record: JobRecord, errand: Errand): Promise<JobView> {
    if (record.execution !== 'running' || errand.unanswered >= UNANSWERED_MAX) {
      return this.recount(record, recordedSnapshot(record));
    }
    const snapshot = await this.querySnapshot(record.jobId);
    if (snapshot === undefined) {
      errand.unanswered += 1;
      return this.recount(record, this.unanswered(record));
    }
    const chunks = snapshot.chunksInFlight.map((chunk) => ({ chunk, from: EMPTY_TALLY }));
    const { tally, trouble = record.trouble } = await this.readChunks(record.jobId, chunks, true);
    return this.compose(record, snapshot, addTallies(snapshot.tally, tally), trouble);
  }

  /** From the records alone: no worker answers or is asked, or there is no job any more that could. */
  private async recount(record: JobRecord, snapshot: JobSnapshot): Promise<JobView> {
    const { tally, running } = await this.source.recountJob(record.jobId);
    const live = await this.readChunks(record.jobId, running, false);
    return this.compose(record, snapshot, furthest(snapshot.tally, addTallies(tally, live.tally)), undefined);
  }

  private async readChunks(jobId: string, chunks: readonly ChunkToRead[], workers: boolean): Promise<ChunkLook> {
    const looks = await Promise.all(
      chunks.map(async ({ chunk, from }) => {
        try {
          return (await readChunk(this.source, this.flushedTally, jobId, chunk, workers)) ?? { tally: from };
        } catch (error) {
          // Asked again in a moment, Temporal answers. Else it will not do so for this chunk.
          if (error instanceof DroverError) throw error;
          return { tally: from };
        }
      }),
    );
    const trouble = looks.find((look) => look.trouble !== undefined)?.trouble;
    const tally = looks.reduce((sum, look) => addTallies(sum, look.tally), EMPTY_TALLY);
    return { tally, ...(trouble === undefined ? {} : { trouble }) };
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
      // A query that runs out of time looks like a silent server; that the record was just read says it isn't.
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
    const snapshot = trouble === undefined || last.waitingFor !== undefined ? last : { ...last, waitingFor: trouble };
    const progress = {
      ...(snapshot.totalTasks === undefined ? {} : { totalTasks: snapshot.totalTasks }),
      ...this.atLeastShown(record, found),
      activeSeconds: activeSecondsAt(snapshot, this.now()),
    };
    return { ...identityOf(record), snapshot, progress };
  }
}

/** By its own word: its memo is the last one. */
function hasEnded({ memo }: JobRecord): boolean {
  return isTerminal(memo.snapshot?.status ?? 'New');
}

/** All that its tasks have done is in its memo. */
function numbersAreIn(record: JobRecord): boolean {
  return hasEnded(record) || WITHOUT_CHUNKS.includes(record.memo.snapshot?.status ?? 'New');
}

function isAtRest({ memo }: JobRecord): boolean {
  return AT_REST.includes(memo.snapshot?.status ?? 'New');
}
