/**
 * Goal: live numbers never run backwards and never count a task twice, whatever ends between two reads.
 * Method: a model of a running job that takes one random step between any two calls of the reader; plus the cases one by one.
 */
import fc from 'fast-check';
import { chunkTally, JobProgressReader } from '../../../api/job-progress';
import type { JobRecord } from '../../../api/job-view';
import { DroverError } from '../../../contracts/failures';
import type { JobMemo, JobSnapshot } from '../../../contracts/job';
import type { ChunkProgress } from '../../../contracts/messages';
import { addTallies, EMPTY_TALLY, executed, type Tally } from '../../../contracts/outcome';
import type { BatchHeartbeat } from '../../../api/temporal-jobs';
import { NOW, snapshotOf, tally } from './fake-gateway';
import { jobRequest } from './test-app';

const CHUNKS = 4;
const BATCHES = 3;
const ROWS = 10;

/** Histories can't be read. */
const NO_RECOUNT = {
  recountJob: () => Promise.reject(new Error('no history')),
  recountChunk: () => Promise.reject(new Error('no history')),
};

function recordOf(memoSnapshot?: JobSnapshot, execution: JobRecord['execution'] = 'running'): JobRecord {
  const memo: JobMemo = {
    request: jobRequest(),
    requestDigest: '',
    account: '123456789012',
    createdAt: new Date(NOW).toISOString(),
    region: 'us-east-1',
    ...(memoSnapshot === undefined ? {} : { snapshot: memoSnapshot }),
  };
  return { jobId: 'job-1', memo, execution };
}

/** A job of 4 chunks × 3 batches × 10 rows. Chunks run two at a time; every step does one small thing. */
class ModelJob {
  readonly queue = 'drover-jobs';
  readonly recountJob = NO_RECOUNT.recountJob;
  readonly recountChunk = NO_RECOUNT.recountChunk;
  private ended: Tally = EMPTY_TALLY;
  private nextChunk = 0;
  private activity = 0;
  private readonly running = new Map<
    number,
    { done: Tally; batch: number; open?: { id: string; from: Tally; beat: Tally } }
  >();

  constructor(private readonly steps: () => number) {}

  get truth(): number {
    let sum = executed(this.ended);
    for (const { done, open } of this.running.values())
      sum += executed(done) + (open ? executed(open.beat) - executed(open.from) : 0);
    return sum;
  }

  private advance(): void {
    for (let count = this.steps(); count > 0; count -= 1) this.step();
  }

  step(): void {
    if (this.running.size < 2 && this.nextChunk < CHUNKS) {
      this.running.set(this.nextChunk, { done: EMPTY_TALLY, batch: 0 });
      this.nextChunk += 1;
      return;
    }
    const [number, chunk] = [...this.running].at(this.activity % Math.max(1, this.running.size)) ?? [];
    if (number === undefined || chunk === undefined) return;
    this.activity += 1;
    const { open } = chunk;
    if (open === undefined) {
      if (chunk.batch === BATCHES) {
        this.ended = addTallies(this.ended, chunk.done);
        this.running.delete(number);
        return;
      }
      chunk.open = { id: `a${this.activity}`, from: EMPTY_TALLY, beat: EMPTY_TALLY };
    } else if (executed(open.beat) === ROWS) {
      const rest = executed(open.beat) - executed(open.from);
      chunk.done = addTallies(chunk.done, tally(rest));
      chunk.batch += 1;
      delete chunk.open;
    } else if (executed(open.beat) === 6 && executed(open.from) === 0) {
      // Paused and taken up again from its checkpoint, under another activity.
      chunk.done = addTallies(chunk.done, tally(6));
      chunk.open = { id: `a${this.activity}`, from: tally(6), beat: tally(6) };
    } else {
      open.beat = addTallies(open.beat, tally(2));
    }
  }

  async snapshot(): Promise<JobSnapshot> {
    this.advance();
    await Promise.resolve();
    return snapshotOf('Active', {
      tally: this.ended,
      chunksInFlight: [...this.running.keys()],
      totalTasks: CHUNKS * BATCHES * ROWS,
    });
  }

  async heartbeats(_jobId: string, number: number): Promise<readonly BatchHeartbeat[]> {
    this.advance();
    await Promise.resolve();
    const open = this.running.get(number)?.open;
    return open === undefined
      ? []
      : [{ activityId: open.id, checkpoint: { v: 1, done: '', tally: open.beat, part: '' } }];
  }

  async chunkProgress(_jobId: string, number: number): Promise<ChunkProgress> {
    this.advance();
    await Promise.resolve();
    const chunk = this.running.get(number);
    // An ended chunk still answers queries, with its last state.
    if (chunk === undefined) return { chunk: number, batches: BATCHES, tally: tally(BATCHES * ROWS), open: [] };
    const open = chunk.open ? [{ batch: chunk.batch, activityId: chunk.open.id, from: chunk.open.from }] : [];
    return { chunk: number, batches: BATCHES, tally: chunk.done, open };
  }
}

describe('JobProgressReader', () => {
  it('never runs backwards, never exceeds the truth, and ends at the total', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 3 })), async (stream) => {
        const job = new ModelJob(() => stream.next().value as number);
        let now = NOW;
        const reader = new JobProgressReader(job, () => now);
        let shown = 0;
        for (let look = 0; look < 60; look += 1) {
          now += 1_001;
          const { progress } = await reader.view(recordOf());
          expect(progress.succeeded).toBeGreaterThanOrEqual(shown);
          expect(progress.succeeded).toBeLessThanOrEqual(job.truth);
          shown = progress.succeeded;
        }
        for (let rest = 0; rest < 500; rest += 1) job.step();
        now += 1_001;
        expect((await reader.view(recordOf())).progress.succeeded).toBe(CHUNKS * BATCHES * ROWS);
      }),
      { numRuns: 60 },
    );
  });

  it('asks once for all callers of one second', async () => {
    let queries = 0;
    let now = NOW;
    const source = {
      ...NO_RECOUNT,
      queue: 'q',
      snapshot: () => Promise.resolve(snapshotOf('Active', { tally: tally((queries += 1)) })),
      heartbeats: () => Promise.resolve([]),
      chunkProgress: () => Promise.reject(new Error('not asked')),
    };
    const reader = new JobProgressReader(source, () => now);
    await Promise.all([reader.view(recordOf()), reader.view(recordOf()), reader.view(recordOf())]);
    expect(queries).toBe(1);
    now += 999;
    await reader.view(recordOf());
    expect(queries).toBe(1);
    now += 2;
    await reader.view(recordOf());
    expect(queries).toBe(2);
    reader.invalidate('job-1');
    await reader.view(recordOf());
    expect(queries).toBe(3);
  });

  it.each(['Suspended', 'Paused'] as const)('asks no worker about a job that is %s', async (status) => {
    const refuse = (): never => {
      throw new Error('asked');
    };
    const source = { ...NO_RECOUNT, queue: 'q', snapshot: refuse, heartbeats: refuse, chunkProgress: refuse };
    const view = await new JobProgressReader(source, () => NOW).view(recordOf(snapshotOf(status, { tally: tally(7) })));
    expect(view.snapshot.status).toBe(status);
    expect(view.progress.succeeded).toBe(7);
  });

  it('asks no worker about an ended job', async () => {
    const refuse = (): never => {
      throw new Error('asked');
    };
    const reader = new JobProgressReader({
      ...NO_RECOUNT,
      queue: 'q',
      snapshot: refuse,
      heartbeats: refuse,
      chunkProgress: refuse,
    });
    const view = await reader.view(
      recordOf(snapshotOf('Complete', { tally: tally(7, 3), totalTasks: 10 }), 'completed'),
    );
    expect(view.progress).toMatchObject({ succeeded: 7, failed: 3, totalTasks: 10 });
  });

  it('shows a job whose workflow was terminated as failed, with the reason', async () => {
    const refuse = (): never => {
      throw new Error('asked');
    };
    const reader = new JobProgressReader({
      ...NO_RECOUNT,
      queue: 'q',
      snapshot: refuse,
      heartbeats: refuse,
      chunkProgress: refuse,
    });
    const { snapshot } = await reader.view(recordOf(snapshotOf('Active', { chunksInFlight: [1] }), 'terminated'));
    expect(snapshot.status).toBe('Failed');
    expect(snapshot.failureReasons[0]?.FailureReason).toContain('terminated');
  });

  it('falls back to the memo without a worker, says so, and keeps what it has shown', async () => {
    let now = NOW;
    let worker = true;
    const source = {
      ...NO_RECOUNT,
      queue: 'drover-jobs',
      snapshot: () =>
        worker
          ? Promise.resolve(snapshotOf('Active', { tally: tally(50), chunksInFlight: [1] }))
          : Promise.reject(new DroverError('ServiceUnavailable', 'deadline')),
      heartbeats: () => Promise.resolve([]),
      chunkProgress: (): Promise<ChunkProgress> => Promise.resolve({ chunk: 1, batches: 1, tally: tally(8), open: [] }),
    };
    const reader = new JobProgressReader(source, () => now);
    const record = recordOf(snapshotOf('Active', { tally: tally(20) }));
    expect((await reader.view(record)).progress.succeeded).toBe(58);
    worker = false;
    now += 2_000;
    const view = await reader.view(record);
    expect(view.progress.succeeded).toBe(58);
    expect(view.snapshot.waitingFor).toBe('a worker: none answers on task queue drover-jobs');
  });

  it('counts from histories without a worker, in an API that has just started', async () => {
    let recounts = 0;
    let now = NOW;
    const source = {
      queue: 'drover-jobs',
      snapshot: () => Promise.reject(new DroverError('ServiceUnavailable', 'deadline')),
      heartbeats: () =>
        Promise.resolve([{ activityId: 'a', checkpoint: { v: 1 as const, done: '', part: '', tally: tally(6) } }]),
      chunkProgress: () => Promise.reject(new Error('no worker')),
      recountJob: () => {
        recounts += 1;
        return Promise.resolve({ tally: tally(50, 1), running: [3] });
      },
      recountChunk: (): Promise<ChunkProgress> =>
        Promise.resolve({
          chunk: 3,
          batches: 2,
          tally: tally(8),
          open: [{ batch: 1, activityId: 'a', from: tally(2) }],
        }),
    };
    const reader = new JobProgressReader(source, () => now);
    const record = recordOf(snapshotOf('Active', { tally: tally(20) }));
    expect((await reader.view(record)).progress).toMatchObject({ succeeded: 50 + 8 + 4, failed: 1 });
    now += 1_001;
    await reader.view(record);
    expect(recounts).toBe(1);
    now += 5_000;
    await reader.view(record);
    expect(recounts).toBe(2);
  });

  it('counts a single chunk that does not answer from its history', async () => {
    const source = {
      ...NO_RECOUNT,
      queue: 'q',
      snapshot: () => Promise.resolve(snapshotOf('Active', { tally: tally(5), chunksInFlight: [1] })),
      heartbeats: () => Promise.resolve([]),
      chunkProgress: () => Promise.reject(new Error('no worker')),
      recountChunk: (): Promise<ChunkProgress> => Promise.resolve({ chunk: 1, batches: 1, tally: tally(8), open: [] }),
    };
    const reader = new JobProgressReader(source, () => NOW);
    expect((await reader.view(recordOf())).progress.succeeded).toBe(13);
  });

  it('keeps the last known tally of a chunk that does not answer', async () => {
    let now = NOW;
    let answers = true;
    const source = {
      ...NO_RECOUNT,
      queue: 'q',
      snapshot: () => Promise.resolve(snapshotOf('Active', { chunksInFlight: [1] })),
      heartbeats: () => (answers ? Promise.resolve([]) : Promise.reject(new Error('gone'))),
      chunkProgress: (): Promise<ChunkProgress> => Promise.resolve({ chunk: 1, batches: 1, tally: tally(8), open: [] }),
    };
    const reader = new JobProgressReader(source, () => now);
    expect((await reader.view(recordOf())).progress.succeeded).toBe(8);
    answers = false;
    now += 2_000;
    expect((await reader.view(recordOf())).progress.succeeded).toBe(8);
  });
});

describe('chunkTally', () => {
  const progress: ChunkProgress = {
    chunk: 0,
    batches: 3,
    tally: tally(10, 1),
    open: [
      { batch: 1, activityId: 'a', from: tally(4, 1) },
      { batch: 2, from: tally(0) },
    ],
  };
  const beat = (activityId: string, beaten: Tally): BatchHeartbeat => ({
    activityId,
    checkpoint: { v: 1, done: '', tally: beaten, part: '' },
  });

  it('adds what heartbeats say beyond the checkpoint', () => {
    expect(chunkTally(progress, [beat('a', tally(6, 2))])).toEqual(tally(12, 2));
  });

  it('ignores heartbeats of batches that are not open, and those older than the checkpoint', () => {
    expect(chunkTally(progress, [beat('z', tally(9)), beat('a', tally(3, 1))])).toEqual(tally(10, 1));
  });
});
