/**
 * Goal: progress is live, costs no more than it must, and is told also where nobody answers. Method: a reader on a source of fixed
 * answers, case by case; `progress-facts.test.ts` has the promise that numbers never run backwards.
 */
import type { JobRecord } from '../../../../api/jobs/job-view';
import { chunkTally, type FlushedTally } from '../../../../api/jobs/workspace/chunk-reading';
import { JobProgressReader, type ProgressSource } from '../../../../api/jobs/workspace/job-progress';
import type { BatchHeartbeat, ChunkRun } from '../../../../api/temporal/chunk-run';
import type { ChunkRecount } from '../../../../api/temporal/history-progress';
import { defined } from '../../../../contracts/defined';
import { DroverError } from '../../../../contracts/engine/failures';
import type { ChunkProgress } from '../../../../contracts/engine/messages';
import type { Tally } from '../../../../contracts/engine/outcome';
import type { JobMemo, JobSnapshot, JobStatus } from '../../../../contracts/job';
import { NOW, snapshotOf, tally } from '../fake-gateway';
import { jobRequest } from '../test-app';

function recordOf(memoSnapshot?: JobSnapshot, execution: JobRecord['execution'] = 'running'): JobRecord {
  const memo: JobMemo = {
    request: jobRequest(),
    requestDigest: '',
    account: '123456789012',
    createdAt: new Date(NOW).toISOString(),
    region: 'us-east-1',
    ...defined({ snapshot: memoSnapshot }),
  };
  return { jobId: 'job-1', memo, execution };
}

const asked = (): never => {
  throw new Error('asked');
};
const noWorker = () => Promise.reject(new DroverError('ServiceUnavailable', 'deadline'));
const NOTHING_FLUSHED: FlushedTally = () => Promise.resolve(undefined);
/** What is not given must not be asked for. */
const SILENT: ProgressSource = {
  queue: 'drover-jobs',
  record: asked,
  snapshot: asked,
  chunkRun: asked,
  chunkProgress: asked,
  chunkResult: asked,
  recountJob: asked,
  recountChunk: asked,
};

function reader(source: Partial<ProgressSource>, flushed = NOTHING_FLUSHED): JobProgressReader {
  return new JobProgressReader({ ...SILENT, ...source }, flushed, () => NOW);
}

function runOf(more: Partial<ChunkRun> = {}): ChunkRun {
  return { runId: 'run', events: 10, state: 'running', heartbeats: [], ...more };
}

function beat(activityId: string, beaten: Tally): BatchHeartbeat {
  return { activityId, checkpoint: { v: 1, done: '', tally: beaten, part: '' } };
}

function countOf(done: Tally, open: ChunkRecount['open'] = []): ChunkRecount {
  return { chunk: 3, batches: 4, workspace: { bucket: 'w', prefix: 'p/' }, tally: done, open };
}

const ACTIVE = recordOf(snapshotOf('Active', { tally: tally(20), chunksInFlight: [3], totalTasks: 1_000 }));

describe('JobProgressReader', () => {
  test.each(['Suspended', 'Paused'] as const)('asks no worker about a job that is %s', async (status) => {
    const view = await reader({}).view(recordOf(snapshotOf(status, { tally: tally(7) })));
    expect(view.snapshot.status).toBe(status);
    expect(view.progress.succeeded).toBe(7);
  });

  test('asks no worker about an ended job', async () => {
    const ended = recordOf(snapshotOf('Complete', { tally: tally(7, 3), totalTasks: 10 }), 'completed');
    expect((await reader({}).view(ended)).progress).toMatchObject({ succeeded: 7, failed: 3, totalTasks: 10 });
  });

  test('adds the chunks in flight: those that run, that have just ended, and that have not begun', async () => {
    const source = {
      snapshot: () => Promise.resolve(snapshotOf('Active', { tally: tally(50, 1), chunksInFlight: [3, 4, 5] })),
      chunkRun: (_job: string, chunk: number) =>
        Promise.resolve(
          [runOf({ heartbeats: [beat('a', tally(6))] }), runOf({ state: 'completed' }), undefined][chunk - 3],
        ),
      chunkProgress: (): Promise<ChunkProgress> =>
        Promise.resolve({
          chunk: 3,
          batches: 2,
          tally: tally(8),
          open: [{ batch: 1, activityId: 'a', from: tally(2) }],
        }),
      chunkResult: () => Promise.resolve(tally(90, 10)),
    };
    expect((await reader(source).view(ACTIVE)).progress).toMatchObject({ succeeded: 50 + 8 + 4 + 90, failed: 11 });
  });

  test('counts from histories and heartbeats without a worker, and says so', async () => {
    const open = { batch: 1, activityId: 'a', from: tally(2), scheduledAt: 9 };
    const source = {
      snapshot: noWorker,
      recountJob: () => Promise.resolve({ tally: tally(50, 1), running: [{ chunk: 3, from: tally(0) }] }),
      chunkRun: () => Promise.resolve(runOf({ heartbeats: [beat('a', tally(6))] })),
      recountChunk: () => Promise.resolve(countOf(tally(8), [open])),
    };
    const { progress, snapshot } = await reader(source, asked).view(ACTIVE);
    expect(progress).toMatchObject({ succeeded: 50 + 8 + 4, failed: 1 });
    expect(snapshot.waitingFor).toBe('a worker: none answers on task queue drover-jobs');
  });

  test('counts a single chunk that does not answer from its history', async () => {
    const source = {
      snapshot: () => Promise.resolve(snapshotOf('Active', { tally: tally(5), chunksInFlight: [3] })),
      chunkRun: () => Promise.resolve(runOf()),
      chunkProgress: noWorker,
      recountChunk: () => Promise.resolve(countOf(tally(8))),
    };
    expect((await reader(source).view(ACTIVE)).progress.succeeded).toBe(13);
  });

  describe('a batch that ended without a word', () => {
    const recovering = { batch: 7, activityId: 'batch-7', from: tally(10), scheduledAt: 5, recovering: true } as const;
    const source = {
      snapshot: () => Promise.resolve(snapshotOf('Pausing', { tally: tally(5), chunksInFlight: [3] })),
      chunkRun: () => Promise.resolve(runOf()),
      chunkProgress: () => Promise.resolve({ chunk: 3, batches: 4, tally: tally(100), open: [recovering] }),
      recountChunk: () => Promise.resolve(countOf(tally(100), [{ ...recovering, beaten: tally(400) }])),
    };

    test('is counted by what it has flushed', async () => {
      const flushed: FlushedTally = (workspace, batch) =>
        Promise.resolve(workspace.bucket === 'w' && batch === 7 ? tally(450) : undefined);
      expect((await reader(source, flushed).view(ACTIVE)).progress.succeeded).toBe(5 + 90 + 450);
    });

    test('is counted by its last heartbeat where the store is out of reach', async () => {
      const away = () => Promise.reject(new Error('ECONNREFUSED'));
      expect((await reader(source, away).view(ACTIVE)).progress.succeeded).toBe(5 + 90 + 400);
    });
  });

  test('counts what a terminated job has done, and names the reason', async () => {
    const open = { batch: 7, activityId: 'batch-7', from: tally(0), scheduledAt: 5 };
    const source = {
      recountJob: () => Promise.resolve({ tally: tally(50), running: [{ chunk: 3, from: tally(0) }] }),
      chunkRun: () => Promise.resolve(runOf({ state: 'ended' })),
      recountChunk: () => Promise.resolve(countOf(tally(100), [open])),
    };
    const terminated: JobRecord = { ...ACTIVE, execution: 'terminated' };
    const { progress, snapshot } = await reader(source, () => Promise.resolve(tally(30))).view(terminated);
    expect(progress).toMatchObject({ succeeded: 180, failed: 0 });
    expect(snapshot.status).toBe('Failed');
    expect(snapshot.failureReasons[0]?.FailureReason).toContain('terminated');
  });

  test('rejects when Temporal does not answer for a chunk: no number is better than one that is too small', async () => {
    const source = {
      snapshot: () => Promise.resolve(snapshotOf('Active', { chunksInFlight: [3] })),
      chunkRun: noWorker,
    };
    await expect(reader(source).view(ACTIVE)).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  });

  test('shows no less than before while the store that has the rest does not answer', async () => {
    let now = NOW;
    let storeIsBack = true;
    const open = { batch: 7, activityId: 'batch-7', from: tally(10), scheduledAt: 5, recovering: true } as const;
    const source: ProgressSource = {
      ...SILENT,
      snapshot: () => Promise.resolve(snapshotOf('Active', { chunksInFlight: [3] })),
      chunkRun: () => Promise.resolve(runOf()),
      chunkProgress: () => Promise.resolve({ chunk: 3, batches: 4, tally: tally(100), open: [open] }),
      recountChunk: () => Promise.resolve(countOf(tally(100), [{ ...open, beaten: tally(442) }])),
    };
    const flushed = () => (storeIsBack ? Promise.resolve(tally(450)) : Promise.reject(new Error('time-out')));
    const one = new JobProgressReader(source, flushed, () => now);
    const look = async () => (await one.view(ACTIVE)).progress.succeeded;
    expect(await look()).toBe(540);
    storeIsBack = false;
    now += 2_000;
    expect(await look()).toBe(540);
  });

  test('shows no less than before when a chunk can be read no more', async () => {
    let answers = true;
    let now = NOW;
    const source: ProgressSource = {
      ...SILENT,
      snapshot: () => Promise.resolve(snapshotOf('Active', { chunksInFlight: [3] })),
      chunkRun: () => (answers ? Promise.resolve(runOf()) : Promise.reject(new Error('PERMISSION_DENIED'))),
      chunkProgress: () => Promise.resolve({ chunk: 3, batches: 1, tally: tally(8), open: [] }),
    };
    const one = new JobProgressReader(source, NOTHING_FLUSHED, () => now);
    expect((await one.view(ACTIVE)).progress.succeeded).toBe(8);
    answers = false;
    now += 2_000;
    expect((await one.view(ACTIVE)).progress.succeeded).toBe(8);
  });
});

describe('a page of a listing', () => {
  const listed = (status: JobStatus): JobRecord => ({
    ...recordOf(snapshotOf(status, { tally: tally(1) })),
    jobId: status,
  });

  test('has what is so now, and asks only about jobs that can have moved', async () => {
    const now: Record<string, JobRecord | undefined> = {
      Active: recordOf(snapshotOf('Active', { chunksInFlight: [3] })),
      Pausing: recordOf(snapshotOf('Paused', { tally: tally(500) })),
      Cancelling: recordOf(snapshotOf('Cancelled', { tally: tally(700) }), 'completed'),
      Ready: recordOf(snapshotOf('Ready')),
      New: undefined,
    };
    let queries = 0;
    const source = {
      record: (jobId: string) => Promise.resolve(now[jobId] && { ...now[jobId], jobId }),
      snapshot: () => Promise.resolve(snapshotOf('Active', { tally: tally((queries += 1) * 300) })),
    };
    const ended = recordOf(snapshotOf('Complete', { tally: tally(9) }), 'completed');
    const records = [...(['Active', 'Pausing', 'Cancelling', 'Ready', 'New'] as const).map(listed), ended];
    const views = await reader(source).page(records);
    expect(views.map(({ snapshot, progress }) => [snapshot.status, progress.succeeded])).toEqual([
      ['Active', 300],
      ['Paused', 500],
      ['Cancelled', 700],
      ['Ready', 0],
      ['Complete', 9],
    ]);
    expect(queries).toBe(1);
  });

  test('says of no job that none answers, because none did for another', async () => {
    const source = {
      record: (jobId: string) => Promise.resolve({ ...ACTIVE, jobId }),
      snapshot: (jobId: string) =>
        jobId === 'job-0' ? noWorker() : Promise.resolve(snapshotOf('Active', { tally: tally(300) })),
      recountJob: () => Promise.resolve({ tally: tally(40), running: [] }),
    };
    const records = Array.from({ length: 40 }, (_, index) => ({ ...ACTIVE, jobId: `job-${index}` }));
    const views = await reader(source).page(records);
    const told = views.map(({ snapshot, progress }) => [progress.succeeded, snapshot.waitingFor]);
    expect(told[0]).toEqual([40, 'a worker: none answers on task queue drover-jobs']);
    expect(told.slice(1)).toEqual(records.slice(1).map(() => [300, undefined]));
  });

  test('asks for workers no more than once at a time, and looks at few jobs together', async () => {
    let queries = 0;
    let together = 0;
    let most = 0;
    const source = {
      record: (jobId: string) => Promise.resolve({ ...ACTIVE, jobId }),
      snapshot: () => {
        queries += 1;
        return noWorker();
      },
      recountJob: async () => {
        most = Math.max(most, (together += 1));
        await new Promise((resolve) => setImmediate(resolve));
        together -= 1;
        return { tally: tally(40), running: [] };
      },
    };
    const records = Array.from({ length: 200 }, (_, index) => ({ ...ACTIVE, jobId: `job-${index}` }));
    const views = await reader(source).page(records);
    expect(views.map(({ progress }) => progress.succeeded)).toEqual(records.map(() => 40));
    expect(most).toBeLessThanOrEqual(16);
    expect(queries).toBeLessThanOrEqual(16);
    expect(views.filter(({ snapshot }) => snapshot.waitingFor !== undefined)).toHaveLength(queries);
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

  test('adds what heartbeats say beyond the checkpoint', () => {
    expect(chunkTally(progress, [beat('a', tally(6, 2))])).toEqual(tally(12, 2));
  });

  test('ignores heartbeats of batches that are not open, and those older than the checkpoint', () => {
    expect(chunkTally(progress, [beat('z', tally(9)), beat('a', tally(3, 1))])).toEqual(tally(10, 1));
  });
});
