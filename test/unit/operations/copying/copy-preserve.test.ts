/**
 * Goal: `Preserve` carries over from the source what CopyObject leaves behind, in one piece, in parts and between stores, or
 * fails where it can't. Method: in-memory stores, and what the copies are like.
 */
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import { parseOperation } from '../../../../operations';
import { StoreError } from '../../../../storage/store-error';
import { OWNER } from '../../../support/memory-store/acl';
import type { ObjectSeed } from '../../../support/memory-store/bucket';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';

const COPIED: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const UNTIL = new Date('2099-01-01T00:00:00Z');
const LOCK = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: UNTIL, ObjectLockLegalHoldStatus: 'ON' };
const KMS = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:aws:kms:x:1:key/a', BucketKeyEnabled: true };
const GROUP = 'http://acs.amazonaws.com/groups/global/AllUsers';

class World {
  readonly here = new MemoryStore();
  readonly there = new MemoryStore();
  private rows = 0;
  private readonly stores = memoryRoleStores(this.here, { elsewhere: { store: this.there, buckets: ['elsewhere'] } });

  constructor() {
    this.here.createBucket('source', { objectLock: true });
    this.here.createBucket('target', { objectLock: true });
    this.there.createBucket('elsewhere', { objectLock: true });
  }

  seed(seed: ObjectSeed): void {
    this.here.seed('source', 'k', 'body', seed);
  }

  copy(Preserve: readonly string[], bucket = 'target', more: object = {}): Promise<TaskOutcome> {
    const operation = parseOperation({
      S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${bucket}`, Preserve: [...Preserve], ...more },
    });
    const task = { bucket: 'source', key: 'k', manifestKey: 'k', row: this.rows++ };
    return operation.bind({ jobId: 'job', ...this.stores })(task, new AbortController().signal);
  }

  methods(): string[] {
    return this.here.calls.map(({ method }) => method);
  }
}

describe.each([
  ['in one piece', 4],
  ['in parts', 6 * 1024 ** 3],
])('%s', (_title, size) => {
  test('storage class, encryption and lock', async () => {
    const world = new World();
    world.seed({ size, storageClass: 'STANDARD_IA', settings: { ...LOCK, ...KMS } });
    expect(await world.copy(['StorageClass', 'Encryption', 'ObjectLock'])).toEqual(COPIED);
    expect(world.here.peek('target', 'k')).toMatchObject({
      storageClass: 'STANDARD_IA',
      encryption: KMS,
      legalHold: 'ON',
      retention: { Mode: 'GOVERNANCE', RetainUntilDate: UNTIL },
    });
    expect(world.methods().slice(0, 1)).toEqual(['describeObject']);
    expect(world.methods().includes('copyObject')).toBe(size === 4);
  });

  test('nothing that is not asked for', async () => {
    const world = new World();
    world.seed({ size, storageClass: 'STANDARD_IA', settings: { ...LOCK, ...KMS, ACL: 'public-read' } });
    expect(await world.copy(['StorageClass'])).toEqual(COPIED);
    const copy = world.here.peek('target', 'k');
    expect(copy).toMatchObject({ storageClass: 'STANDARD_IA', encryption: {}, retention: {} });
    expect(copy?.legalHold).toBeUndefined();
    expect(copy?.acl.Grants).toHaveLength(1);
  });

  test.each([
    ['canned', { ACL: 'public-read' }],
    ['two groups', { ACL: 'public-read-write' }],
    [
      'of users',
      { GrantRead: `id="abc", uri="${GROUP}"`, GrantFullControl: `id="${OWNER.ID}"`, GrantWriteACP: 'id="d"' },
    ],
    ['without the owner', { GrantRead: `uri="${GROUP}"` }],
  ])('access control list: %s', async (_what, settings) => {
    const world = new World();
    world.seed({ size, settings });
    expect(await world.copy(['AccessControlList'])).toEqual(COPIED);
    const sorted = (bucket: string) =>
      world.here
        .peek(bucket, 'k')
        ?.acl.Grants?.map((grant) => JSON.stringify(grant))
        .sort();
    expect(sorted('target')).toEqual(sorted('source'));
  });
});

describe('access control lists', () => {
  test('that grant nothing to others suit a bucket without them', async () => {
    const world = new World();
    world.here.createBucket('target', { aclsDisabled: true });
    world.seed({});
    expect(await world.copy(['AccessControlList'])).toEqual(COPIED);
    world.seed({ settings: { ACL: 'public-read' } });
    expect(await world.copy(['AccessControlList'])).toMatchObject({ errorCode: 'AccessControlListNotSupported' });
  });

  test('of a store that has none are empty; one that may not be read fails the row', async () => {
    const world = new World();
    world.seed({});
    world.here.faults.fail(new StoreError('NotImplemented', 501, 'no'), { method: 'getObjectAcl' });
    expect(await world.copy(['AccessControlList'])).toEqual(COPIED);
    world.here.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'getObjectAcl' });
    expect(await world.copy(['AccessControlList'])).toMatchObject({ errorCode: 'AccessDenied' });
  });
});

describe('locks', () => {
  test('that a HEAD does not show are asked for; the bucket is asked once', async () => {
    const world = new World();
    world.seed({ settings: LOCK });
    const describe = world.here.describeObject.bind(world.here);
    jest.spyOn(world.here, 'describeObject').mockImplementation(async (input, options) => {
      const {
        objectLockMode: _mode,
        objectLockRetainUntilDate: _until,
        objectLockLegalHold: _hold,
        ...rest
      } = await describe(input, options);
      return rest;
    });
    expect(await world.copy(['ObjectLock'])).toEqual(COPIED);
    expect(world.here.peek('target', 'k')).toMatchObject({ legalHold: 'ON', retention: { Mode: 'GOVERNANCE' } });
    world.here.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'getObjectRetention' });
    expect(await world.copy(['ObjectLock'])).toMatchObject({ errorCode: 'AccessDenied' });
  });

  test('of a bucket without are none', async () => {
    const world = new World();
    world.here.createBucket('source');
    world.seed({});
    expect(await world.copy(['ObjectLock'])).toEqual(COPIED);
    expect(world.methods()).toEqual(['describeObject', 'hasObjectLock', 'copyObject']);
  });

  test('a retention that has passed is not given again', async () => {
    const world = new World();
    const past = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2020-01-01T00:00:00Z') };
    world.seed({ settings: past });
    expect(await world.copy(['ObjectLock'])).toEqual(COPIED);
    expect(world.here.peek('target', 'k')?.retention).toEqual({});
  });
});

describe('between stores', () => {
  test('what both understand is kept', async () => {
    const world = new World();
    const settings = { ...LOCK, ServerSideEncryption: 'AES256', ACL: 'public-read' };
    world.seed({ storageClass: 'STANDARD_IA', settings });
    const all = ['AccessControlList', 'StorageClass', 'Encryption', 'ObjectLock'];
    expect(await world.copy(all, 'elsewhere')).toEqual(COPIED);
    const copy = world.there.peek('elsewhere', 'k');
    expect(copy).toMatchObject({
      storageClass: 'STANDARD_IA',
      encryption: { ServerSideEncryption: 'AES256' },
      legalHold: 'ON',
      retention: { Mode: 'GOVERNANCE', RetainUntilDate: UNTIL },
    });
    expect(copy?.acl.Grants).toHaveLength(2);
  });

  test.each([
    ['AccessControlList', { GrantRead: 'id="abc"' }, /users/],
    ['Encryption', KMS, /key/],
  ])('%s of what the other store does not know fails the row', async (kept, settings, why) => {
    const world = new World();
    world.seed({ settings });
    expect(await world.copy([kept], 'elsewhere')).toMatchObject({
      status: 'failed',
      httpStatus: 400,
      errorCode: 'InvalidRequest',
      message: expect.stringMatching(why),
    });
    expect(world.there.keys('elsewhere')).toEqual([]);
  });
});

test('an object that changes after it was looked at is not copied with the settings of another', async () => {
  const world = new World();
  world.seed({ settings: { ACL: 'public-read' } });
  const gate = world.here.faults.hold({ method: 'getObjectAcl' });
  const copying = world.copy(['AccessControlList']);
  await gate.reached;
  world.here.seed('source', 'k', 'another body');
  gate.release();
  expect(await copying).toMatchObject({ httpStatus: 412 });
});

test.each([
  [['AccessControlList'], { CannedAccessControlList: 'private' }, /CannedAccessControlList/],
  [['AccessControlList'], { AccessControlGrants: [] }, /AccessControlGrants/],
  [['StorageClass'], { StorageClass: 'GLACIER' }, /StorageClass sets/],
  [['Encryption'], { SSEAwsKmsKeyId: 'k' }, /SSEAwsKmsKeyId/],
  [['Encryption'], { BucketKeyEnabled: true }, /BucketKeyEnabled/],
  [['Encryption'], { NewObjectMetadata: { SSEAlgorithm: 'AES256' } }, /SSEAlgorithm/],
  [['ObjectLock'], { ObjectLockLegalHoldStatus: 'ON' }, /ObjectLockLegalHoldStatus/],
  [['StorageClass', 'StorageClass'], {}, /twice/],
  [[], {}, /Preserve/],
  [['Tags'], {}, /Preserve.0/],
])('%j with %j is refused', (Preserve, more, why) => {
  const element = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', Preserve, ...more } };
  expect(() => parseOperation(element)).toThrow(why);
});
