/**
 * Goal: a copy between two stores asks for no more than it needs, takes no more memory than there is, cuts objects into parts
 * that S3 takes and forgets no upload. Method: two in-memory stores, and what they recorded.
 */
import { createHash, randomBytes } from 'node:crypto';
import { LIMITS } from '../../../../contracts/limits';
import { partRanges } from '../../../../operations/copying/in-parts/copy-in-parts';
import { StoreError } from '../../../../storage/store-error';
import { ODD_KEYS } from '../../../contract/operation-bench';
import { sumOf } from '../../../support/memory-store/checks';
import { COPIED, PART, TwoStores } from '../../../support/two-stores';

const MIB = 1024 * 1024;
const LARGE = randomBytes(2 * PART + 12_345);

describe('requests', () => {
  test('two for a small object without tags but for the question for them; one more never', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', 'x');
    await world.copy();
    expect([world.methods(world.here), world.methods(world.there)]).toEqual([
      ['getObject', 'getObjectTagging'],
      ['putObject'],
    ]);
    const told = new TwoStores();
    told.here.seed('source', 'k', 'x', { tags: [{ Key: 'a', Value: 'b' }] });
    await told.copy({ NewObjectTagging: [] });
    expect(told.methods(told.here)).toEqual(['getObject']);
  });

  test('a store that knows no tags has none', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', 'x');
    world.here.faults.fail(new StoreError('NotImplemented', 501, 'no tags here'), { method: 'getObjectTagging' });
    expect(await world.copy()).toEqual(COPIED);
    world.here.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'getObjectTagging' });
    expect(await world.copy()).toMatchObject({ status: 'failed', errorCode: 'AccessDenied' });
  });

  test('tags of a newer version are not taken for those of what was read', async () => {
    const world = new TwoStores();
    world.here.createBucket('source', { versioned: true });
    world.here.seed('source', 'k', 'old');
    const gate = world.here.faults.hold({ method: 'getObjectTagging' });
    const outcome = world.copy();
    await gate.reached;
    world.here.seed('source', 'k', 'new', { tags: [{ Key: 'a', Value: 'b' }] });
    gate.release();
    expect(await outcome).toMatchObject({ status: 'failed', httpStatus: 412 });
  });

  test('the checksum that the source keeps goes with the copy', async () => {
    const world = new TwoStores();
    const ChecksumSHA1 = await sumOf(Buffer.from('x'), 'SHA1');
    world.here.seed('source', 'k', 'x', { settings: { ChecksumSHA1 } });
    expect(await world.copy()).toEqual(COPIED);
    expect(world.input(world.there, 'putObject')).toMatchObject({ ChecksumSHA1 });
  });

  test('metadata beyond ASCII go as they came', async () => {
    const world = new TwoStores();
    const name = Buffer.from('größe').toString('latin1');
    world.here.seed('source', 'k', 'x', { metadata: { name } });
    expect(await world.copy()).toEqual(COPIED);
    expect(world.there.peek('target', 'k')?.metadata).toEqual({ name });
  });

  test('a target that makes others of metadata beyond ASCII is told in the row', async () => {
    const world = new TwoStores();
    const name = Buffer.from('größe').toString('latin1');
    world.here.seed('source', 'k', 'x', { metadata: { name } });
    const describe = world.there.describeObject.bind(world.there);
    world.there.describeObject = async (...args) => ({ ...(await describe(...args)), metadata: { name: 'gr??e' } });
    expect(await world.copy()).toMatchObject({
      status: 'failed',
      message: 'The target did not keep what is beyond ASCII as it was sent: metadata name is gr??e, expected größe',
    });
    world.there.describeObject = async (...args) => ({
      ...(await describe(...args)),
      metadata: { name: '=?UTF-8?Q?gr=C3=B6=C3=9Fe?=' },
    });
    expect(await world.copy()).toEqual(COPIED);
  });

  test('an expiry that is no date is one that has passed', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', 'x', { headers: { Expires: '0' } });
    expect(await world.copy()).toEqual(COPIED);
    expect(world.there.peek('target', 'k')?.headers['Expires']).toEqual(new Date(0));
  });

  test.each(ODD_KEYS.map((key) => [key.slice(0, 40), key] as const))('the key %j', async (_shown, key) => {
    const world = new TwoStores();
    world.here.seed('source', key, 'x');
    expect(await world.copy({}, { key })).toEqual(COPIED);
    expect(world.there.keys('target')).toEqual([key]);
  });

  test('parts carry their checksums, and the whole carries its own', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', LARGE);
    expect(await world.copy({ ChecksumAlgorithm: 'CRC32C' })).toEqual(COPIED);
    expect(world.input(world.there, 'createMultipartUpload')).toMatchObject({
      ChecksumAlgorithm: 'CRC32C',
      ChecksumType: 'FULL_OBJECT',
    });
    const parts = world.there.calls.filter(({ method }) => method === 'uploadPart').map(({ input }) => input);
    const bodies = [LARGE.subarray(0, PART), LARGE.subarray(PART, 2 * PART), LARGE.subarray(2 * PART)];
    for (const [index, body] of bodies.entries()) {
      expect(parts).toContainEqual(
        expect.objectContaining({
          PartNumber: index + 1,
          ContentMD5: createHash('md5').update(body).digest('base64'),
          ChecksumCRC32C: await sumOf(body, 'CRC32C'),
        }),
      );
    }
    expect(world.input(world.there, 'completeMultipartUpload')).toMatchObject({
      MpuObjectSize: LARGE.length,
      ChecksumType: 'FULL_OBJECT',
      ChecksumCRC32C: await sumOf(LARGE, 'CRC32C'),
    });
  });

  test('the repeat of a completion whose answer was lost finds the object', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', LARGE);
    const gone = (): StoreError => new StoreError('NoSuchUpload', 404, 'no such upload', { answerLost: true });
    world.there.faults.loseAnswer({ method: 'completeMultipartUpload' });
    expect(await world.copy()).toEqual(COPIED);
    expect(world.methods(world.there).filter((method) => method === 'createMultipartUpload')).toHaveLength(1);
    world.there.faults.fail(gone, { method: 'completeMultipartUpload' });
    expect(await world.copy({ TargetKeyPrefix: 'p' })).toMatchObject({ status: 'failed', errorCode: 'NoSuchUpload' });
  });
});

describe('no upload is forgotten', () => {
  test('one that was begun while the batch was stopped', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', LARGE);
    const controller = new AbortController();
    const reason = new Error('the batch is cancelled');
    const create = world.there.createMultipartUpload.bind(world.there);
    // The store has begun the upload; its answer is on the way.
    jest.spyOn(world.there, 'createMultipartUpload').mockImplementation(async (input, options) => {
      const made = await create(input);
      controller.abort(reason);
      await new Promise((go) => setTimeout(go, 20));
      options?.signal?.throwIfAborted();
      return made;
    });
    await expect(world.copy({}, { signal: controller.signal })).rejects.toBe(reason);
    expect(world.there.unfinishedUploads()).toEqual([]);
  });

  test('it is given up when no part is under way any more', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', LARGE);
    const ended: string[] = [];
    const upload = world.there.uploadPart.bind(world.there);
    jest.spyOn(world.there, 'uploadPart').mockImplementation(async (input) => {
      if (input.PartNumber === 1) throw new StoreError('QuotaExceeded', 403, 'full');
      await new Promise((go) => setTimeout(go, 20));
      const stored = await upload(input);
      ended.push(`part ${input.PartNumber}`);
      return stored;
    });
    const abort = world.there.abortMultipartUpload.bind(world.there);
    jest.spyOn(world.there, 'abortMultipartUpload').mockImplementation((...call) => {
      ended.push('abort');
      return abort(...call);
    });
    expect(await world.copy()).toMatchObject({ status: 'failed', errorCode: 'QuotaExceeded' });
    expect(ended.length).toBeGreaterThan(1);
    expect(ended.at(-1)).toBe('abort');
  });
});

describe('memory', () => {
  test('many copies at once stay within it', async () => {
    const world = new TwoStores();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, world.memory.inUse)), 0);
    world.here.seed('source', 'large', LARGE);
    const small = randomBytes(PART);
    const keys = ['large', ...Array.from({ length: 8 }, (_, index) => `small ${index}`)];
    for (const key of keys.slice(1)) world.here.seed('source', key, small);
    const outcomes = await Promise.all(keys.map((key) => world.copy({}, { key })));
    clearInterval(watch);
    expect(outcomes).toEqual(keys.map(() => COPIED));
    expect(most).toBeGreaterThan(PART);
    expect(most).toBeLessThanOrEqual(3 * PART);
    expect(world.memory.inUse).toBe(0);
  });

  test('a copy that waits for it can be stopped', async () => {
    const world = new TwoStores();
    world.here.seed('source', 'k', 'xyz');
    await world.memory.take(3 * PART, new AbortController().signal);
    const controller = new AbortController();
    const outcome = world.copy({}, { signal: controller.signal });
    const reason = new Error('stop');
    setTimeout(() => controller.abort(reason), 20);
    await expect(outcome).rejects.toBe(reason);
    expect(world.memory.inUse).toBe(3 * PART);
  });
});

test.each([
  [2 * PART, PART, 2, PART],
  [2 * PART + 1, PART, 3, PART],
  [10_000 * 16 * MIB, 16 * MIB, 10_000, 16 * MIB],
  [10_000 * 16 * MIB + 1, 16 * MIB, 9_412, 17 * MIB],
  [LIMITS.copy.transferObjectBytesMax, 16 * MIB, 9_987, 525 * MIB],
])('%d bytes in parts of %d', (size, wanted, count, bytes) => {
  const ranges = partRanges(size, wanted);
  expect(ranges).toHaveLength(count);
  expect(ranges[0]).toEqual({ start: 0, end: bytes });
  expect(ranges.at(-1)!.end).toBe(size);
  expect(ranges.every(({ start }, index) => start === (ranges[index - 1]?.end ?? 0))).toBe(true);
});
