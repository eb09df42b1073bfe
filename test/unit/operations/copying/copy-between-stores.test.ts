/**
 * Goal: S3PutObjectCopy from one store to another makes what CopyObject would make, byte for byte, or a failed task that says
 * why; and it leaves no multipart upload and no memory behind. Method: two in-memory stores with faults.
 */
import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import { CHECKSUM_ALGORITHMS } from '../../../../storage/checksums';
import { StoreError } from '../../../../storage/store-error';
import type { ObjectSeed } from '../../../support/memory-store/bucket';
import { sumOf } from '../../../support/memory-store/checks';
import type { MemoryStore } from '../../../support/memory-store/store';
import { COPIED, PART, TwoStores } from '../../../support/two-stores';
import { REFUSED_COPIES, type RefusedCopy } from './refused-copies';

const LARGE = randomBytes(2 * PART + 12_345);

describe.each([
  ['in one piece', Buffer.from('some bytes')],
  ['in parts', LARGE],
])('%s', (_how, body) => {
  const inParts = body === LARGE;
  const written = inParts ? 'createMultipartUpload' : 'putObject';
  const lastWrite = inParts ? 'completeMultipartUpload' : 'putObject';

  async function made(given: JsonObject, seed: ObjectSeed = {}): Promise<NonNullable<ReturnType<MemoryStore['peek']>>> {
    const world = new TwoStores();
    world.here.seed('source', 'k', body, seed);
    expect(await world.copy(given)).toEqual(COPIED);
    expect(world.memory.inUse).toBe(0);
    expect(world.there.unfinishedUploads()).toEqual([]);
    return world.there.peek('target', 'k')!;
  }

  test('carries over bytes, headers, metadata and tags', async () => {
    const headers = {
      CacheControl: 'no-store',
      ContentDisposition: 'inline',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      ContentType: 'text/plain; charset=utf-8',
      Expires: new Date('2027-01-01T00:00:00Z'),
    };
    const tags = [
      { Key: 'a b', Value: 'c+d=e/ü' },
      { Key: 'k', Value: '' },
    ];
    const metadata = { colour: 'red', empty: '', __proto: 'x' };
    const copy = await made({}, { headers, metadata, tags, storageClass: 'STANDARD_IA' });
    expect(copy.body.equals(body)).toBe(true);
    expect(copy).toMatchObject({ headers, metadata, tags, storageClass: 'STANDARD' });
  });

  test('an object that has nothing of it gets nothing', async () => {
    const copy = await made({});
    expect(copy).toMatchObject({ headers: { ContentType: 'binary/octet-stream' }, metadata: {}, tags: [] });
  });

  test('metadata and tags are replaced where that is asked', async () => {
    const seed = { headers: { CacheControl: 'no-store' }, metadata: { old: 'x' }, tags: [{ Key: 'old', Value: 'x' }] };
    const given = {
      NewObjectMetadata: { ContentType: 'a/b', UserMetadata: { new: 'y' } },
      NewObjectTagging: [{ Key: 'new', Value: 'y' }],
    };
    expect(await made(given, seed)).toMatchObject({
      headers: { ContentType: 'a/b' },
      metadata: { new: 'y' },
      tags: [{ Key: 'new', Value: 'y' }],
    });
    const emptied = await made({ NewObjectMetadata: {}, NewObjectTagging: [] }, seed);
    expect(emptied).toMatchObject({ headers: { ContentType: 'binary/octet-stream' }, metadata: {}, tags: [] });
    expect(emptied.headers['CacheControl']).toBeUndefined();
  });

  test('settings of the copy are those of CopyObject', async () => {
    const given = {
      StorageClass: 'DEEP_ARCHIVE',
      CannedAccessControlList: 'bucket-owner-full-control',
      RedirectLocation: '/other',
      NewObjectMetadata: { SSEAlgorithm: 'AES256' },
      BucketKeyEnabled: true,
      ObjectLockLegalHoldStatus: 'ON',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: '2030-01-01T00:00:00Z',
    };
    const copy = await made(given, { metadata: { stays: 'x' } });
    expect(copy).toMatchObject({
      storageClass: 'DEEP_ARCHIVE',
      metadata: { stays: 'x' },
      settings: {
        ACL: 'bucket-owner-full-control',
        WebsiteRedirectLocation: '/other',
        ServerSideEncryption: 'AES256',
        BucketKeyEnabled: true,
        ObjectLockLegalHoldStatus: 'ON',
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: new Date('2030-01-01T00:00:00Z'),
      },
    });
    const granted = await made({
      AccessControlGrants: [{ Grantee: { TypeIdentifier: 'id', Identifier: 'abc' }, Permission: 'READ' }],
    });
    expect(granted.settings).toMatchObject({ GrantRead: 'id="abc"' });
  });

  test('under KMS, where no ETag is an MD5', async () => {
    const seed = { settings: { ServerSideEncryption: 'aws:kms' }, etag: '0'.repeat(32) };
    const copy = await made({ SSEAwsKmsKeyId: 'k-1' }, seed);
    expect(copy.settings).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'k-1' });
  });

  test('the requester pays for every request', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', body, { tags: [{ Key: 'a', Value: 'b' }] });
    expect(await world.copy({ RequesterPays: true })).toEqual(COPIED);
    for (const { input, method } of [...world.here.calls, ...world.there.calls]) {
      expect([method, input]).toEqual([method, expect.objectContaining({ RequestPayer: 'requester' })]);
    }
  });

  test('the version of the row is the one that is read', async () => {
    const world = new TwoStores();
    world.here.createBucket('source', { versioned: true });
    const { versionId } = world.here.seed('source', 'k', body, { tags: [{ Key: 'of', Value: 'old' }] });
    world.here.seed('source', 'k', 'newer', { tags: [{ Key: 'of', Value: 'new' }] });
    expect(await world.copy({}, { versionId })).toEqual(COPIED);
    expect(world.there.peek('target', 'k')).toMatchObject({ tags: [{ Key: 'of', Value: 'old' }] });
    expect(world.there.peek('target', 'k')!.body.equals(body)).toBe(true);
  });

  test.each(CHECKSUM_ALGORITHMS)('ChecksumAlgorithm %s is computed and sent', async (algorithm) => {
    const copy = await made({ ChecksumAlgorithm: algorithm });
    expect(copy.body.equals(body)).toBe(true);
    const sent = copy.settings[`Checksum${algorithm}`];
    if (inParts) expect(copy.settings).toMatchObject({ ChecksumAlgorithm: algorithm });
    else expect(sent).toBe(await sumOf(body, algorithm));
  });

  describe('bytes that are not those of the source', () => {
    test('read, against the ETag', async () => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      world.here.tamperReads(inParts ? 2 : 1);
      expect(await world.copy()).toMatchObject({
        status: 'failed',
        httpStatus: 400,
        errorCode: 'BadDigest',
        message: expect.stringMatching(/^The bytes read from the source are not those that its ETag states: their MD5/),
      });
      expect(world.there.keys('target')).toEqual([]);
      expect(world.there.unfinishedUploads()).toEqual([]);
    });

    test('read, against a checksum of the source where the ETag tells nothing', async () => {
      const world = new TwoStores();
      const etag = `${'0'.repeat(32)}-3`;
      const settings = { ChecksumCRC64NVME: await sumOf(body, 'CRC64NVME') };
      world.here.seed('source', 'k', body, { etag, settings });
      expect(await world.copy()).toEqual(COPIED);
      world.here.tamperReads(inParts ? 2 : 1);
      expect(await world.copy({ TargetKeyPrefix: 'p' })).toMatchObject({
        errorCode: 'BadDigest',
        message: expect.stringContaining('x-amz-checksum-crc64nvme states: their CRC64NVME'),
      });
      expect(world.there.keys('target')).toEqual(['k']);
    });

    test("a checksum of the parts' checksums is not taken for one of the bytes", async () => {
      const settings = { ChecksumSHA256: 'AAAA-2', ChecksumType: 'COMPOSITE' };
      await made({}, { etag: `${'0'.repeat(32)}-2`, settings });
    });

    test('written: the target refuses them in its own words', async () => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      world.there.tamperWrites();
      expect(await world.copy()).toMatchObject({
        errorCode: 'BadDigest',
        message: 'The Content-MD5 you specified did not match what we received.',
      });
      expect(world.there.keys('target')).toEqual([]);
      expect(world.there.unfinishedUploads()).toEqual([]);
    });

    test('written to a store that does not look: found by its ETag', async () => {
      const world = new TwoStores({ verifies: false });
      world.here.seed('source', 'k', body);
      world.there.tamperWrites();
      expect(await world.copy()).toMatchObject({
        errorCode: 'BadDigest',
        message: expect.stringMatching(/^The target did not store the bytes that were sent: the MD5 in its ETag/),
      });
      expect(world.there.unfinishedUploads()).toEqual([]);
    });
  });

  describe('trouble', () => {
    test('a source whose answer breaks off is read on from there', async () => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      world.here.breakStream('source', 'k', 5);
      expect(await world.copy()).toEqual(COPIED);
      expect(world.there.peek('target', 'k')!.body.equals(body)).toBe(true);
    });

    test('a source that changes while it is read again', async () => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      world.here.breakStream('source', 'k', 5);
      const getObject = world.here.getObject.bind(world.here);
      const spy = jest.spyOn(world.here, 'getObject').mockImplementation((...call) => {
        if (spy.mock.calls.length === 2) world.here.seed('source', 'k', Buffer.from(body).reverse());
        return getObject(...call);
      });
      const outcome = world.copy();
      expect(await outcome).toMatchObject({
        status: 'failed',
        httpStatus: 412,
        errorCode: 'PreconditionFailed',
        message: 'The object source/k changed while it was read',
      });
      expect(world.there.keys('target')).toEqual([]);
      expect(world.there.unfinishedUploads()).toEqual([]);
    });

    test('a write whose answer is lost', async () => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      world.there.faults.loseAnswer({ method: lastWrite });
      expect(await world.copy()).toEqual(COPIED);
      expect(world.there.peek('target', 'k')!.body.equals(body)).toBe(true);
      expect(world.there.unfinishedUploads()).toEqual([]);
    });

    test('a write whose answer stays lost while the target serves: a row that says so', async () => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
      world.there.faults.fail(lost, { method: lastWrite, times: Infinity });
      expect(await world.copy()).toMatchObject({
        status: 'failed',
        errorCode: 'RequestTimeout',
        message: 'No answer was received, the request may have taken effect: no answer',
      });
      expect(world.there.unfinishedUploads()).toEqual([]);
    });

    test.each(['here', 'there'] as const)('an unreachable store (%s) is rethrown', async (which) => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      world[which].faults.down();
      await expect(world.copy()).rejects.toMatchObject({ code: 'ECONNREFUSED', storeDown: true });
      expect(world.memory.inUse).toBe(0);
    });

    test.each(['getObject', written, lastWrite])('a refusal of %s is the row', async (method) => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      const refusal = new StoreError('QuotaExceeded', 403, 'Übervoll, "wirklich"');
      (method === 'getObject' ? world.here : world.there).faults.fail(refusal, { method });
      expect(await world.copy()).toEqual({
        status: 'failed',
        httpStatus: 403,
        errorCode: 'QuotaExceeded',
        message: 'Übervoll, "wirklich"',
      });
      expect(world.there.unfinishedUploads()).toEqual([]);
      expect(world.memory.inUse).toBe(0);
    });

    test.each(['getObject', written, lastWrite])('stopped in the middle of %s', async (method) => {
      const world = new TwoStores();
      world.here.seed('source', 'k', body);
      const gate = (method === 'getObject' ? world.here : world.there).faults.hold({ method });
      const controller = new AbortController();
      const outcome = world.copy({}, { signal: controller.signal });
      await gate.reached;
      const reason = new Error('the batch is cancelled');
      controller.abort(reason);
      if (method === 'createMultipartUpload') gate.release();
      await expect(outcome).rejects.toBe(reason);
      expect(world.there.keys('target')).toEqual([]);
      expect(world.there.unfinishedUploads()).toEqual([]);
      expect(world.memory.inUse).toBe(0);
    });
  });
});

describe('what the source refuses is the row, as with CopyObject', () => {
  test.each<RefusedCopy>([
    ...REFUSED_COPIES,
    ['metadata that fit no header', {}, { settings: { MissingMetadata: 2 } }, 400, 'InvalidRequest'],
    ['more than 5 TiB', {}, { size: LIMITS.copy.transferObjectBytesMax + 1 }, 400, 'EntityTooLarge'],
  ])('%s', async (_title, given, seed, httpStatus, errorCode) => {
    const world = new TwoStores();
    world.here.seed('source', 'k', 'x', seed);
    expect(await world.copy(given)).toMatchObject({ status: 'failed', httpStatus, errorCode, message: /./ });
    expect(world.there.unfinishedUploads()).toEqual([]);
  });

  test('a missing object, and a missing version', async () => {
    const world = new TwoStores();
    expect(await world.copy()).toMatchObject({ httpStatus: 404, errorCode: 'NoSuchKey' });
    world.here.seed('source', 'k');
    expect(await world.copy({}, { versionId: 'v9' })).toMatchObject({ httpStatus: 404, errorCode: 'NoSuchVersion' });
  });

  test('an answer that always breaks off while the source serves', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', 'some bytes');
    const again = setInterval(() => world.here.breakStream('source', 'k', 0), 1);
    try {
      world.here.breakStream('source', 'k', 0);
      expect(await world.copy()).toMatchObject({
        status: 'failed',
        errorCode: 'IncompleteBody',
        message: expect.stringMatching(/^The store's answer broke off 5 times: /),
      });
    } finally {
      clearInterval(again);
    }
  });
});
