import { DroverError } from '../contracts/failures';
import { isTerminal, type JobSnapshot, type JobStatus } from '../contracts/job';
import type { ChunkProgress } from '../contracts/messages';
import { addTallies, EMPTY_TALLY, type Tally } from '../contracts/outcome';
import { activeSecondsAt, identityOf, type JobRecord, type JobView, recordedSnapshot, viewOfRecord } from './job-view';
import type { BatchHeartbeat, JobsGateway } from './temporal-jobs';

/** How long an answer serves again: watchers poll, and each look costs two calls per running chunk. */
const CACHE_MS = 1_000;
/** How long a count from histories serves again: without workers little moves, and it is dear. */
const RECOUNT_CACHE_MS = 5_000;
/** States in which a job does nothing until somebody, or the dispatcher, says so. */
const AT_REST: readonly JobStatus[] = ['Suspended', 'Paused'];
/** Jobs remembered for monotonic answers; the one looked at longest ago goes first. */
const JOBS_REMEMBERED_MAX = 1_000;

type ProgressSource = Pick<
  JobsGateway,
  'queue' | 'snapshot' | 'heartbeats' | 'chunkProgress' | 'recountJob' | 'recountChunk'
>;

interface ChunkLook {
  readonly tally: Tally;
  /** Why one of its batches is being tried again. */
  readonly trouble?: string;
}

interface Remembered {
  /** When the view was asked for, in ms; -Infinity once it must not serve again. */
  at: number;
  readonly view: Promise<JobView>;
  /** Last known tallies of running chunks, for those that don't answer the next time. */
  readonly chunks: Map<number, Tally>;
  /** What has been shown, so that a worker's absence does not make the numbers fall back to the memo's. */
  shown?: Tally;
}

/**
 * Live progress that never runs backwards while chunks end and batches finish under our eyes. What may move from one
 * place to another is read first where it comes from, then where it goes to: heartbeats, then the chunk's own progress,
 * then the job's snapshot. A chunk that the last snapshot no longer lists is counted in that snapshot's tally only; a batch
 * that the chunk no longer lists is counted in the chunk's tally only.
 */
export class JobProgressReader {
  private readonly remembered = new Map<string, Remembered>();
  private readonly recounts = new Map<string, { readonly at: number; readonly tally: Tally }>();

  constructor(
    private readonly source: ProgressSource,
    private readonly now: () => number = Date.now,
  ) {}

  /** One look serves all callers of the next second. Rejects with `DroverError('ServiceUnavailable')`. */
  view(record: JobRecord): Promise<JobView> {
    const recorded = recordedSnapshot(record).status;
    if (isTerminal(recorded)) {
      this.remembered.delete(record.jobId);
      return Promise.resolve(viewOfRecord(record, this.now()));
    }
    // Nothing moves, and every change of state is in the memo first of all: no worker need be asked.
    if (AT_REST.includes(recorded)) return Promise.resolve(this.restingView(record));
    const last = this.remembered.get(record.jobId);
    if (last !== undefined && this.now() - last.at < CACHE_MS) return last.view;
    const chunks = last?.chunks ?? new Map<number, Tally>();
    const view = this.read(record, chunks, last?.shown);
    const entry: Remembered = { at: this.now(), view, chunks, ...(last?.shown ? { shown: last.shown } : {}) };
    this.remember(record.jobId, entry);
    view.then(
      ({ progress }) => {
        entry.shown = { succeeded: progress.succeeded, failed: progress.failed, pending: progress.pending };
      },
      () => this.forget(record.jobId, entry),
    );
    return view;
  }

  /** What has been shown while it ran is the least of it: its last batches may be told by the memo a moment later. */
  private restingView(record: JobRecord): JobView {
    const view = viewOfRecord(record, this.now());
    const shown = this.remembered.get(record.jobId)?.shown;
    return shown === undefined ? view : { ...view, progress: { ...view.progress, ...largest(view.progress, shown) } };
  }

  /** After a signal: the next look must be a fresh one. What has been shown stays known. */
  invalidate(jobId: string): void {
    const last = this.remembered.get(jobId);
    if (last !== undefined) last.at = Number.NEGATIVE_INFINITY;
  }

  private async read(record: JobRecord, chunks: Map<number, Tally>, shown: Tally | undefined): Promise<JobView> {
    const first = await this.querySnapshot(record);
    if (first === undefined) return this.withoutWorker(record, chunks, shown);
    if (first.chunksInFlight.length === 0) return this.compose(record, first, EMPTY_TALLY, record.trouble);
    const { tallies: running, trouble } = await this.readChunks(record.jobId, first.chunksInFlight, chunks);
    const last = await this.querySnapshot(record);
    if (last === undefined) return this.withoutWorker(record, chunks, shown);
    const inFlight = new Set(last.chunksInFlight);
    for (const chunk of chunks.keys()) if (!inFlight.has(chunk)) chunks.delete(chunk);
    let live = EMPTY_TALLY;
    for (const [chunk, tally] of running) if (inFlight.has(chunk)) live = addTallies(live, tally);
    return this.compose(record, last, live, trouble);
  }

  private async readChunks(
    jobId: string,
    numbers: readonly number[],
    known: Map<number, Tally>,
  ): Promise<{ readonly tallies: ReadonlyMap<number, Tally>; readonly trouble?: string }> {
    const looks = await Promise.all(numbers.map((chunk) => this.readChunk(jobId, chunk)));
    const tallies = new Map<number, Tally>();
    numbers.forEach((chunk, index) => {
      tallies.set(chunk, looks[index]?.tally ?? known.get(chunk) ?? EMPTY_TALLY);
    });
    for (const [chunk, tally] of tallies) known.set(chunk, tally);
    const trouble = looks.find((look) => look?.trouble !== undefined)?.trouble;
    return { tallies, ...(trouble === undefined ? {} : { trouble }) };
  }

  /** Undefined when nothing is known of the chunk: it may just have ended, or not have begun. */
  private async readChunk(jobId: string, chunk: number, workers = true): Promise<ChunkLook | undefined> {
    try {
      const heartbeats = await this.source.heartbeats(jobId, chunk);
      const tally = chunkTally(await this.askChunk(jobId, chunk, workers), heartbeats);
      const trouble = heartbeats.find((heartbeat) => heartbeat.trouble !== undefined)?.trouble;
      return { tally, ...(trouble === undefined ? {} : { trouble }) };
    } catch {
      return undefined;
    }
  }

  /** A chunk that no worker answers for is counted from its history. */
  private async askChunk(jobId: string, chunk: number, workers: boolean): Promise<ChunkProgress> {
    if (!workers) return this.source.recountChunk(jobId, chunk);
    try {
      return await this.source.chunkProgress(jobId, chunk);
    } catch {
      return await this.source.recountChunk(jobId, chunk);
    }
  }

  /** Undefined when no worker answers. */
  private async querySnapshot(record: JobRecord): Promise<JobSnapshot | undefined> {
    try {
      return await this.source.snapshot(record.jobId);
    } catch (error) {
      // A query that runs out of time looks like a silent server; that the record was just read says it isn't.
      if (error instanceof DroverError && error.code === 'TooManyRequestsException') throw error;
      return undefined;
    }
  }

  /** What Temporal's records say without anybody to ask. What has been shown here is the least of it. */
  private async withoutWorker(
    record: JobRecord,
    chunks: Map<number, Tally>,
    shown: Tally | undefined,
  ): Promise<JobView> {
    const view = viewOfRecord(record, this.now());
    const snapshot = { ...view.snapshot, waitingFor: `a worker: none answers on task queue ${this.source.queue}` };
    const recounted = await this.recount(record.jobId, chunks).catch(() => undefined);
    const tally = largest(largest(snapshot.tally, recounted ?? EMPTY_TALLY), shown ?? EMPTY_TALLY);
    return { ...view, snapshot, progress: { ...view.progress, ...tally } };
  }

  private async recount(jobId: string, chunks: Map<number, Tally>): Promise<Tally> {
    const last = this.recounts.get(jobId);
    if (last !== undefined && this.now() - last.at < RECOUNT_CACHE_MS) return last.tally;
    const { tally, running } = await this.source.recountJob(jobId);
    const looks = await Promise.all(running.map((chunk) => this.readChunk(jobId, chunk, false)));
    let sum = tally;
    running.forEach((chunk, index) => {
      sum = addTallies(sum, looks[index]?.tally ?? chunks.get(chunk) ?? EMPTY_TALLY);
    });
    this.recounts.set(jobId, { at: this.now(), tally: sum });
    if (this.recounts.size > JOBS_REMEMBERED_MAX) this.recounts.delete(this.recounts.keys().next().value ?? '');
    return sum;
  }

  private compose(record: JobRecord, last: JobSnapshot, live: Tally, trouble: string | undefined): JobView {
    const snapshot = trouble === undefined || last.waitingFor !== undefined ? last : { ...last, waitingFor: trouble };
    const progress = {
      ...(snapshot.totalTasks === undefined ? {} : { totalTasks: snapshot.totalTasks }),
      ...addTallies(snapshot.tally, live),
      activeSeconds: activeSecondsAt(snapshot, this.now()),
    };
    return { ...identityOf(record), snapshot, progress };
  }

  private remember(jobId: string, entry: Remembered): void {
    this.remembered.delete(jobId);
    this.remembered.set(jobId, entry);
    if (this.remembered.size <= JOBS_REMEMBERED_MAX) return;
    const oldest = this.remembered.keys().next();
    if (!oldest.done) this.remembered.delete(oldest.value);
  }

  private forget(jobId: string, entry: Remembered): void {
    if (this.remembered.get(jobId) === entry) this.remembered.delete(jobId);
  }
}

/** Tasks of a chunk: what it has counted itself, and what the heartbeats of its open batches say beyond that. */
export function chunkTally(progress: ChunkProgress, heartbeats: readonly BatchHeartbeat[]): Tally {
  let tally = progress.tally;
  for (const open of progress.open) {
    const heartbeat = heartbeats.find(({ activityId }) => activityId === open.activityId);
    if (heartbeat?.checkpoint === undefined) continue;
    const beaten = heartbeat.checkpoint.tally;
    tally = addTallies(tally, {
      succeeded: Math.max(0, beaten.succeeded - open.from.succeeded),
      failed: Math.max(0, beaten.failed - open.from.failed),
      pending: Math.max(0, beaten.pending - open.from.pending),
    });
  }
  return tally;
}

function largest(a: Tally, b: Tally): Tally {
  return {
    succeeded: Math.max(a.succeeded, b.succeeded),
    failed: Math.max(a.failed, b.failed),
    pending: Math.max(a.pending, b.pending),
  };
}
