/**
 * Goal: a move never loses an object, whatever goes wrong between its steps, and its row tells what is where. Method: moves
 * on the in-memory store with faults at each step, with and without the conditions that not all stores know; afterwards the
 * content of every object is looked for.
 */
import { parseOperation } from '../../../../operations';
import type { CopyObjectInput, HeadObjectInput, HeadOptions } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import {
  bind,
  CarelessStore,
  LOST,
  newStore,
  OK,
  prepared,
  SilentStore,
  TargetResource,
  taskOf,
  text,
} from './move-bench';

describe('a move', () => {
  test('takes along what belongs to the object', async () => {
    const store = newStore();
    store.seed('source', 'a/b.txt', 'text', {
      tags: [{ Key: 'team', Value: 'x' }],
      metadata: { origin: 'here' },
      headers: { ContentType: 'text/plain' },
      storageClass: 'STANDARD_IA',
      settings: { ACL: 'public-read', ServerSideEncryption: 'AES256' },
    });
    expect(await bind(store, { TargetKey: 'x/{stem}-2.{ext}' })(taskOf('a/b.txt'))).toEqual(OK);
    expect(store.keys('source')).toEqual([]);
    expect(store.peek('target', 'x/b-2.txt')).toMatchObject({
      body: Buffer.from('text'),
      tags: [{ Key: 'team', Value: 'x' }],
      metadata: { origin: 'here' },
      headers: { ContentType: 'text/plain' },
      storageClass: 'STANDARD_IA',
      settings: { ACL: 'public-read', ServerSideEncryption: 'AES256' },
    });
  });

  test('asks of the target only whether it is there, and of the source why it is not', async () => {
    const asked: string[] = [];
    class Asked extends MemoryStore {
      override describeObject(input: HeadObjectInput, options?: HeadOptions) {
        asked.push(`${input.Bucket}${options?.plainNotFound ? '' : ' why'}`);
        return super.describeObject(input, options);
      }
    }
    const store = prepared(new Asked());
    store.seed('source', 'a', 'text');
    expect(await bind(store)(taskOf('a'))).toEqual(OK);
    expect(asked).toEqual(['source why', 'target', 'target', 'target', 'source']);
  });

  test.each([
    ['takes no notice of tags', undefined, OK],
    [
      'knows no tags',
      new StoreError('NotImplemented', 501, 'no'),
      {
        status: 'failed',
        httpStatus: 501,
        errorCode: 'NotImplemented',
        message: 'The copy was made; whether it has the tags asked for is not known: no',
      },
    ],
  ])('does not delete what its target has no tags of: a store that %s', async (_what, refusal, row) => {
    const source = newStore();
    const target = newStore();
    const tags = [{ Key: 'team', Value: 'x' }];
    source.seed('source', 'a', 'text', { tags });
    jest
      .spyOn(target, 'putObject')
      .mockImplementation(({ Tagging: _ignored, ...input }) => MemoryStore.prototype.putObject.call(target, input));
    if (refusal) target.faults.fail(refusal, { method: 'getObjectTagging', times: Infinity });
    const element = { S3MoveObject: { TargetResource } };
    const roles = memoryRoleStores(source, { elsewhere: { store: target, buckets: ['target'] } });
    const perform = parseOperation(element).bind({ jobId: 'job', ...roles });
    expect(await perform(taskOf('a'), new AbortController().signal)).toEqual(row);
    // Gone with its tags, or there.
    expect(source.peek('source', 'a') === undefined).toBe(refusal === undefined);
    if (!refusal) expect(target.peek('target', 'a')?.tags).toEqual(tags);
  });

  test('within a bucket is a rename; the steps of the next operation go on with the target', async () => {
    const store = newStore();
    store.seed('target', 'old/a', 'text');
    const given = { ReplacePrefix: { From: 'old/', To: 'new/' } };
    expect(await bind(store, given)(taskOf('old/a', { bucket: 'target' }))).toEqual(OK);
    expect(store.keys('target')).toEqual(['new/a']);
    const operation = parseOperation({ S3MoveObject: { TargetResource, ...given } });
    const after = operation.bindResult?.({ createdAt: new Date() })(taskOf('old/a', { versionId: 'v1' }));
    expect(after).toEqual({ bucket: 'target', key: 'new/a', manifestKey: 'old/a', row: 0 });
  });

  test('of a version deletes that version; without one it leaves a delete marker', async () => {
    const store = prepared(new MemoryStore(), true);
    const { versionId } = store.seed('source', 'a', 'old');
    store.seed('source', 'a', 'new');
    expect(await bind(store, { TargetKey: '{key}.{versionId}' })(taskOf('a', { versionId }))).toEqual(OK);
    expect(text(store, 'target', `a.${versionId}`)).toBe('old');
    expect(store.versions('source', 'a').map(({ body }) => body.toString())).toEqual(['new']);
    expect(await bind(store)(taskOf('a'))).toEqual(OK);
    expect(store.versions('source', 'a').map(({ deleteMarker }) => deleteMarker)).toEqual([false, true]);
  });

  test('onto itself fails', async () => {
    const store = newStore();
    store.seed('target', 'a', 'text');
    const row = {
      status: 'failed',
      httpStatus: 400,
      errorCode: 'InvalidRequest',
      message: 'The target is the object itself',
    };
    expect(await bind(store)(taskOf('a', { bucket: 'target' }))).toEqual(row);
    expect(await bind(store, { IfTargetExists: 'OVERWRITE' })(taskOf('a', { bucket: 'target' }))).toEqual(row);
    expect(text(store, 'target', 'a')).toBe('text');
  });

  test.each(['a//b', './a/b', 'A/b', 'a/c/../b', '/a/b', 'a/b/'])(
    'to a key that some stores take for the same (%s) deletes nothing where that is there',
    async (TargetKey) => {
      const store = newStore();
      store.seed('target', 'a/b', 'text');
      store.seed('target', TargetKey, 'text');
      for (const IfTargetExists of ['FAIL', 'OVERWRITE']) {
        const given =
          IfTargetExists === 'FAIL' ? { TargetKey } : { ReplacePrefix: { From: 'a/b', To: TargetKey }, IfTargetExists };
        expect(await bind(store, given)(taskOf('a/b', { bucket: 'target' }))).toMatchObject({
          httpStatus: 412,
          message: expect.stringContaining('the store may take both keys for the same object'),
        });
      }
      expect(store.keys('target').sort()).toEqual(['a/b', TargetKey].sort());
    },
  );

  test('an object without a key for it stays', async () => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    const given = { ReplacePrefix: { From: 'b', To: 'c' } };
    expect(await bind(store, given)(taskOf('a'))).toMatchObject({ httpStatus: 400, errorCode: 'InvalidRequest' });
    expect(store.calls).toEqual([]);
  });
});

describe('a target that exists', () => {
  test('and is another object stays as it is, and so does the source', async () => {
    for (const [other, why] of [
      ['longer', 'size is 6, expected 4'],
      ['TEXT', 'the content differs'],
    ] as const) {
      const store = newStore();
      store.seed('source', 'a', 'text');
      store.seed('target', 'a', other);
      expect(await bind(store)(taskOf('a'))).toEqual({
        status: 'failed',
        httpStatus: 412,
        errorCode: 'PreconditionFailed',
        message: `The target exists (target/a), and is not equal to the source: ${why}`,
      });
      expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual(['text', other]);
    }
  });

  test('and differs in metadata or tags only would lose those of the source', async () => {
    const differences: [object, string][] = [
      [{ metadata: { origin: 'there' } }, 'metadata origin is there, expected none'],
      [{ tags: [{ Key: 'k', Value: 'v' }] }, 'tag k is v, expected none'],
      [{ headers: { CacheControl: 'no-store' } }, 'CacheControl is no-store, expected none'],
    ];
    for (const [seed, why] of differences) {
      const store = newStore();
      store.seed('source', 'a', 'text');
      store.seed('target', 'a', 'text', seed);
      expect(await bind(store)(taskOf('a'))).toMatchObject({ httpStatus: 412, message: expect.stringContaining(why) });
      expect(text(store, 'source', 'a')).toBe('text');
    }
  });

  test('and is equal, as after a crash, is not written again', async () => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    store.seed('target', 'a', 'text');
    expect(await bind(store)(taskOf('a'))).toEqual(OK);
    expect(store.calls.map(({ method }) => method)).not.toContain('copyObject');
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
  });

  test('is replaced with OVERWRITE when it was there before the job', async () => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    store.seed('target', 'a', 'TEXT', { lastModified: new Date('2025-12-31T23:59:45Z') });
    expect(await bind(store, { IfTargetExists: 'OVERWRITE' })(taskOf('a'))).toEqual(OK);
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
  });

  test('is not replaced by another version of the key, nor by the same key of another bucket', async () => {
    const store = prepared(new MemoryStore(), true);
    store.createBucket('other');
    store.seed('target', 'a', 'former', { lastModified: new Date('2025-06-01T00:00:00Z') });
    const [first, second] = ['first', 'second'].map((body) => store.seed('source', 'a', body).versionId);
    store.seed('other', 'a', 'third');
    const move = bind(store, { IfTargetExists: 'OVERWRITE' });
    expect(await move(taskOf('a', { versionId: first ?? '' }))).toEqual(OK);
    const row = {
      status: 'failed',
      httpStatus: 412,
      message: expect.stringContaining(
        '(target/a), was written since the job was created or just before, perhaps by another row of it',
      ),
    };
    expect(await move(taskOf('a', { versionId: second ?? '' }))).toMatchObject(row);
    expect(await move(taskOf('a', { bucket: 'other' }))).toMatchObject(row);
    const left = [text(store, 'target', 'a'), text(store, 'source', 'a', second), text(store, 'other', 'a')];
    expect(left).toEqual(['first', 'second', 'third']);
  });

  test('and is the copy of a former run is not written again with OVERWRITE, although only reading tells', async () => {
    const store = prepared(new SilentStore());
    store.seed('source', 'a', 'text');
    store.seed('target', 'a', 'text');
    expect(await bind(store, { IfTargetExists: 'OVERWRITE' })(taskOf('a'))).toEqual(OK);
    expect(store.calls.map(({ method }) => method)).not.toContain('copyObject');
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
  });

  test('does not make a source that is seen but not copied one that was moved before', async () => {
    const store = newStore();
    store.seed('source', 'a/', '');
    store.faults.fail(new StoreError('NoSuchKey', 404, 'The specified key does not exist.'), { method: 'copyObject' });
    const find = store.describeObject.bind(store);
    // As on SeaweedFS: the folder of the target comes into being with what is moved into it.
    store.describeObject = async (input, options) => {
      if (input.Bucket !== 'target') return find(input, options);
      const copied = store.calls.some(({ method }) => method === 'copyObject');
      if (copied && store.peek('target', 'a/') === undefined) store.seed('target', 'a/', 'folder');
      return find(input, options);
    };
    expect(await bind(store)(taskOf('a/'))).toMatchObject({
      status: 'failed',
      httpStatus: 404,
      errorCode: 'NoSuchKey',
    });
    expect(text(store, 'source', 'a/')).toBe('');
  });

  test('with a CRC alike, but older than the job, is read before it is believed', async () => {
    const store = newStore();
    const sum = { ChecksumCRC32: 'bS9TOQ==', ChecksumType: 'FULL_OBJECT' };
    store.seed('source', 'a', 'text', { settings: sum, etag: 'not-an-md5' });
    store.seed('target', 'a', 'TEXT', {
      settings: sum,
      etag: 'another',
      lastModified: new Date('2025-06-01T00:00:00Z'),
    });
    expect(await bind(store)(taskOf('a'))).toMatchObject({ httpStatus: 412 });
    expect(text(store, 'source', 'a')).toBe('text');
  });
});

describe('the copy is compared before the source is deleted', () => {
  /** Copies something else than it should. */
  class WrongStore extends SilentStore {
    override async copyObject(input: CopyObjectInput, options?: object) {
      const answer = await super.copyObject(input, options);
      this.seed(input.Bucket ?? '', input.Key ?? '', 'TEXT');
      return answer;
    }
  }

  test('by reading both where the stores tell nothing', async () => {
    const store = prepared(new SilentStore());
    store.seed('source', 'a', 'text');
    expect(await bind(store)(taskOf('a'))).toEqual(OK);
    expect(
      store.calls
        .filter(({ method }) => method === 'getObject')
        .map(({ bucket }) => bucket)
        .sort(),
    ).toEqual(['source', 'target']);
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
  });

  test('what is not equal keeps the source', async () => {
    const store = prepared(new WrongStore());
    store.seed('source', 'a', 'text');
    expect(await bind(store)(taskOf('a'))).toMatchObject({
      httpStatus: 400,
      errorCode: 'BadDigest',
      message: 'The copy is not equal to the source (the source was not deleted; its copy: target/a)',
    });
    expect(text(store, 'source', 'a')).toBe('text');
  });

  test('what can not be compared keeps the source', async () => {
    const store = prepared(new SilentStore());
    store.seed('source', 'a', 'text');
    store.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'getObject', bucket: 'target' });
    expect(await bind(store)(taskOf('a'))).toMatchObject({
      httpStatus: 403,
      message: 'no (the source was not deleted; its copy: target/a)',
    });
    expect(text(store, 'source', 'a')).toBe('text');
  });

  test('between stores, too', async () => {
    const [here, there] = [newStore(), newStore()];
    here.seed('source', 'a', 'text', { metadata: { name: 'ü' } });
    expect(await bind(here, {}, there)(taskOf('a'))).toEqual(OK);
    expect([text(here, 'source', 'a'), text(there, 'target', 'a')]).toEqual([undefined, 'text']);
    here.seed('source', 'b', 'text');
    there.tamperWrites();
    expect(await bind(here, {}, there)(taskOf('b'))).toMatchObject({ status: 'failed' });
    expect(text(here, 'source', 'b')).toBe('text');
  });
});

describe('lost answers', () => {
  const STEPS = ['copyObject', 'deleteObject'];

  test.each(STEPS)('%s had its effect', async (method) => {
    for (const store of [newStore(), prepared(new CarelessStore()), prepared(new MemoryStore(), true)]) {
      store.seed('source', 'a', 'text');
      store.faults.loseAnswer({ method });
      expect(await bind(store)(taskOf('a'))).toEqual(OK);
      expect(store.calls.filter((call) => call.method === method)).toHaveLength(1);
      expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
    }
  });

  test.each(STEPS)('%s had no effect', async (method) => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    store.faults.fail(LOST(), { method });
    expect(await bind(store)(taskOf('a'))).toEqual(OK);
    expect(store.calls.filter((call) => call.method === method)).toHaveLength(2);
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
  });

  test('of the client itself: the repeat of a copy finds it there', async () => {
    const refused = new StoreError('PreconditionFailed', 412, 'At least one …', { answerLost: true });
    class Repeating extends MemoryStore {
      override copyObject(input: CopyObjectInput, options?: object) {
        return super.copyObject(input, options).catch(() => Promise.reject(refused));
      }
    }
    const repeating = prepared(new Repeating());
    repeating.seed('source', 'a', 'text');
    repeating.faults.loseAnswer({ method: 'copyObject' });
    expect(await bind(repeating)(taskOf('a'))).toEqual(OK);
  });

  test('of the delete for good: the row says that the copy exists', async () => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    store.faults.fail(LOST, { method: 'deleteObject', times: Infinity });
    expect(await bind(store)(taskOf('a'))).toEqual({
      status: 'failed',
      httpStatus: 0,
      errorCode: 'RequestTimeout',
      message:
        'No answer was received, the request may have taken effect: no answer (the source was not deleted; its copy: target/a)',
    });
    expect(text(store, 'target', 'a')).toBe('text');
  });
});
