/** Goal: what a move finds and leaves at its source is told in its row. Method: as in move-object.test.ts. */
import type { CopyObjectInput, DeleteObjectInput } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';
import { bind, CarelessStore, newStore, OK, prepared, taskOf, text } from './move-bench';

describe('the source', () => {
  test('that is gone, with a target of the time of the job, was moved before', async () => {
    const store = newStore();
    store.seed('target', 'a', 'text', { lastModified: new Date('2025-12-31T23:59:00Z') });
    expect(await bind(store)(taskOf('a'))).toEqual({ ...OK, message: 'Successful: moved before' });
    store.seed('target', 'a', 'text', { lastModified: new Date('2025-12-31T23:58:59Z') });
    expect(await bind(store)(taskOf('a'))).toMatchObject({ httpStatus: 404, errorCode: 'NoSuchKey' });
  });

  test('that is gone, while the target may be of another object, was not moved by the job: it would have noted that', async () => {
    const store = newStore();
    store.seed('target', 'a', 'text');
    expect(await bind(store, { TargetKey: '{basename}' })(taskOf('x/a'))).toEqual({
      status: 'failed',
      httpStatus: 404,
      errorCode: 'NoSuchKey',
      message: 'The specified key does not exist.',
    });
  });

  test('that changes while it is copied stays', async () => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    const gate = store.faults.hold({ method: 'copyObject' });
    const moved = bind(store)(taskOf('a'));
    await gate.reached;
    store.seed('source', 'a', 'TEXT');
    gate.release();
    expect(await moved).toMatchObject({ httpStatus: 412, errorCode: 'PreconditionFailed' });
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual(['TEXT', undefined]);
  });

  test('that changes after the copy stays: the last look sees it', async () => {
    class Changing extends CarelessStore {
      override async copyObject(input: CopyObjectInput, options?: object) {
        const answer = await super.copyObject(input, options);
        this.advance(1_000);
        this.seed('source', 'a', 'TEXT');
        return answer;
      }
    }
    const store = prepared(new Changing());
    store.seed('source', 'a', 'text');
    expect(await bind(store)(taskOf('a'))).toMatchObject({
      httpStatus: 412,
      message: 'The source changed while it was moved (the source was not deleted; its copy: target/a)',
    });
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual(['TEXT', 'text']);
  });

  test('that changes after the last look stays where the store knows conditions', async () => {
    class Changing extends MemoryStore {
      override deleteObject(input: DeleteObjectInput, options?: object) {
        this.seed('source', 'a', 'TEXT');
        return super.deleteObject(input, options);
      }
    }
    const store = prepared(new Changing());
    store.seed('source', 'a', 'text');
    expect(await bind(store)(taskOf('a'))).toMatchObject({
      httpStatus: 412,
      message: expect.stringContaining('(the source was not deleted; its copy: target/a)'),
    });
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual(['TEXT', 'text']);
  });

  test('under a lock is copied with its lock, and stays: the row has the words of the store', async () => {
    const store = new MemoryStore();
    for (const bucket of ['source', 'target']) store.createBucket(bucket, { objectLock: true });
    const { versionId } = store.seed('source', 'a', 'text', { settings: { ObjectLockLegalHoldStatus: 'ON' } });
    expect(await bind(store)(taskOf('a', { versionId }))).toMatchObject({
      status: 'failed',
      httpStatus: 403,
      errorCode: 'AccessDenied',
      message: expect.stringMatching(/\(the source was not deleted; its copy: target\/a\)$/),
    });
    expect(text(store, 'source', 'a', versionId)).toBe('text');
    expect(store.peek('target', 'a')?.legalHold).toBe('ON');
  });

  test('a store that does not know the condition of a delete is asked without', async () => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    store.faults.fail(new StoreError('NotImplemented', 501, 'A header …'), { method: 'deleteObject' });
    expect(await bind(store)(taskOf('a'))).toEqual(OK);
    expect(text(store, 'source', 'a')).toBeUndefined();
  });
});
