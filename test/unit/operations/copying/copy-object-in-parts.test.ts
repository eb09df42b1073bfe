/**
 * Goal: an object that is too large for CopyObject is copied in parts, all of one state, to what CopyObject would have made,
 * and a refused copy leaves no upload behind. Method: the in-memory store with objects that pretend to be large, or with real
 * bytes and a lowered bound; faults, and a look at requests and notes.
 */
import { randomBytes } from 'node:crypto';
import { LIMITS } from '../../../../contracts/limits';
import { parseOperation } from '../../../../operations';
import { partBytesOf } from '../../../../operations/copying/in-parts/copy-object-in-parts';
import { cutParts } from '../../../../operations/copying/in-parts/parts';
import { StoreError } from '../../../../storage/store-error';
import { BODY, COPIED, GIB, LargeCopy, occurrences, PART } from '../../../support/large-copy';
import { sumOf } from '../../../support/memory-store/checks';

const MIB = 1024 ** 2;

describe('the copy', () => {
  test('of a small object takes one request', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', 'small');
    expect(await world.copy()).toEqual(COPIED);
    expect(world.methods()).toEqual(['copyObject']);
  });

  test('of a large one is what CopyObject would have made', async () => {
    const world = new LargeCopy();
    world.large({
      headers: { ContentType: 'video/mp4', CacheControl: 'no-store' },
      metadata: { herd: 'cows' },
      tags: [{ Key: 'a b', Value: 'c+d' }],
    });
    expect(await world.copy({ StorageClass: 'STANDARD_IA', CannedAccessControlList: 'public-read' })).toEqual(COPIED);
    expect(world.store.peek('target', 'k')).toMatchObject({
      size: 20 * GIB,
      headers: { ContentType: 'video/mp4', CacheControl: 'no-store' },
      metadata: { herd: 'cows' },
      tags: [{ Key: 'a b', Value: 'c+d' }],
      storageClass: 'STANDARD_IA',
      settings: { ACL: 'public-read' },
    });
    const parts = occurrences(world.methods(), 'uploadPartCopy');
    expect(parts).toBe(64);
    expect(world.methods().filter((method) => method !== 'uploadPartCopy')).toEqual([
      'copyObject',
      'describeObject',
      'getObjectTagging',
      'createMultipartUpload',
      'describeObject',
      'completeMultipartUpload',
      // Whether the store has set what it was asked to.
      'getObjectAcl',
      'describeObject',
    ]);
    expect(world.left).toEqual([0, 0]);
  });

  test('has the metadata and tags that are given', async () => {
    const world = new LargeCopy();
    world.large({ metadata: { herd: 'cows' }, tags: [{ Key: 'a', Value: 'b' }] });
    const given = { NewObjectMetadata: { UserMetadata: { x: 'y' } }, NewObjectTagging: [{ Key: 'n', Value: 'w' }] };
    expect(await world.copy(given)).toEqual(COPIED);
    expect(world.store.peek('target', 'k')).toMatchObject({ metadata: { x: 'y' }, tags: [{ Key: 'n', Value: 'w' }] });
    const before = world.methods().slice(0, world.methods().indexOf('completeMultipartUpload'));
    expect(before).not.toContain('getObjectTagging');
  });

  test('all parts are under way at once', async () => {
    const world = new LargeCopy();
    world.large();
    const copyPart = world.store.uploadPartCopy.bind(world.store);
    let underWay = 0;
    let most = 0;
    jest.spyOn(world.store, 'uploadPartCopy').mockImplementation(async (input, options) => {
      most = Math.max(most, ++underWay);
      const stored = await copyPart(input, options);
      underWay -= 1;
      return stored;
    });
    expect(await world.copy()).toEqual(COPIED);
    expect(most).toBe(64);
  });

  test('has the same bytes, each part of the state that was looked at', async () => {
    const world = new LargeCopy();
    const ChecksumCRC64NVME = await sumOf(BODY, 'CRC64NVME');
    const { etag } = world.store.seed('source', 'k', BODY, { settings: { ChecksumCRC64NVME } });
    const copied = await world.copyBytes();
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
    expect(copied.etag).toBe(world.store.peek('target', 'k')?.etag);
    expect(world.inputs('uploadPartCopy')).toHaveLength(5);
    for (const input of world.inputs('uploadPartCopy')) expect(input).toMatchObject({ CopySourceIfMatch: `"${etag}"` });
    expect(world.inputs('completeMultipartUpload')).toMatchObject([
      { MpuObjectSize: BODY.length, ChecksumType: 'FULL_OBJECT', ChecksumCRC64NVME },
    ]);
  });

  test.each([
    ['asked for', { ChecksumAlgorithm: 'SHA256' as const }, undefined],
    ['the source has', {}, { ChecksumSHA256: 'x' }],
  ])('keeps a checksum of parts where no other is possible: %s', async (_title, given, settings) => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY, settings && { settings });
    await world.copyBytes(given);
    expect(world.inputs('createMultipartUpload')).toMatchObject([{ ChecksumType: 'COMPOSITE' }]);
    expect(world.store.peek('target', 'k')?.settings).toMatchObject({
      ChecksumType: 'COMPOSITE',
      ChecksumSHA256: expect.stringMatching(/-5$/),
    });
  });

  test('names the version of the row in every part', async () => {
    const world = new LargeCopy();
    world.store.createBucket('source', { versioned: true });
    const { versionId } = world.large();
    world.store.seed('source', 'k', 'newer');
    const operation = parseOperation({ S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target' } });
    const perform = operation.bind(world.context);
    expect(await perform(world.task(versionId), new AbortController().signal)).toEqual(COPIED);
    for (const { CopySource } of world.inputs('uploadPartCopy')) {
      expect(CopySource).toBe(`source/k?versionId=${versionId}`);
    }
    expect(world.store.peek('target', 'k')?.size).toBe(20 * GIB);
  });
});

describe('what is refused', () => {
  test.each([
    ['EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed object size.'],
    ['EntityTooLarge', 413, 'too much'],
    ['InvalidArgument', 400, 'no reason at all'],
  ])('%s (%d) of a large object', async (code, status, message) => {
    const world = new LargeCopy();
    world.large();
    world.store.faults.fail(new StoreError(code, status, message), { method: 'copyObject' });
    expect(await world.copy()).toEqual(COPIED);
  });

  test('what is not about the size is the row, in the words of the store', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', 'small');
    const refusal = new StoreError('InvalidRequest', 400, 'not on a Monday');
    world.store.faults.fail(refusal, { method: 'copyObject', times: 2 });
    expect(await world.copy()).toMatchObject({ errorCode: 'InvalidRequest', message: 'not on a Monday' });
    world.store.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'describeObject' });
    expect(await world.copy()).toMatchObject({ errorCode: 'InvalidRequest', message: 'not on a Monday' });
  });

  test.each([
    [{ ModifiedSinceConstraint: '2030-01-01T00:00:00Z' }],
    [{ UnModifiedSinceConstraint: '2020-01-01T00:00:00Z' }],
  ])('a constraint that does not hold: %j', async (given) => {
    const world = new LargeCopy();
    world.large();
    // The size is what some stores look at first.
    world.store.faults.fail(new StoreError('EntityTooLarge', 400, 'too large'), { method: 'copyObject' });
    expect(await world.copy(given)).toMatchObject({ httpStatus: 412, errorCode: 'PreconditionFailed' });
    expect(world.methods()).not.toContain('createMultipartUpload');
  });

  test('metadata that the source does not tell, unless they are replaced', async () => {
    const world = new LargeCopy();
    world.large({ settings: { MissingMetadata: 2 } });
    expect(await world.copy()).toMatchObject({
      errorCode: 'InvalidRequest',
      message: expect.stringMatching(/2 of its/),
    });
    expect(await world.copy({ MetadataDirective: 'REPLACE' })).toEqual(COPIED);
  });

  test('an object that changes between its parts is not mixed', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const gate = world.store.faults.hold({ method: 'uploadPartCopy' });
    const copying = world.copyBytes();
    await gate.reached;
    world.store.seed('source', 'k', randomBytes(BODY.length));
    gate.release();
    await expect(copying).rejects.toMatchObject({ code: 'PreconditionFailed', httpStatus: 412 });
    expect(world.store.peek('target', 'k')).toBeUndefined();
    expect(world.left).toEqual([0, 0]);
  });

  test.each([undefined, 'SHA256' as const])('nor on a store that ignores conditions: %s', async (ChecksumAlgorithm) => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const copyPart = world.store.uploadPartCopy.bind(world.store);
    jest.spyOn(world.store, 'uploadPartCopy').mockImplementation((input, options) => {
      const { CopySourceIfMatch: _ignored, ...rest } = input;
      return copyPart(rest, options);
    });
    const gate = world.store.faults.hold({ method: 'uploadPartCopy' });
    const copying = world.copyBytes(ChecksumAlgorithm && { ChecksumAlgorithm });
    await gate.reached;
    world.store.seed('source', 'k', randomBytes(BODY.length));
    gate.release();
    await expect(copying).rejects.toMatchObject({ code: 'PreconditionFailed', httpStatus: 412 });
    expect(world.store.peek('target', 'k')).toBeUndefined();
    expect(world.left).toEqual([0, 0]);
  });

  test('bytes that are not those of the source, by the store or, where it does not look, here', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY, { settings: { ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' } });
    await expect(world.copyBytes()).rejects.toMatchObject({ code: 'BadDigest' });
    expect(world.store.peek('target', 'k')).toBeUndefined();
    expect(world.left).toEqual([0, 0]);
    jest
      .spyOn(world.store, 'completeMultipartUpload')
      .mockResolvedValue({ httpStatus: 200, etag: 'x-5', checksums: { ChecksumCRC32: 'BBBBBB==' } });
    await expect(world.copyBytes()).rejects.toMatchObject({ code: 'BadDigest' });
    expect(world.left).toEqual([0, 0]);
  });

  test('a part: the upload is given up when no part is under way any more', async () => {
    const world = new LargeCopy();
    world.large();
    world.store.faults.fail(new StoreError('QuotaExceeded', 403, 'full'), { method: 'uploadPartCopy' });
    expect(await world.copy()).toMatchObject({ errorCode: 'QuotaExceeded' });
    expect(world.methods().at(-1)).toBe('abortMultipartUpload');
    expect(world.left).toEqual([0, 0]);
  });

  test('the upload itself: no note is left', async () => {
    const world = new LargeCopy();
    world.large();
    world.store.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'createMultipartUpload' });
    expect(await world.copy()).toMatchObject({ errorCode: 'AccessDenied' });
    expect(world.left).toEqual([0, 0]);
  });
});

describe('a lost answer', () => {
  test('to the beginning: what was begun is given up before another is', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    world.store.faults.loseAnswer({ method: 'createMultipartUpload', times: 2 });
    await world.copyBytes();
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(3);
    expect(occurrences(world.methods(), 'abortMultipartUpload')).toBe(2);
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
    expect(world.left).toEqual([0, 0]);
  });

  test('to a completion without effect: a former copy that looks alike is not taken for this one', async () => {
    const world = new LargeCopy();
    // The ETag does not tell the parts of what a key service encrypts.
    const given = { SSEAwsKmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' };
    world.store.seed('source', 'k', BODY);
    await world.copyBytes(given);
    const newer = randomBytes(BODY.length);
    world.store.seed('source', 'k', newer);
    const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
    world.store.faults.fail(lost, { method: 'completeMultipartUpload' });
    await expect(world.copyBytes(given)).rejects.toBe(lost);
    await world.copyBytes(given);
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(2);
    expect(world.store.peek('target', 'k')?.body.equals(newer)).toBe(true);
    expect(world.left).toEqual([0, 0]);
  });

  test('to the completion: the copy tells', async () => {
    const world = new LargeCopy();
    world.large();
    world.store.faults.loseAnswer({ method: 'completeMultipartUpload' });
    expect(await world.copy()).toEqual(COPIED);
    expect(occurrences(world.methods(), 'completeMultipartUpload')).toBe(1);
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(1);
    expect(world.left).toEqual([0, 0]);
  });

  test('to the completion, which had no effect: completed again with the same parts', async () => {
    const world = new LargeCopy();
    world.large();
    const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
    world.store.faults.fail(lost, { method: 'completeMultipartUpload' });
    expect(await world.copy()).toEqual(COPIED);
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(1);
    expect(occurrences(world.methods(), 'uploadPartCopy')).toBe(64);
    expect(world.left).toEqual([0, 0]);
  });
});

describe('onto itself', () => {
  const given = { TargetResource: 'arn:aws:s3:::source', StorageClass: 'STANDARD_IA' };

  test('a large object gets another class', async () => {
    const world = new LargeCopy();
    world.large({ metadata: { herd: 'cows' }, tags: [{ Key: 'a', Value: 'b' }] });
    expect(await world.copy(given)).toEqual(COPIED);
    expect(world.store.peek('source', 'k')).toMatchObject({
      size: 20 * GIB,
      storageClass: 'STANDARD_IA',
      metadata: { herd: 'cows' },
      tags: [{ Key: 'a', Value: 'b' }],
    });
  });

  test('without a change it is refused', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', 'small');
    const refused = await world.copy({ TargetResource: 'arn:aws:s3:::source' });
    expect(refused).toMatchObject({ errorCode: 'InvalidRequest', message: expect.stringMatching(/itself/) });
  });

  test('does not replace what was put after the last part', async () => {
    const world = new LargeCopy();
    world.large();
    const gate = world.store.faults.hold({ method: 'completeMultipartUpload' });
    const copying = world.copy(given);
    await gate.reached;
    world.store.seed('source', 'k', 'newer');
    gate.release();
    expect(await copying).toMatchObject({ httpStatus: 412 });
    expect(world.store.peek('source', 'k')?.body.toString()).toBe('newer');
    expect(world.left).toEqual([0, 0]);
  });
});

test.each([
  [5 * GIB + 1, 81 * MIB, 64],
  [20 * GIB, 320 * MIB, 64],
  [64 * GIB, GIB, 64],
  [5 * 1024 * GIB, GIB, 5_120],
  [10_000 * GIB + 1, GIB + MIB, 9_991],
  [10_000 * 5 * GIB, 5 * GIB, 10_000],
  [65 * MIB, 64 * MIB, 2],
])('%d bytes go in parts of %d', (size, bytes, count) => {
  expect(partBytesOf(size, { partBytesMin: LIMITS.copy.partBytesMin })).toBe(bytes);
  const parts = cutParts(size, bytes);
  expect(parts).toHaveLength(count);
  expect(parts.at(-1)?.end).toBe(size);
});

test('more than parts can hold is refused', () => {
  expect(() => partBytesOf(10_000 * 5 * GIB + 1, { partBytesMin: PART })).toThrow(/parts can hold/);
});
