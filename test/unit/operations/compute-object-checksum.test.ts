/**
 * Goal: the checksum in a row is that of the object's bytes in one state, for every algorithm and both types, however the
 * store breaks off; and the message is spelled as AWS spells it. Method: known sums of known bytes (CRC's check value for
 * `123456789`; zlib and node:crypto for others) on the in-memory store.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { parseOperation } from '../../../operations';
import type { GetObjectInput, HeadObjectInput } from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import { fakeClock, hurried } from '../../contract/clock';
import type { MemoryPart } from '../../support/memory-store/bucket';
import { memoryRoleStores, MemoryStore } from '../../support/memory-store/store';

fakeClock();

const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251));

function newStore(body: Uint8Array | string = BODY, seed: object = {}): MemoryStore {
  const store = new MemoryStore({ buckets: ['source'] });
  store.seed('source', 'a', body, seed);
  return store;
}

function compute(store: MemoryStore, given: JsonObject): Promise<TaskOutcome> {
  const operation = parseOperation({ S3ComputeObjectChecksum: given });
  const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
  const task = { bucket: 'source', key: 'a', manifestKey: 'a', row: 0 };
  return hurried(perform(task, new AbortController().signal));
}

async function told(store: MemoryStore, given: JsonObject): Promise<Record<string, string>> {
  const outcome = await compute(store, given);
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return JSON.parse(outcome.message) as Record<string, string>;
}

const crcOf = (bytes: Uint8Array): Buffer => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
};
const md5Of = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest();

test('the message is spelled as AWS spells it', async () => {
  const etag = md5Of(Buffer.from('123456789')).toString('hex');
  expect(await compute(newStore('123456789'), { ChecksumAlgorithm: 'CRC32' })).toEqual({
    status: 'succeeded',
    httpStatus: 200,
    message: `{"checksum_base64":"y/Q5Jg\\u003d\\u003d","etag":"${etag}","checksumAlgorithm":"CRC32","checksumType":"FULL_OBJECT","checksum_hex":"CBF43926"}`,
  });
});

/** Check values of the CRC catalogue, the XXH reference implementation and FIPS 180 for `123456789`. */
test.each([
  ['CRC32', 'CBF43926'],
  ['CRC32C', 'E3069283'],
  ['CRC64NVME', 'AE8B14860A799888'],
  ['MD5', '25F9E794323B453885F5181F1B624D0B'],
  ['SHA1', 'F7C3BC1D808E04732ADF679965CCC34CA7AE3441'],
  ['SHA256', '15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225'],
  ['XXHASH64', '8CB841DB40E6AE83'],
])('%s of known bytes', async (ChecksumAlgorithm, hex) => {
  const row = await told(newStore('123456789'), { ChecksumAlgorithm, ChecksumType: 'FULL_OBJECT' });
  expect(row).toMatchObject({ checksum_hex: hex, checksumAlgorithm: ChecksumAlgorithm });
  expect(
    Buffer.from(row['checksum_base64'] ?? '', 'base64')
      .toString('hex')
      .toUpperCase(),
  ).toBe(hex);
});

test.each([
  ['SHA512', 64],
  ['XXHASH3', 8],
  ['XXHASH128', 16],
])('%s tells bytes apart, and has %d of its own', async (ChecksumAlgorithm, bytes) => {
  const [one, same, other] = await Promise.all(
    ['x'.repeat(500), 'x'.repeat(500), 'x'.repeat(499) + 'y'].map((body) =>
      told(newStore(body), { ChecksumAlgorithm }),
    ),
  );
  expect(one?.['checksum_hex']).toHaveLength(bytes * 2);
  expect(one).toMatchObject({ checksum_hex: same?.['checksum_hex'] });
  expect(one?.['checksum_hex']).not.toBe(other?.['checksum_hex']);
});

test('by default it is CRC64NVME of all bytes', async () => {
  expect(await told(newStore('123456789'), {})).toMatchObject({
    checksumAlgorithm: 'CRC64NVME',
    checksumType: 'FULL_OBJECT',
    checksum_hex: 'AE8B14860A799888',
  });
});

test('an empty object has a checksum, too', async () => {
  const empty = { ChecksumAlgorithm: 'CRC32' };
  expect(await told(newStore(''), empty)).toMatchObject({ checksum_hex: '00000000' });
  // The range of a part without bytes can't be satisfied: SeaweedFS says so.
  const strict = newStore('');
  const describeObject = strict.describeObject.bind(strict);
  strict.describeObject = (input: HeadObjectInput, options) =>
    input.PartNumber === undefined
      ? describeObject(input, options)
      : Promise.reject(new StoreError('InvalidRange', 416, 'The store answered with HTTP status 416'));
  expect(await told(strict, { ...empty, ChecksumType: 'COMPOSITE' })).toMatchObject({
    checksum_base64: `${crcOf(crcOf(Buffer.of())).toString('base64')}-1`,
  });
});

describe('a store that breaks off', () => {
  test('is asked for the rest, of the same state', async () => {
    const store = newStore();
    store.breakStream('source', 'a', 100_000);
    expect(await told(store, { ChecksumAlgorithm: 'CRC32' })).toMatchObject({
      checksum_hex: crcOf(BODY).toString('hex').toUpperCase(),
    });
    const asked = store.calls.map(({ input }) => input as GetObjectInput);
    expect(asked.map(({ Range }) => Range)).toEqual([undefined, 'bytes=100000-299999']);
    expect(asked[1]?.IfMatch).toBe(`"${md5Of(BODY).toString('hex')}"`);
  });

  test('while the object changes: the row says so', async () => {
    class Changing extends MemoryStore {
      override async getObject(input: GetObjectInput, options?: object) {
        const opened = await super.getObject(input, options);
        this.seed('source', 'a', Buffer.alloc(300_000));
        return opened;
      }
    }
    const store = new Changing({ buckets: ['source'] });
    store.seed('source', 'a', BODY);
    store.breakStream('source', 'a', 100_000);
    expect(await compute(store, { ChecksumAlgorithm: 'CRC32' })).toEqual({
      status: 'failed',
      httpStatus: 412,
      errorCode: 'PreconditionFailed',
      message: 'The object source/a changed while it was read',
    });
  });

  class Breaking extends MemoryStore {
    constructor(private readonly afterBytes: number) {
      super({ buckets: ['source'] });
      this.seed('source', 'a', BODY);
    }
    override getObject(input: GetObjectInput, options?: object) {
      this.breakStream('source', 'a', this.afterBytes);
      return super.getObject(input, options);
    }
  }

  test('again and again: it goes on as long as there are more bytes', async () => {
    expect(await told(new Breaking(20_000), { ChecksumAlgorithm: 'MD5' })).toMatchObject({
      checksum_hex: md5Of(BODY).toString('hex').toUpperCase(),
    });
  });

  test('without a byte more: a row that says so, while it answers otherwise; else it is out of reach', async () => {
    const store = new Breaking(0);
    expect(await compute(store, { ChecksumAlgorithm: 'MD5' })).toMatchObject({
      status: 'failed',
      httpStatus: 400,
      errorCode: 'IncompleteBody',
    });
    expect(store.calls.filter(({ method }) => method === 'getObject')).toHaveLength(LIMITS.request.attemptsMax);
    const down = new Breaking(0);
    down.faults.down({ method: 'headObject' });
    await expect(compute(down, { ChecksumAlgorithm: 'MD5' })).rejects.toMatchObject({ storeDown: true });
  });
});

describe('COMPOSITE', () => {
  const SIZES = [120_000, 120_000, 60_000];
  const PIECES = [BODY.subarray(0, 120_000), BODY.subarray(120_000, 240_000), BODY.subarray(240_000)];
  const parts: MemoryPart[] = SIZES.map((size) => ({ size, etag: 'e' }));
  const etag = `${'0'.repeat(32)}-3`;

  test('is of the checksums of the parts that it was uploaded in', async () => {
    const expected = crcOf(Buffer.concat(PIECES.map(crcOf)));
    expect(
      await told(newStore(BODY, { parts, etag }), { ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' }),
    ).toEqual({
      checksum_base64: `${expected.toString('base64')}-3`,
      etag,
      checksumAlgorithm: 'CRC32',
      checksumType: 'COMPOSITE',
      checksum_hex: expected.toString('hex').toUpperCase(),
    });
  });

  test('of MD5 is the ETag that such an object has', async () => {
    const store = newStore(BODY, { parts, etag });
    store.breakStream('source', 'a', 70_000);
    const expected = md5Of(Buffer.concat(PIECES.map(md5Of)));
    expect(await told(store, { ChecksumAlgorithm: 'MD5', ChecksumType: 'COMPOSITE' })).toMatchObject({
      checksum_base64: `${expected.toString('base64')}-3`,
    });
    const asked = store.calls
      .filter(({ method }) => method === 'getObject')
      .map(({ input }) => input as GetObjectInput);
    expect(asked.map(({ Range }) => Range)).toEqual([
      'bytes=0-119999',
      'bytes=70000-119999',
      'bytes=120000-239999',
      'bytes=240000-299999',
    ]);
    expect(new Set(asked.map(({ IfMatch }) => IfMatch))).toEqual(new Set([`"${etag}"`]));
  });

  test('of an object in one piece has one part', async () => {
    expect(await told(newStore(), { ChecksumAlgorithm: 'MD5', ChecksumType: 'COMPOSITE' })).toMatchObject({
      checksum_base64: `${md5Of(md5Of(BODY)).toString('base64')}-1`,
    });
  });

  test('is not made up where the store does not tell the parts', async () => {
    // No parts although the ETag has three; and a store that tells of the whole object for each part.
    class Ignoring extends MemoryStore {
      override async describeObject({ PartNumber, ...input }: HeadObjectInput, options?: object) {
        const whole = await super.describeObject(input, options);
        return PartNumber === undefined ? whole : { ...whole, partsCount: 3 };
      }
    }
    const ignoring = new Ignoring({ buckets: ['source'] });
    ignoring.seed('source', 'a', BODY, { parts, etag });
    // And one whose parts are not all of the object.
    const short = newStore(BODY, { parts: parts.slice(1), etag });
    for (const store of [newStore(BODY, { etag }), ignoring, short]) {
      expect(await compute(store, { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' })).toMatchObject({
        status: 'failed',
        httpStatus: 501,
        errorCode: 'NotImplemented',
        message: expect.stringContaining('does not tell the parts'),
      });
    }
  });

  test('an object that changes between two parts: the row says so', async () => {
    const store = newStore(BODY, { parts, etag });
    const gate = store.faults.hold({ method: 'getObject' });
    const outcome = compute(store, { ChecksumAlgorithm: 'MD5', ChecksumType: 'COMPOSITE' });
    await gate.reached;
    store.seed('source', 'a', BODY, { parts, etag: `${'1'.repeat(32)}-3` });
    gate.release();
    expect(await outcome).toMatchObject({ httpStatus: 412, errorCode: 'PreconditionFailed' });
  });
});

test('what the store refuses stands in its own words', async () => {
  const store = newStore();
  store.faults.fail(new StoreError('InvalidRequest', 400, 'The object was stored using a form of SSE'), {
    method: 'getObject',
  });
  expect(await compute(store, {})).toEqual({
    status: 'failed',
    httpStatus: 400,
    errorCode: 'InvalidRequest',
    message: 'The object was stored using a form of SSE',
  });
});
