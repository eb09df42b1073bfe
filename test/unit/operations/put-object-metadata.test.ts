/**
 * Goal: some metadata change, all the rest of an object stays, and an object that changes under way is left alone. Method:
 * the in-memory store with objects that have all there is, and faults.
 */
import { defined } from '../../../contracts/defined';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { parseOperation } from '../../../operations';
import { StoreError } from '../../../storage/store-error';
import type { ObjectSeed } from '../../support/memory-store/bucket';
import { sumOf } from '../../support/memory-store/checks';
import { memoryRoleStores, MemoryStore } from '../../support/memory-store/store';

const DONE: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const GIB = 1024 ** 3;

class World {
  readonly store = new MemoryStore();
  readonly stores = memoryRoleStores(this.store);

  constructor(seed: ObjectSeed = {}) {
    this.store.createBucket('b', { objectLock: true });
    this.store.seed('b', 'k', 'body', seed);
  }

  put(given: JsonObject, versionId?: string): Promise<TaskOutcome> {
    const operation = parseOperation({ S3PutObjectMetadata: given });
    const task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0, ...defined({ versionId }) };
    return operation.bind({ jobId: 'job', ...this.stores })(task, new AbortController().signal);
  }

  get object() {
    return this.store.peek('b', 'k');
  }

  copies(): number {
    return this.store.calls.filter(({ method }) => method === 'copyObject').length;
  }
}

test.each<[title: string, given: JsonObject, headers: object, metadata: object]>([
  ['sets', { UserMetadata: { New: 'n' } }, { ContentType: 'a/b', CacheControl: 'c' }, { one: '1', two: '2', new: 'n' }],
  ['overwrites', { UserMetadata: { ONE: 'x' } }, { ContentType: 'a/b', CacheControl: 'c' }, { one: 'x', two: '2' }],
  ['removes', { RemoveUserMetadata: ['Two', 'no'] }, { ContentType: 'a/b', CacheControl: 'c' }, { one: '1' }],
  ['headers', { ContentType: 'd/e' }, { ContentType: 'd/e', CacheControl: 'c' }, { one: '1', two: '2' }],
  ['no header', { Remove: ['CacheControl'] }, { ContentType: 'a/b' }, { one: '1', two: '2' }],
  ['no type', { Remove: ['ContentType'] }, { CacheControl: 'c' }, { one: '1', two: '2' }],
  ['no metadata', { RemoveUserMetadata: ['one', 'two'] }, { ContentType: 'a/b', CacheControl: 'c' }, {}],
  [
    'an expiry',
    { HttpExpiresDate: '2030-01-01T00:00:00Z' },
    { ContentType: 'a/b', CacheControl: 'c', Expires: new Date('2030-01-01T00:00:00Z') },
    { one: '1', two: '2' },
  ],
])('%s', async (_title, given, headers, metadata) => {
  const world = new World({ headers: { ContentType: 'a/b', CacheControl: 'c' }, metadata: { one: '1', two: '2' } });
  expect(await world.put(given)).toEqual(DONE);
  expect(world.object?.headers).toEqual(headers);
  expect(world.object?.metadata).toEqual(metadata);
  expect(await world.put(given)).toEqual(DONE);
  expect(world.copies()).toBe(1);
});

describe.each([
  ['in one piece', 4],
  ['in parts', 6 * GIB],
])('%s', (_title, size) => {
  test('all the rest stays', async () => {
    const until = new Date('2099-01-01T00:00:00Z');
    const world = new World({
      size,
      metadata: { name: 'größe' },
      headers: { Expires: new Date('2031-01-01T00:00:00Z') },
      tags: [{ Key: 'a', Value: 'b' }],
      storageClass: 'STANDARD_IA',
      settings: {
        ACL: 'public-read',
        ServerSideEncryption: 'AES256',
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: until,
        ObjectLockLegalHoldStatus: 'ON',
        WebsiteRedirectLocation: '/there',
        ChecksumCRC32C: await sumOf(Buffer.from('body'), 'CRC32C'),
      },
    });
    expect(await world.put({ UserMetadata: { x: 'y' } })).toEqual(DONE);
    expect(world.object).toMatchObject({
      size,
      metadata: { name: 'größe', x: 'y' },
      headers: { Expires: new Date('2031-01-01T00:00:00Z') },
      tags: [{ Key: 'a', Value: 'b' }],
      storageClass: 'STANDARD_IA',
      encryption: { ServerSideEncryption: 'AES256' },
      legalHold: 'ON',
      retention: { Mode: 'GOVERNANCE', RetainUntilDate: until },
      settings: { WebsiteRedirectLocation: '/there', ChecksumCRC32C: await sumOf(Buffer.from('body'), 'CRC32C') },
    });
    expect(world.object?.acl.Grants).toHaveLength(2);
  });

  test.each(['copyObject', 'completeMultipartUpload'])('a lost answer to %s is settled', async (method) => {
    const world = new World({ size });
    world.store.faults.loseAnswer({ method });
    expect(await world.put({ UserMetadata: { x: 'y' } })).toEqual(DONE);
    expect(world.store.versions('b', 'k')).toHaveLength(2);
    expect(world.store.unfinishedUploads()).toEqual([]);
  });
});

test('a repeat that meets its own effect is settled by a look', async () => {
  const world = new World({ etag: 'abc-3' });
  const copy = world.store.copyObject.bind(world.store);
  jest.spyOn(world.store, 'copyObject').mockImplementation(async (...call) => {
    await copy(...call);
    // The first answer was lost; the ETag that the repeat names is that of no object any more.
    throw new StoreError('PreconditionFailed', 412, 'no', { answerLost: true });
  });
  expect(await world.put({ UserMetadata: { x: 'y' } })).toEqual(DONE);
});

test('an object that changes under way is left alone', async () => {
  const world = new World();
  const gate = world.store.faults.hold({ method: 'copyObject' });
  const putting = world.put({ UserMetadata: { x: 'y' } });
  await gate.reached;
  world.store.seed('b', 'k', 'newer body');
  gate.release();
  expect(await putting).toMatchObject({ httpStatus: 412, errorCode: 'PreconditionFailed' });
  expect(world.object?.body.toString()).toBe('newer body');
});

describe('versions', () => {
  test('the newest may be named', async () => {
    const world = new World();
    expect(await world.put({ ContentType: 'a/b' }, world.object?.versionId)).toEqual(DONE);
    expect(world.object?.headers).toEqual({ ContentType: 'a/b' });
  });

  test('an older one is refused, also below a delete marker; one that is not there is the store to tell', async () => {
    const world = new World();
    const older = world.object?.versionId;
    world.store.seed('b', 'k', 'newer');
    const refused = { httpStatus: 400, errorCode: 'InvalidRequest', message: expect.stringMatching(/not the newest/) };
    expect(await world.put({ ContentType: 'a/b' }, older)).toMatchObject(refused);
    world.store.seedDeleteMarker('b', 'k');
    expect(await world.put({ ContentType: 'a/b' }, older)).toMatchObject(refused);
    expect(await world.put({ ContentType: 'a/b' }, 'nowhere')).toMatchObject({ errorCode: 'NoSuchVersion' });
    expect(world.copies()).toBe(0);
  });

  test('`null` is that of a bucket without versions', async () => {
    const world = new World();
    world.store.createBucket('b');
    world.store.seed('b', 'k', 'body');
    expect(await world.put({ ContentType: 'a/b' }, 'null')).toEqual(DONE);
  });
});

test('metadata that the store does not tell would be lost', async () => {
  const world = new World({ settings: { MissingMetadata: 1 } });
  expect(await world.put({ ContentType: 'a/b' })).toMatchObject({ httpStatus: 400, errorCode: 'InvalidRequest' });
  expect(world.copies()).toBe(0);
});
