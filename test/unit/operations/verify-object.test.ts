/**
 * Goal: an object passes only when everything that was named is as expected, and a row names each difference. Method: one
 * object on the in-memory store, expectations that hold and the same ones slightly off.
 */
import { createHash } from 'node:crypto';
import type { Task, TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { parseOperation } from '../../../operations';
import type { HeadObjectInput } from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import type { ObjectSeed } from '../../support/memory-store/bucket';
import { memoryRoleStores, MemoryStore } from '../../support/memory-store/store';

const OK = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const MD5 = createHash('md5').update('some text').digest('hex');
const SHA256 = createHash('sha256').update('some text').digest('base64');
const OTHER_SHA256 = createHash('sha256').update('other').digest('base64');
const TargetResource = 'arn:aws:s3:::target';

const SEED: ObjectSeed = {
  tags: [
    { Key: 'owner', Value: 'ann' },
    { Key: 'team', Value: 'x' },
  ],
  metadata: { Origin: 'here', other: 'thing' },
  headers: { ContentType: 'text/plain', CacheControl: 'no-cache' },
  storageClass: 'STANDARD_IA',
};

function newStore(seed: ObjectSeed = SEED): MemoryStore {
  const store = new MemoryStore({ buckets: ['source', 'target'] });
  store.seed('source', 'a', 'some text', seed);
  return store;
}

function verify(given: JsonObject, store = newStore(), more: Partial<Task> = {}): Promise<TaskOutcome> {
  const operation = parseOperation({ S3VerifyObject: given });
  const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
  return perform({ bucket: 'source', key: 'a', manifestKey: 'a', row: 0, ...more }, new AbortController().signal);
}

function failed(message: string): TaskOutcome {
  return { status: 'failed', httpStatus: 412, errorCode: 'VerificationFailed', message };
}

describe('expectations', () => {
  test.each<[given: JsonObject, off: JsonObject, message: string]>([
    [{ SizeBytes: 9 }, { SizeBytes: 12 }, 'size is 9, expected 12'],
    [{ ETag: `"${MD5}"` }, { ETag: 'other' }, `ETag is ${MD5}, expected other`],
    [{ ETag: MD5 }, { ETag: '"other"' }, `ETag is ${MD5}, expected other`],
    [{ StorageClass: 'STANDARD_IA' }, { StorageClass: 'STANDARD' }, 'storage class is STANDARD_IA, expected STANDARD'],
    [{ ContentType: 'text/plain' }, { ContentType: 'text/html' }, 'ContentType is text/plain, expected text/html'],
    [
      { TagSet: [{ Key: 'owner', Value: 'ann' }] },
      { TagSet: [{ Key: 'owner', Value: 'bob' }] },
      'tag owner is ann, expected bob',
    ],
    [
      { TagSet: [{ Key: 'owner', Value: 'ann' }] },
      { TagSet: [{ Key: 'Owner', Value: 'ann' }] },
      'tag Owner is missing',
    ],
    [{ UserMetadata: { ORIGIN: 'here' } }, { UserMetadata: { origin: '' } }, 'metadata origin is here, expected empty'],
    [{ UserMetadata: { origin: 'here' } }, { UserMetadata: { origins: 'x' } }, 'metadata origins is missing'],
    [
      { Checksum: { Algorithm: 'SHA256', Value: SHA256 } },
      { Checksum: { Algorithm: 'SHA256', Value: OTHER_SHA256 } },
      `SHA256 is ${SHA256}, expected ${OTHER_SHA256}`,
    ],
  ])('%j holds; %j does not', async (given, off, message) => {
    expect(await verify(given)).toEqual(OK);
    expect(await verify(off)).toEqual(failed(message));
  });

  test('all that is wrong is named', async () => {
    const given = { SizeBytes: 12, ContentType: 'a/b', TagSet: [{ Key: 'k', Value: 'v' }], UserMetadata: { m: 'v' } };
    expect(await verify(given)).toEqual(
      failed(
        'size is 9, expected 12; ContentType is text/plain, expected a/b; metadata m is missing; tag k is missing',
      ),
    );
  });

  test('a message has its bounds', async () => {
    const UserMetadata = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`name-${index}`, 'x'.repeat(200)]),
    );
    const outcome = await verify({ UserMetadata });
    expect(outcome).toMatchObject({ message: expect.stringMatching(/^metadata name-0 is missing; .*…$/) });
    expect(outcome.status === 'failed' && outcome.message.length).toBeLessThanOrEqual(1_001);
    const long = newStore({ metadata: { m: 'y'.repeat(1_900) } });
    expect(await verify({ UserMetadata: { m: 'z' } }, long)).toEqual(
      failed(`metadata m is ${'y'.repeat(100)}…, expected z`),
    );
  });

  test('STANDARD holds where the store names no class', async () => {
    expect(await verify({ StorageClass: 'STANDARD' }, newStore({}))).toEqual(OK);
  });

  test('nothing is asked that is not needed', async () => {
    const store = newStore();
    await verify({ SizeBytes: 9, ETag: MD5, UserMetadata: { origin: 'here' } }, store);
    expect(store.calls.map(({ method }) => method)).toEqual(['describeObject']);
    // An object that is wrong already is not read.
    await verify({ SizeBytes: 1, Checksum: { Algorithm: 'SHA256', Value: SHA256 } }, store);
    expect(store.calls.map(({ method }) => method)).not.toContain('getObject');
  });

  test('a checksum of all bytes that the store keeps is believed; one of parts is not', async () => {
    const sum = { ChecksumSHA256: OTHER_SHA256 };
    const Checksum = { Algorithm: 'SHA256', Value: SHA256 };
    const kept = newStore({ settings: { ...sum, ChecksumType: 'FULL_OBJECT' } });
    expect(await verify({ Checksum }, kept)).toEqual(failed(`SHA256 is ${OTHER_SHA256}, expected ${SHA256}`));
    expect(await verify({ Checksum }, newStore({ settings: { ...sum, ChecksumType: 'COMPOSITE' } }))).toEqual(OK);
    // Nor one of which the store does not say what it is of.
    class Untold extends MemoryStore {
      override async describeObject(input: HeadObjectInput, options?: object) {
        const told = await super.describeObject(input, options);
        const { algorithm, value } = told.checksum ?? { algorithm: 'SHA256', value: '' };
        return { ...told, checksum: { algorithm, value } };
      }
    }
    const untold = new Untold({ buckets: ['source'] });
    untold.seed('source', 'a', 'some text', { settings: sum });
    expect(await verify({ Checksum }, untold)).toEqual(OK);
    // A checksum of another algorithm is of no use.
    expect(
      await verify({ Checksum: { Algorithm: 'MD5', Value: Buffer.from(MD5, 'hex').toString('base64') } }, kept),
    ).toEqual(OK);
  });

  test('the version in the row is the one that counts', async () => {
    const store = new MemoryStore();
    store.createBucket('source', { versioned: true });
    const { versionId } = store.seed('source', 'a', 'some text');
    store.seed('source', 'a', 'newer');
    expect(await verify({ SizeBytes: 9 }, store, { versionId })).toEqual(OK);
    expect(await verify({ SizeBytes: 9 }, store)).toEqual(failed('size is 5, expected 9'));
  });
});

describe('existence', () => {
  test('an object that must not be there', async () => {
    expect(await verify({ Exists: false })).toEqual(failed(`the object exists, with 9 bytes and ETag ${MD5}`));
    expect(await verify({ Exists: false }, newStore(), { key: 'b' })).toEqual(OK);
    expect(await verify({ Exists: true }, newStore(), { key: 'b' })).toMatchObject({
      httpStatus: 404,
      errorCode: 'NoSuchKey',
    });
  });

  test('a delete marker hides it; a bucket that is not there is no proof', async () => {
    const store = new MemoryStore();
    store.createBucket('source', { versioned: true });
    store.seed('source', 'a', 'x');
    store.seedDeleteMarker('source', 'a');
    expect(await verify({ Exists: false }, store)).toEqual(OK);
    expect(await verify({ Exists: false }, store, { bucket: 'no-such-bucket' })).toMatchObject({
      status: 'failed',
      errorCode: 'NoSuchBucket',
    });
    const denied = newStore();
    denied.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'describeObject' });
    expect(await verify({ Exists: false }, denied)).toMatchObject({ status: 'failed', httpStatus: 403 });
  });
});

describe('Against', () => {
  function both(body: string, seed: ObjectSeed = SEED, source: ObjectSeed = SEED): MemoryStore {
    const store = newStore(source);
    store.seed('target', 'copies/a', body, seed);
    return store;
  }
  const compare = (store: MemoryStore, ...Compare: string[]): Promise<TaskOutcome> =>
    verify({ Against: { TargetResource, TargetKeyPrefix: 'copies', ...(Compare.length > 0 && { Compare }) } }, store);
  const none = { ...SEED, etag: 'no-md5' };

  test('an equal object holds in everything', async () => {
    const all = ['Existence', 'Size', 'ETag', 'Content', 'Tags', 'Metadata'];
    expect(await compare(both('some text'))).toEqual(OK);
    expect(await compare(both('some text'), ...all)).toEqual(OK);
    const sums = { ...SEED, settings: { ChecksumCRC32: 'bS9TOQ==' } };
    expect(await compare(both('some text', sums, sums), 'Checksum')).toEqual(OK);
  });

  test('one that is missing is named', async () => {
    expect(await compare(newStore(), 'Existence')).toEqual(failed('the other object, target/copies/a, does not exist'));
  });

  test('differences are named, those that were asked for only', async () => {
    const store = both('other text', {
      tags: [{ Key: 'owner', Value: 'ann' }],
      metadata: { origin: 'there' },
      etag: 'e',
    });
    expect(await compare(store, 'Existence')).toEqual(OK);
    expect(await compare(store, 'Size')).toEqual(failed('size is 9, expected 10'));
    expect(await compare(store, 'ETag')).toEqual(failed(`ETag is ${MD5}, expected e`));
    expect(await compare(store, 'Tags')).toEqual(failed('tag team is x, expected none'));
    expect(await compare(store, 'Metadata')).toEqual(
      failed(
        'ContentType is text/plain, expected none; CacheControl is no-cache, expected none; metadata origin is here, expected there; metadata other is thing, expected none',
      ),
    );
    expect(await compare(both('SOME TEXT'), 'Content')).toEqual(failed('content differs'));
  });

  test('by default the bytes are compared by what the stores say; what they do not say is no success', async () => {
    expect(await compare(both('SOME TEXT', none))).toMatchObject(
      failed(
        `content can't be compared without reading it (Compare: Content): the ETags are ${MD5} and no-md5, with no checksum in common`,
      ),
    );
    const sum = (ChecksumCRC32: string, etag: string): ObjectSeed => ({ etag, settings: { ChecksumCRC32 } });
    expect(await compare(both('some text', sum('bS9TOQ==', 'x'), sum('bS9TOQ==', 'y')))).toEqual(OK);
    expect(await compare(both('SOME TEXT', sum('bS9TOA==', 'x'), sum('bS9TOQ==', 'y')))).toEqual(
      failed('CRC32 is bS9TOQ==, expected bS9TOA=='),
    );
    const store = both('some text');
    await compare(store);
    expect(store.calls.map(({ method }) => method)).toEqual(['describeObject', 'describeObject']);
  });

  test('checksums that can not be compared are no success', async () => {
    expect(await compare(both('some text'), 'Checksum')).toEqual(
      failed("checksums can't be compared: the stores have none and none"),
    );
  });

  test('content is read, of both, whatever the ETags say', async () => {
    const store = both('some text', none);
    expect(await compare(store, 'Content')).toEqual(OK);
    expect(store.calls.filter(({ method }) => method === 'getObject')).toHaveLength(2);
    expect(await compare(both('SOME TEXT', { ...SEED, etag: MD5 }), 'Content')).toEqual(failed('content differs'));
  });

  test('a role that may not read the other bucket gets no word of it', async () => {
    const store = both('some text');
    const operation = parseOperation({ S3VerifyObject: { Against: { TargetResource } } });
    const context = { jobId: 'job', ...memoryRoleStores(store, { denied: ['target'] }) };
    const task = { bucket: 'source', key: 'a', manifestKey: 'a', row: 0 };
    expect(await operation.bind(context)(task, new AbortController().signal)).toMatchObject({
      status: 'failed',
      httpStatus: 403,
    });
    expect(store.calls).toEqual([]);
    expect(operation.buckets).toEqual({ read: ['target'] });
  });
});
