/**
 * Goal: the rows of a report are found page by page, each once, and failures are counted by their code. Method: reports of
 * several files as text, in pieces that end anywhere.
 */
import { groupFailures, type OpenFile, searchRows } from '../../../../api/jobs/report-search';

function files(...texts: readonly string[]): OpenFile[] {
  return texts.map(
    (text) => async () =>
      (async function* () {
        const bytes = Buffer.from(text);
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
      })(),
  );
}

const ROWS = files(
  'b,a+b,,failed,503,SlowDown,"slow,\ndown"\nb,c%2Fd,v1,failed,404,NoSuchKey,gone\n',
  'b,e,,failed,404,NoSuchKey,gone\nb,f,,failed,503,SlowDown,again\nb,g,,failed,404,NoSuchKey,gone\n',
);

async function allPages(search: object, rowsMax: number): Promise<string[]> {
  const keys: string[] = [];
  let next: string | undefined;
  do {
    const page = await searchRows(ROWS, { ...search, rowsMax, ...(next !== undefined && { nextToken: next }) }, false);
    expect(page.rows.length).toBeLessThanOrEqual(rowsMax);
    keys.push(...page.rows.map(({ key }) => key));
    next = page.nextToken;
  } while (next !== undefined);
  return keys;
}

test.each([1, 2, 3, 5, 100])('pages of %d rows have every row once', async (rowsMax) => {
  expect(await allPages({}, rowsMax)).toEqual(['a b', 'c/d', 'e', 'f', 'g']);
  expect(await allPages({ code: 'NoSuchKey' }, rowsMax)).toEqual(['c/d', 'e', 'g']);
  expect(await allPages({ search: 'SLOW,\nDOWN' }, rowsMax)).toEqual(['a b']);
  expect(await allPages({ search: 'C/D', code: 'SlowDown' }, rowsMax)).toEqual([]);
});

test('a row has what the report says, and its key as the store has it', async () => {
  const { rows } = await searchRows(ROWS, { rowsMax: 2 }, false);
  expect(rows).toEqual([
    { bucket: 'b', key: 'a b', httpStatus: '503', code: 'SlowDown', message: 'slow,\ndown' },
    { bucket: 'b', key: 'c/d', versionId: 'v1', httpStatus: '404', code: 'NoSuchKey', message: 'gone' },
  ]);
  expect((await searchRows(ROWS, { rowsMax: 1 }, true)).rows[0]).toMatchObject({ key: 'a+b' });
});

test.each(['x', '1', '-1.0', '1.2.3'])('the token %s is none', async (nextToken) => {
  await expect(searchRows(ROWS, { rowsMax: 1, nextToken }, false)).rejects.toMatchObject({
    code: 'InvalidNextTokenException',
  });
});

test('failures by code, the most frequent first, with samples', async () => {
  const { groups, rows, isComplete } = await groupFailures(ROWS, false);
  expect([rows, isComplete]).toEqual([5, true]);
  expect(groups.map(({ code, httpStatus, rows: count }) => [code, httpStatus, count])).toEqual([
    ['NoSuchKey', '404', 3],
    ['SlowDown', '503', 2],
  ]);
  expect(groups[1]!.samples.map(({ key }) => key)).toEqual(['a b', 'f']);
});

test('a store with a code for each row makes no answer without end', async () => {
  const text = Array.from({ length: 300 }, (_, index) => `b,k${index},,failed,500,Odd${index},m\n`).join('');
  const { groups } = await groupFailures(files(text), false);
  expect(groups).toHaveLength(101);
  expect(groups[0]).toMatchObject({ code: 'other codes', rows: 200 });
});
