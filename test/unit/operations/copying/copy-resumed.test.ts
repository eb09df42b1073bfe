/**
 * Goal: a copy that was cut off, wherever, goes on from its parts or begins anew, and never leaves two uploads. Method: the
 * in-memory store with real bytes and a lowered bound; attempts that share their notes, and a look at what was asked.
 */
import { randomBytes } from 'node:crypto';
import { LIMITS } from '../../../../contracts/limits';
import type { CopyParameters } from '../../../../operations/copying/copy-parameters';
import { StoreError } from '../../../../storage/store-error';
import { BODY, LargeCopy, occurrences } from '../../../support/large-copy';

describe('a copy that was cut off', () => {
  test('leaves upload and note, and goes on with the parts that are there', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const { signal, reason } = world.stopAfter(3);
    await expect(world.copyBytes({}, signal)).rejects.toBe(reason);
    expect(world.left).toEqual([1, 1]);
    const before = occurrences(world.methods(), 'uploadPartCopy');
    await world.copyBytes();
    expect(occurrences(world.methods(), 'uploadPartCopy') - before).toBe(2);
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(1);
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
    expect(world.left).toEqual([0, 0]);
  });

  test('by a store out of reach goes on, too', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    world.store.faults.down({ method: 'uploadPartCopy', times: 1 });
    await expect(world.copyBytes()).rejects.toMatchObject({ storeDown: true });
    expect(world.left).toEqual([1, 1]);
    await world.copyBytes();
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(1);
    expect(world.left).toEqual([0, 0]);
  });

  test.each<[what: string, change: (world: LargeCopy) => Partial<CopyParameters>]>([
    ['the source is another', ({ store }) => (store.seed('source', 'k', randomBytes(BODY.length)), {})],
    ['its metadata are', ({ store }) => (store.seed('source', 'k', BODY, { metadata: { new: 'y' } }), {})],
    ['another copy is wanted', () => ({ StorageClass: 'STANDARD_IA' })],
  ])('begins anew when %s, and gives up what it had', async (_what, change) => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const { signal, reason } = world.stopAfter(3);
    await expect(world.copyBytes({}, signal)).rejects.toBe(reason);
    const before = occurrences(world.methods(), 'uploadPartCopy');
    await world.copyBytes(change(world));
    expect(occurrences(world.methods(), 'uploadPartCopy') - before).toBe(5);
    const [source, target] = [world.store.peek('source', 'k'), world.store.peek('target', 'k')];
    expect(target?.body.equals(source?.body ?? Buffer.of())).toBe(true);
    expect(target?.metadata).toEqual(source?.metadata);
    expect(world.left).toEqual([0, 0]);
  });

  test('begins anew when its upload was given up by others', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const { signal, reason } = world.stopAfter(3);
    await expect(world.copyBytes({}, signal)).rejects.toBe(reason);
    await world.store.abortMultipartUpload({ Bucket: 'target', Key: 'k', UploadId: 'upload-1' });
    await world.copyBytes();
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
    expect(world.left).toEqual([0, 0]);
  });

  test('begins anew on a store that does not tell what is there', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const { signal, reason } = world.stopAfter(3);
    await expect(world.copyBytes({}, signal)).rejects.toBe(reason);
    world.store.faults.fail(new StoreError('NotImplemented', 501, 'what?'), { method: 'listParts' });
    await world.copyBytes();
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
    expect(world.left).toEqual([0, 0]);
  });

  test('takes no parts without checksums where the checksum of the whole is made of them', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const { signal, reason } = world.stopAfter(3);
    await expect(world.copyBytes({ ChecksumAlgorithm: 'SHA256' }, signal)).rejects.toBe(reason);
    const list = world.store.listParts.bind(world.store);
    jest.spyOn(world.store, 'listParts').mockImplementation(async (input, options) => {
      const { parts } = await list(input, options);
      return { parts: parts.map(({ partNumber, etag, size }) => ({ partNumber, etag, size })) };
    });
    const before = occurrences(world.methods(), 'uploadPartCopy');
    await world.copyBytes({ ChecksumAlgorithm: 'SHA256' });
    expect(occurrences(world.methods(), 'uploadPartCopy') - before).toBe(5);
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(1);
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
  });

  test('after it was completed is found, not made again', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const forget = jest.spyOn(world.notes, 'forget').mockRejectedValue(new StoreError('ECONNREFUSED', 0, 'down'));
    const first = await world.copyBytes();
    forget.mockRestore();
    expect(world.left).toEqual([0, 1]);
    expect(await world.copyBytes()).toEqual(first);
    expect(occurrences(world.methods(), 'createMultipartUpload')).toBe(1);
    expect(world.left).toEqual([0, 0]);
  });

  test('after it was completed is made again when the target is another object', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    jest.spyOn(world.notes, 'forget').mockRejectedValueOnce(new StoreError('ECONNREFUSED', 0, 'down'));
    await world.copyBytes();
    world.store.seed('target', 'k', randomBytes(BODY.length));
    await world.copyBytes();
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
    expect(world.left).toEqual([0, 0]);
  });

  test('before the id of its upload was known finds that one by its key and time', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    const others = [
      await world.store.createMultipartUpload({ Bucket: 'target', Key: 'k2' }),
      await world.store.createMultipartUpload({ Bucket: 'target', Key: 'k' }),
    ];
    // Somebody else's has parts, or is of another time.
    const [, { uploadId: UploadId } = { uploadId: '' }] = others;
    await world.store.uploadPart({ Bucket: 'target', Key: 'k', UploadId, PartNumber: 1, Body: Buffer.of(1) });
    world.store.advance(-60_000);
    await world.store.createMultipartUpload({ Bucket: 'target', Key: 'k' });
    world.store.advance(60_000);
    world.store.faults.loseAnswer({ method: 'createMultipartUpload', times: LIMITS.request.attemptsMax });
    await expect(world.copyBytes()).rejects.toMatchObject({ answerLost: true });
    expect(world.left).toEqual([4, 1]);
    await world.copyBytes();
    expect(world.left).toEqual([3, 0]);
    expect(world.store.peek('target', 'k')?.body.equals(BODY)).toBe(true);
  });

  test('finds that one among more uploads than a page has', async () => {
    const world = new LargeCopy();
    world.store.seed('source', 'k', BODY);
    world.store.advance(-60_000);
    for (let other = 0; other < 1_500; other++) {
      await world.store.createMultipartUpload({ Bucket: 'target', Key: 'k' });
    }
    world.store.advance(60_000);
    world.store.faults.loseAnswer({ method: 'createMultipartUpload' });
    await world.copyBytes();
    expect(world.left).toEqual([1_500, 0]);
  });
});
