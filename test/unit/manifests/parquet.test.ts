/**
 * Goal: a Parquet file that lies about sizes and counts costs no more memory and time than an honest one.
 * Method: bounds lowered over honest files; runs and texts that were made by hand.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { LIMITS } from '../../../contracts/limits';
import { openParquet, type RandomAccess } from '../../../manifests/parquet/open-parquet';
import { readColumns } from '../../../manifests/parquet/read-columns';
import { readRuns } from '../../../manifests/parquet/runs';
import { joinedTexts, plainTexts } from '../../../manifests/parquet/texts';
import { inventoryRows, writeParquet } from '../../support/inventory/sample';

const FILE = 's3://lists/1.parquet';

function sourceOf(bytes: Buffer): RandomAccess & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    file: FILE,
    sizeBytes: bytes.length,
    reads,
    readRange: async (start, end) => {
      reads.push(end - start);
      return Buffer.from(bytes.subarray(start, end));
    },
  };
}

async function keysOf(source: RandomAccess): Promise<unknown[]> {
  const parquet = await openParquet(source);
  const columns = parquet.columns.filter(({ name }) => name === 'key');
  const keys: unknown[] = [];
  for await (const page of readColumns(parquet, columns)) keys.push(...page.columns[0]!);
  return keys;
}

describe('bounds', () => {
  const rows = inventoryRows(9_000);
  let bytes: Buffer;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drover-parquet-'));
    const path = join(folder, 'bounds.parquet');
    await writeParquet(rows, [{ path, columns: ['Bucket', 'Key'], dictionary: ['bucket'], pageBytes: 20_000 }]);
    bytes = await readFile(path);
    await rm(folder, { recursive: true });
  }, 300_000);
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each<[keyof typeof LIMITS.parquet, number, string]>([
    ['pageBytesMax', 10_000, 'column key, row group 1: a page of'],
    ['pageRowsMax', 100, 'column key, row group 1: a page of'],
    ['footerBytesMax', 200, 'its footer has'],
  ])('%s', async (limit, value, message) => {
    jest.replaceProperty(LIMITS.parquet, limit, value);
    await expectRefused(message);
  });

  test('manifestRowBytesMax', async () => {
    jest.replaceProperty(LIMITS.source, 'manifestRowBytesMax', 10);
    await expectRefused('column key, row group 1: a value of');
  });

  async function expectRefused(message: string): Promise<void> {
    await expect(keysOf(sourceOf(bytes))).rejects.toMatchObject({
      code: 'InvalidManifestContent',
      message: expect.stringContaining(`${FILE} is no Parquet file that can be read: ${message}`),
    });
  }

  test('a column is read in windows, whatever its size', async () => {
    jest.replaceProperty(LIMITS.parquet, 'readBytes', 1_000);
    jest.replaceProperty(LIMITS.parquet, 'pageHeaderBytesMax', 300);
    const source = sourceOf(bytes);
    expect(await keysOf(source)).toEqual(rows.map(({ Key }) => Key));
    expect(Math.max(...source.reads.slice(1))).toBeLessThanOrEqual(1_000);
  });

  test('what the source rejects with comes through as it is', async () => {
    const source = sourceOf(bytes);
    const reason = new Error('connection broke');
    const failing: RandomAccess = {
      ...source,
      readRange: (start, end) => (end === bytes.length ? source.readRange(start, end) : Promise.reject(reason)),
    };
    await expect(keysOf(failing)).rejects.toBe(reason);
  });
});

describe('runs', () => {
  /** The hybrid encoding by its definition: a run for equal values, groups of eight for others. */
  function encode(values: readonly number[], width: number): Uint8Array {
    const bytes: number[] = [];
    for (let at = 0; at < values.length;) {
      let same = at;
      while (same < values.length && values[same] === values[at]) same++;
      if (same - at >= 8 || same === values.length) {
        bytes.push(...varint((same - at) * 2));
        for (let i = 0; i < Math.ceil(width / 8); i++) bytes.push((values[at]! >> (8 * i)) & 0xff);
        at = same;
        continue;
      }
      bytes.push(3);
      let bits = 0n;
      for (let i = 0; i < 8; i++) bits |= BigInt(values[at + i] ?? 0) << BigInt(i * width);
      for (let i = 0; i < width; i++) bytes.push(Number((bits >> BigInt(8 * i)) & 0xffn));
      at += 8;
    }
    return Uint8Array.from(bytes);
  }

  function varint(value: number): number[] {
    return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  }

  test('any values of any width', () => {
    const sample = fc.integer({ min: 1, max: 24 }).chain((width) => {
      const value = fc.oneof(fc.constant(0), fc.constant(2 ** width - 1), fc.integer({ min: 0, max: 2 ** width - 1 }));
      const run = fc
        .tuple(value, fc.integer({ min: 1, max: 40 }))
        .map(([one, times]) => Array<number>(times).fill(one));
      return fc.tuple(
        fc.constant(width),
        fc.array(run, { minLength: 1 }).map((runs) => runs.flat()),
      );
    });
    fc.assert(
      fc.property(sample, ([width, values]) => {
        const output = new Uint32Array(values.length);
        readRuns(encode(values, width), 0, width, output);
        expect([...output]).toEqual(values);
      }),
    );
  });

  test.each([
    ['a run of nothing', [0, 1]],
    ['a count without an end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['more packed values than bytes', [0xff, 0xff, 0xff, 0xff, 0x07, 1]],
    ['no bytes', []],
  ])('%s is refused', (_name, bytes) => {
    expect(() => {
      readRuns(Uint8Array.from(bytes), 0, 8, new Uint8Array(3));
    }).toThrow(new RangeError('a run is cut off'));
  });

  test('a count of billions fills what is asked for', () => {
    const output = new Uint8Array(3);
    readRuns(Uint8Array.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 7]), 0, 8, output);
    expect([...output]).toEqual([7, 7, 7]);
  });
});

describe('texts', () => {
  test('beyond ASCII, and those that are not UTF-8 although together they are', () => {
    const page = (...values: readonly Buffer[]): Buffer =>
      Buffer.concat(values.flatMap((value) => [Buffer.from(Uint32Array.of(value.length).buffer), value]));
    const texts = ['ä', '', '😀', 'k'.repeat(300)];
    expect(plainTexts(page(...texts.map((text) => Buffer.from(text))), 0, 4)).toEqual(texts);
    const halves = [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)];
    expect(() => plainTexts(page(...halves), 0, 2)).toThrow('a value that is not UTF-8');
    expect(() => plainTexts(page(Buffer.from('k')), 0, 2_000_000_000)).toThrow('the page ends within its values');
  });

  test('a few bytes that stand for many long values are refused before they are made', () => {
    const count = 1_000_000;
    const prefixes = new Int32Array(count).fill(60_000);
    prefixes[0] = 0;
    const suffixes = new Int32Array(count);
    suffixes[0] = 60_000;
    expect(() => joinedTexts(Buffer.alloc(60_000, 'k'), 0, prefixes, suffixes)).toThrow(
      'its values are larger than a page may be',
    );
    expect(() => joinedTexts(Buffer.from('k'), 0, Int32Array.of(0, 2), Int32Array.of(1, 0))).toThrow('are damaged');
    expect(joinedTexts(Buffer.from('abcd'), 0, Int32Array.of(0, 1), Int32Array.of(3, 1))).toEqual(['abc', 'ad']);
  });
});
