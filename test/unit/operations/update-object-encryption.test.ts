/**
 * Goal: a store without UpdateObjectEncryption never gets it; there the object is copied onto itself, with all that it has,
 * and a store that only pretends is found out. Method: the in-memory store without the call. The call itself: contract suite.
 */
import { defined } from '../../../contracts/defined';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import { parseOperation } from '../../../operations';
import type { ObjectSeed } from '../../support/memory-store/bucket';
import { memoryRoleStores, MemoryStore } from '../../support/memory-store/store';

const DONE: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const KMSKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const KMS = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KMSKeyArn };

class World {
  readonly store = new MemoryStore({ updatesEncryption: false });

  constructor(seed: ObjectSeed = {}) {
    this.store.createBucket('b', { objectLock: true });
    this.store.seed('b', 'k', 'body', seed);
  }

  update(BucketKeyEnabled?: boolean, versionId?: string): Promise<TaskOutcome> {
    const SSEKMS = { KMSKeyArn, ...defined({ BucketKeyEnabled }) };
    const operation = parseOperation({ S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS } } });
    const task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0, ...defined({ versionId }) };
    const context = { jobId: 'job', ...memoryRoleStores(this.store) };
    return operation.bind(context)(task, new AbortController().signal);
  }

  get object() {
    return this.store.peek('b', 'k');
  }

  methods(): string[] {
    return this.store.calls.map(({ method }) => method);
  }
}

test.each([4, 6 * 1024 ** 3])('an object of %d bytes is copied onto itself with all that it has', async (size) => {
  const world = new World({
    size,
    headers: { ContentType: 'a/b' },
    metadata: { m: '1' },
    tags: [{ Key: 'a', Value: 'b' }],
    storageClass: 'STANDARD_IA',
    settings: { ACL: 'public-read', ServerSideEncryption: 'AES256', WebsiteRedirectLocation: '/there' },
  });
  expect(await world.update(true)).toEqual(DONE);
  expect(world.methods()).not.toContain('updateObjectEncryption');
  expect(world.object).toMatchObject({
    size,
    encryption: { ...KMS, BucketKeyEnabled: true },
    headers: { ContentType: 'a/b' },
    metadata: { m: '1' },
    tags: [{ Key: 'a', Value: 'b' }],
    storageClass: 'STANDARD_IA',
    settings: { WebsiteRedirectLocation: '/there' },
  });
  expect(world.object?.acl.Grants).toHaveLength(2);
});

test('nothing is written where nothing changes; a bucket key is a change', async () => {
  const world = new World({ settings: { ...KMS, BucketKeyEnabled: true } });
  expect(await world.update(true)).toEqual(DONE);
  expect(world.methods()).not.toContain('copyObject');
  expect(await world.update()).toEqual(DONE);
  expect(world.object?.encryption).toMatchObject({ BucketKeyEnabled: false });
});

test.each([
  ['legal hold', { ObjectLockLegalHoldStatus: 'ON' }],
  ['retained', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2099-01-01T00:00:00Z') }],
  ['DSSE', { ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: KMSKeyArn }],
])('an object that is not to be changed: %s', async (why, settings) => {
  const world = new World({ settings });
  expect(await world.update()).toMatchObject({
    status: 'failed',
    httpStatus: 400,
    errorCode: 'InvalidRequest',
    message: expect.stringContaining(why),
  });
  expect(world.methods()).not.toContain('copyObject');
});

test('a store that does not encrypt does not pass for one that does', async () => {
  const world = new World();
  const copy = world.store.copyObject.bind(world.store);
  jest.spyOn(world.store, 'copyObject').mockImplementation((input, options) => {
    const { ServerSideEncryption: _sse, SSEKMSKeyId: _key, BucketKeyEnabled: _bucketKey, ...rest } = input;
    return copy({ ...rest, StorageClass: 'STANDARD' }, options);
  });
  expect(await world.update()).toMatchObject({
    status: 'failed',
    httpStatus: 501,
    message: expect.stringContaining('without the encryption asked for'),
  });
});

test('a lost answer is settled', async () => {
  const world = new World();
  world.store.faults.loseAnswer({ method: 'copyObject' });
  expect(await world.update()).toEqual(DONE);
  expect(world.store.versions('b', 'k')).toHaveLength(2);
});

test('an older version is refused', async () => {
  const world = new World();
  const older = world.object?.versionId;
  world.store.seed('b', 'k', 'newer');
  expect(await world.update(false, older)).toMatchObject({ httpStatus: 400, errorCode: 'InvalidRequest' });
});
