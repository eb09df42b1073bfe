/**
 * Goal: notes of tasks outlive the process that wrote them, cost few requests, and are found by the attempts that come after.
 * Method: notes of one batch on the in-memory store; a batch of a pipeline in a mock context whose worker dies.
 */
import { taskNotes } from '../../../../activities/batch/task-notes';
import type { BatchResult } from '../../../../contracts/engine/activities';
import { workspaceKeys } from '../../../../contracts/engine/naming';
import { LIMITS } from '../../../../contracts/limits';
import { decodePart } from '../../../../reports';
import { StoreError } from '../../../../storage/store-error';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture } from '../../../support/job-fixture';
import { MemoryStore } from '../../../support/memory-store/store';

const job = { jobId: 'j', workspace: { bucket: 'workspace', prefix: 'jobs/j/' } };

function bench() {
  const store = new MemoryStore({ buckets: ['workspace'] });
  const count = (method: string): number => store.calls.filter((call) => call.method === method).length;
  return { store, count, attempt: (batch = 0) => taskNotes(store, job, batch) };
}

describe('notes', () => {
  test('are found by another attempt of the same batch, by row, and not by their own', async () => {
    const { attempt } = bench();
    const first = attempt();
    await first.write(7, { step: 1 });
    await first.write(7, { step: 2 });
    await first.write(2 ** 43, { step: 3 });
    const second = attempt();
    expect(await second.find(7)).toEqual([{ step: 1 }, { step: 2 }]);
    expect(await second.find(2 ** 43)).toEqual([{ step: 3 }]);
    expect(await second.find(8)).toEqual([]);
    expect(await first.find(7)).toEqual([]);
    expect(await attempt(1).find(7)).toEqual([]);
    await second.write(7, { step: 4 });
    expect(await attempt().find(7)).toHaveLength(3);
  });

  test('that come while one is written go together', async () => {
    const { store, count, attempt } = bench();
    const gate = store.faults.hold({ method: 'put' });
    const notes = attempt();
    const first = notes.write(0, { step: 0 });
    await gate.reached;
    const others = Array.from({ length: 50 }, (_, row) => notes.write(row + 1, { step: 0 }));
    gate.release();
    await Promise.all([first, ...others]);
    expect(count('put')).toBe(2);
    expect(store.keys('workspace')).toHaveLength(1);
    const after = attempt();
    for (let row = 0; row <= 50; row += 1) expect(await after.find(row)).toEqual([{ step: 0 }]);
  });

  test('are in another object when one has grown large', async () => {
    const { store, attempt } = bench();
    const notes = attempt();
    const long = 'x'.repeat(LIMITS.batch.taskNotesObjectBytes / 4);
    for (let row = 0; row < 12; row += 1) await notes.write(row, { long });
    expect(store.keys('workspace').length).toBeGreaterThan(2);
    for (const key of store.keys('workspace')) {
      expect(store.peek('workspace', key)?.size).toBeLessThan(2 * LIMITS.batch.taskNotesObjectBytes);
    }
    const after = attempt();
    for (let row = 0; row < 12; row += 1) expect(await after.find(row)).toEqual([{ long }]);
  });

  test('are looked for once in a batch, and anew when asked to', async () => {
    const { count, attempt } = bench();
    const [former, notes] = [attempt(), attempt()];
    await former.write(1, { step: 1 });
    expect(await Promise.all([notes.find(1), notes.find(2), notes.find(1)])).toEqual([
      [{ step: 1 }],
      [],
      [{ step: 1 }],
    ]);
    await former.write(2, { step: 2 });
    expect(await notes.find(2)).toEqual([]);
    expect(count('listObjects')).toBe(1);
    expect(await Promise.all([notes.find(2, { anew: true }), notes.find(1, { anew: true })])).toEqual([
      [{ step: 2 }],
      [{ step: 1 }],
    ]);
    expect(count('listObjects')).toBe(2);
  });

  test('a look that has begun is not taken for one that begins now', async () => {
    const { store, attempt } = bench();
    const [former, notes] = [attempt(), attempt()];
    const gate = store.faults.hold({ method: 'listObjects' });
    const early = notes.find(1);
    await gate.reached;
    // Where the page is taken from has passed already.
    const read = jest.spyOn(store, 'read').mockRejectedValueOnce(new StoreError('NoSuchKey', 404, 'gone'));
    await former.write(1, { step: 1 });
    const late = notes.find(1, { anew: true });
    gate.release();
    await Promise.allSettled([early]);
    expect(await late).toEqual([{ step: 1 }]);
    expect(read).toHaveBeenCalledTimes(2);
  });

  test.each<[code: string, httpStatus: number, object]>([
    ['AccessDenied', 403, { code: 'WorkspaceNotWritable' }],
    ['SlowDown', 503, { storeDown: true }],
    ['ECONNREFUSED', 0, { storeDown: true }],
  ])('what the workspace says of them is in no row: %s', async (code, httpStatus, seen) => {
    const error = new StoreError(code, httpStatus, 'no');
    for (const method of ['put', 'listObjects']) {
      const { store, attempt } = bench();
      store.faults.fail(error, { method });
      const notes = attempt();
      const ask = (): Promise<unknown> => (method === 'put' ? notes.write(1, {}) : notes.find(1));
      await expect(ask()).rejects.toMatchObject(seen);
      // It is tried again by the next.
      await expect(ask()).resolves.not.toThrow();
    }
  });
});

describe('a batch whose worker dies', () => {
  const Steps = [
    { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target' } },
    { S3VerifyObject: { Against: { TargetResource: 'arn:aws:s3:::target' } }, AppliesTo: 'Source' },
    { S3DeleteObject: {}, AppliesTo: 'Source' },
  ];

  async function prepared(): Promise<JobFixture> {
    const fixture = jobFixture({ rows: 200, operation: { Pipeline: { Steps } } });
    const { activities, job: of, createdAt, request, plan } = fixture;
    await activityEnvironment().run(activities.prepareManifest, { ...of, createdAt, request, plan });
    return fixture;
  }

  function runBatch({ activities, job: of }: JobFixture, attempt: number): Promise<BatchResult> {
    return activityEnvironment({ attempt }).run(activities.runBatch, { ...of, batch: 0 });
  }

  test('has no failed row: the objects that are moved already are told from those that are not', async () => {
    const fixture = await prepared();
    const { store, job: of } = fixture;
    // From the hundredth delete on, nothing comes back, as if the process were gone.
    const remove = store.deleteObject.bind(store);
    let deletes = 0;
    const spy = jest.spyOn(store, 'deleteObject').mockImplementation((input, options) => {
      deletes += 1;
      return deletes > 100 ? Promise.reject(new Error('killed')) : remove(input, options);
    });
    await expect(runBatch(fixture, 1)).rejects.toThrow('killed');
    spy.mockRestore();
    expect(store.keys('source')).toHaveLength(100);
    expect(await runBatch(fixture, 2)).toEqual({ status: 'done', tally: { succeeded: 200, failed: 0, pending: 0 } });
    expect(store.keys('source')).toEqual([]);
    expect(store.keys('target')).toHaveLength(200);
    const part = store.peek('workspace', workspaceKeys.part(of.workspace.prefix, 0))!;
    const { succeeded, failed } = decodePart(part.body);
    expect([succeeded.split('\n').filter(Boolean).length, failed]).toEqual([200, '']);
    const puts = store.calls.filter(({ method, key }) => method === 'put' && key.includes('/notes/'));
    expect(puts.length).toBeLessThan(60);
  });
});
