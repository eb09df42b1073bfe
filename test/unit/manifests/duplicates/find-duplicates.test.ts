/**
 * Goal: rows that name an object a second time are found, all of them and no other, in little memory. Method: random lists whose
 * duplicates a Map tells, with tables that hold few hashes, texts that fill their room, and hashes that collide.
 */
import { parseBatch } from '../../../../manifests/csv/csv-rows';
import { dropRows } from '../../../../manifests/duplicates/drop-rows';
import { type DuplicateSearch, findDuplicates } from '../../../../manifests/duplicates/find-duplicates';
import { type RowHash, seededHash } from '../../../../manifests/duplicates/row-hash';
import { CANONICAL_FORM, canonicalRow } from '../../../../manifests/segments/canonical-row';
import { type ManifestForm, SegmentMap } from '../../../../manifests/segments/segment-table';
import type { SourceRow } from '../../../../manifests/sources/row';
import { randomFrom } from '../segments/random';

const signal = new AbortController().signal;
const goodHash = seededHash([1, 2]);

/** Pieces of whole rows, a few in each. */
function piecesOf(lines: readonly string[], random: () => number): () => AsyncGenerator<Buffer> {
  const pieces: Buffer[] = [];
  for (let start = 0; start < lines.length;) {
    const end = start + 1 + Math.floor(random() * 20);
    pieces.push(Buffer.from(lines.slice(start, end).join('')));
    start = end;
  }
  return async function* () {
    for (const piece of pieces) yield await Promise.resolve(piece);
  };
}

function searchOf(
  lines: readonly string[],
  random: () => number,
  more: Partial<DuplicateSearch> = {},
): DuplicateSearch {
  return { form: CANONICAL_FORM, rows: lines.length, read: piecesOf(lines, random), hash: goodHash, signal, ...more };
}

/** What a Map tells: each row with the one that had its object first. */
function expected(names: readonly string[]): { readonly row: number; readonly firstRow: number }[] {
  const first = new Map<string, number>();
  return names.flatMap((name, row) => {
    const firstRow = first.get(name);
    if (firstRow === undefined) first.set(name, row);
    return firstRow === undefined ? [] : [{ row, firstRow }];
  });
}

function randomRows(random: () => number): SourceRow[] {
  const count = Math.floor(random() * 600);
  const objects = 1 + Math.floor(random() * 800);
  return Array.from({ length: count }, () => {
    const number = Math.floor(random() * objects);
    const row = { bucket: number % 7 === 0 ? 'her"d\n,' : 'herd', key: `cow ${number % 50}, "é"\n${number % 3}+%20` };
    return number % 4 === 0 ? { ...row, versionId: `v"${number}` } : row;
  });
}

const nameOf = ({ bucket, key, versionId }: SourceRow): string => JSON.stringify([bucket, key, versionId]);

const BAD_HASHES: Record<string, RowHash> = {
  'all the same': (_bytes, _start, _end, into) => void into.fill(7),
  'all zero': (_bytes, _start, _end, into) => void into.fill(0),
  'four of them': (bytes, start, end, into) => {
    into[0] = 0;
    into[1] = bytes[Math.floor((start + end) / 2)]! % 4;
  },
  'by length alone': (_bytes, start, end, into) => {
    into[0] = end - start;
    into[1] = 0;
  },
};

async function check(rows: readonly SourceRow[], random: () => number, more: Partial<DuplicateSearch>): Promise<void> {
  const found = await findDuplicates(searchOf(rows.map(canonicalRow), random, more));
  const all = expected(rows.map(nameOf));
  expect(rows.flatMap((_, row) => (found.rows.has(row) ? [row] : []))).toEqual(all.map(({ row }) => row));
  expect(found.rows.size).toBe(all.length);
  expect(found.first).toEqual(all.slice(0, 3));
}

describe('random lists', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => [seed]))('in one pass, and in many (seed %i)', async (seed) => {
    const random = randomFrom(seed);
    const rows = randomRows(random);
    await check(rows, random, {});
    await check(rows, random, { tableBytes: 64, textBytes: 100 });
    await check(rows, random, { tableBytes: 512, textBytes: 1_000 });
  });

  test.each(Object.entries(BAD_HASHES))('with hashes that collide: %s', async (_name, hash) => {
    for (let seed = 100; seed < 104; seed++) {
      const random = randomFrom(seed);
      const rows = randomRows(random);
      await check(rows, random, { hash });
      await check(rows, random, { hash, tableBytes: 64, textBytes: 50 });
    }
    expect.hasAssertions();
  });
});

test('a list without duplicates is read once, and one with them twice', async () => {
  const reads = async (lines: readonly string[]): Promise<number> => {
    const search = searchOf(lines, randomFrom(1));
    let count = 0;
    await findDuplicates({
      ...search,
      read: () => {
        count++;
        return search.read();
      },
    });
    return count;
  };
  expect(await reads(['herd,a,\n', 'herd,b,\n'])).toBe(1);
  expect(await reads(['herd,a,\n', 'herd,b,\n', 'herd,a,\n'])).toBe(2);
  expect(await reads([])).toBe(1);
});

describe('spellings of a CSV', () => {
  const cases: [string, ManifestForm, string[], number[]][] = [
    ['spaces', { fields: ['Bucket', 'Key'] }, ['h,a%20b\n', 'h,a+b\n', 'h,a%2Bb\n', '"h","a%20b"\r\n'], [1, 3]],
    ['escapes that need none', { fields: ['Bucket', 'Key'] }, ['h,a/b\n', 'h,a%2Fb\n', 'h,%61/b\n'], [1, 2]],
    ['letters outside of ASCII', { fields: ['Bucket', 'Key'] }, ['h,ä\n', 'h,%C3%A4\n', 'h,%c3%a4\n'], [1, 2]],
    ['quotation marks', { fields: ['Bucket', 'Key'] }, ['h,"a,b"\n', 'h,a%2Cb\n', 'h,"a""b"\n', 'h,a%22b'], [1, 3]],
    ['line feeds', { fields: ['Bucket', 'Key'] }, ['h,"a\nb"\n', 'h,a%0Ab\n', 'h,a\n', 'h,b\n'], [1]],
    ['a plain row and one that is not', { fields: ['Bucket', 'Key'] }, ['h,a\n', 'h,b\n', '"h",a\n'], [2]],
    [
      'raw keys',
      { fields: ['Bucket', 'Key'], keyEncoding: 'Raw' },
      ['h,a+b\n', 'h,a b\n', 'h,a%20b\n', 'h,a+b\n'],
      [3],
    ],
    ['columns in another order', { fields: ['Key', 'Ignore', 'Bucket'] }, ['a,1,h\n', 'a,2,h\n', 'h,1,a\n'], [1]],
    ['keys that are none', { fields: ['Bucket', 'Key'] }, ['h,caf%E9\n', 'h,caf%25E9\n', 'h,caf%E9\n'], [2]],
    [
      'version ids',
      { fields: ['Bucket', 'Key', 'VersionId'] },
      ['h,a,1\n', 'h,a,\n', 'h,a,2\n', 'h,a,1\n', 'h,a,\n'],
      [3, 4],
    ],
  ];

  test.each(cases)('%s', async (_name, form, lines, duplicates) => {
    // Each row as a piece by itself, and all in one: how a row is spelled must not depend on what stands beside it.
    for (const pieces of [lines, [lines.join('')]]) {
      const read = async function* () {
        for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
      };
      const found = await findDuplicates({ form, rows: lines.length, read, hash: goodHash, signal });
      expect(lines.flatMap((_, row) => (found.rows.has(row) ? [row] : []))).toEqual(duplicates);
    }
  });
});

test('hashes of rows that differ in a byte differ', () => {
  const into = new Uint32Array(2);
  const seen = new Set<string>();
  for (let number = 0; number < 100_000; number++) {
    const bytes = Buffer.from(`herd,${number.toString(36)},\n`);
    goodHash(bytes, 0, bytes.length, into);
    seen.add(`${into[0]}/${into[1]}`);
  }
  expect(seen.size).toBe(100_000);
});

describe('a manifest without some rows', () => {
  test.each(Array.from({ length: 10 }, (_, seed) => [seed]))(
    'has all others, in full batches (seed %i)',
    async (seed) => {
      const random = randomFrom(seed);
      const rows = randomRows(random);
      const search = searchOf(rows.map(canonicalRow), random);
      const { rows: dropped } = await findDuplicates(search);
      const objects: Buffer[] = [];
      const putObject = (body: Buffer): Promise<string> => Promise.resolve(String(objects.push(Buffer.from(body)) - 1));
      const parts = { form: CANONICAL_FORM, batchRows: 7, putObject };
      const { table, offsets, rows: count } = await dropRows(search.read(), dropped, parts, signal);
      const map = new SegmentMap(table);
      const batches = Array.from({ length: offsets.length - 1 }, (_, batch) => {
        const { key, range } = map.find({ start: offsets[batch]!, end: offsets[batch + 1]! });
        const bytes = objects[Number(key)]!.subarray(range.start, range.end);
        return parseBatch(bytes, table.form.fields, 0, table.form).map(({ task }) => nameOf(task));
      });
      const left = [...new Set(rows.map(nameOf))];
      expect(batches.flat()).toEqual(left);
      expect(count).toBe(left.length);
      expect(batches.slice(0, -1).every(({ length }) => length === 7)).toBe(true);
    },
  );
});
