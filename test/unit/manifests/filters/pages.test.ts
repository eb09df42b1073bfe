/**
 * Goal: a whole filter, SQL included, decides on pages as its members do on rows, and is unknown exactly where a row lacks what
 * could decide. Method: rows that tell some members and not others, under filters with and without Select.
 */
import type { JobFilter } from '../../../../contracts/source';
import { mergeTold, type ToldRow } from '../../../../manifests/filters/common/told';
import { FAILS, openFilter, PASSES, UNKNOWN } from '../../../../manifests/filters/rows/pages';

const SIGNAL = new AbortController().signal;
const ROWS: readonly ToldRow[] = [
  { bucket: 'b', key: 'a/1', size: 5, storageClass: 'STANDARD' },
  { bucket: 'b', key: 'a/2', size: 5 },
  { bucket: 'b', key: 'a/3', storageClass: 'STANDARD' },
  { bucket: 'b', key: 'b/4', size: 5, storageClass: 'STANDARD' },
  { bucket: 'b', key: 'a/5', isDeleteMarker: true },
  { bucket: 'b', key: 'a/6', size: 50, storageClass: 'STANDARD' },
];

async function verdicts(filter: JobFilter, rows = ROWS): Promise<number[]> {
  const opened = await openFilter(filter, { nowMs: 0 });
  try {
    return [...(await opened.pass(rows, SIGNAL))];
  } finally {
    await opened.close();
  }
}

test.each<[filter: JobFilter, expected: number[]]>([
  [{}, [PASSES, PASSES, PASSES, PASSES, PASSES, PASSES]],
  [{ Include: ['a/*'] }, [PASSES, PASSES, PASSES, FAILS, PASSES, PASSES]],
  [{ Select: 'size < 10' }, [PASSES, PASSES, UNKNOWN, PASSES, FAILS, FAILS]],
  [{ Select: 'size IS NULL' }, [FAILS, FAILS, UNKNOWN, FAILS, PASSES, FAILS]],
  [{ Include: ['a/*'], Select: 'size < 10' }, [PASSES, PASSES, UNKNOWN, FAILS, FAILS, FAILS]],
  [{ MatchAnyStorageClass: ['STANDARD'], Select: 'size < 10' }, [PASSES, UNKNOWN, UNKNOWN, PASSES, FAILS, FAILS]],
  [{ ObjectSizeGreaterThanBytes: 5, Select: "key LIKE 'a%'" }, [FAILS, FAILS, UNKNOWN, FAILS, FAILS, PASSES]],
])('%j', async (filter, expected) => {
  expect(await verdicts(filter)).toEqual(expected);
});

test('what the store tells makes the unknown known', async () => {
  const told = ROWS.map((row) => mergeTold(row, { size: row.size ?? 7, storageClass: row.storageClass ?? 'GLACIER' }));
  const filter = { MatchAnyStorageClass: ['STANDARD'], Select: 'size < 10' };
  expect(await verdicts(filter, told)).toEqual([PASSES, FAILS, PASSES, PASSES, FAILS, FAILS]);
});

test('its needs are those of all members', async () => {
  const opened = await openFilter({ MatchAnyStorageClass: ['STANDARD'], Select: 'size < 10' }, { nowMs: 0 });
  expect([...opened.needs].sort()).toEqual(['size', 'storageClass']);
  await opened.close();
});

test('an expression that is wrong is refused at once', async () => {
  await expect(openFilter({ Select: 'colour = 1' }, { nowMs: 0 })).rejects.toThrow('Filter.Select: there is no column');
});
