/**
 * Goal: a listing is by start, the latest first, has every job once, and is not disturbed by jobs that come or end between two
 * pages. Method: a store in memory that sorts as Temporal's SQL stores do (what runs first, then by end), filled at random;
 * between two pages jobs are added and ended.
 */
import fc from 'fast-check';
import { writeToken } from '../../../../api/jobs/list-token';
import {
  type ListCursor,
  newestFirst,
  readCursor,
  type VisibleRow,
  writeCursor,
} from '../../../../api/temporal/list-order';

type Row = VisibleRow<string>;

const BASE = Date.parse('2026-11-22T21:00:00.000Z');
const time = (tick: number) => new Date(BASE + tick).toISOString();
/** Long after all that the tests have: the store shows everything. */
const SETTLED = { nowMs: BASE + 3_600_000 };

function row(index: number, start: number, lifetime?: number): Row {
  const workflowId = `job-${String(index).padStart(4, '0')}`;
  const closed = lifetime === undefined ? {} : { closedAt: time(start + lifetime) };
  return { workflowId, startedAt: time(start), ...closed, item: workflowId };
}

const FOREVER = '9999';
const orderOf = ({ closedAt = FOREVER, startedAt, workflowId }: Row) => `${closedAt} ${startedAt} ${workflowId}`;

class Store {
  read = 0;
  constructor(public rows: Row[]) {}

  readonly readRows = async function* (this: Store, which: 'running' | 'closed', until: string | undefined) {
    const fitting = this.rows
      .filter(({ closedAt }) => (closedAt === undefined) === (which === 'running'))
      .filter(({ startedAt }) => until === undefined || startedAt <= until)
      // Any of equal ones may be the first.
      .sort((a, b) => (orderOf(a) > orderOf(b) ? -1 : 1));
    for (const one of fitting) {
      this.read += 1;
      yield await Promise.resolve(one);
    }
  }.bind(this);

  expected(): string[] {
    return [...this.rows]
      .sort((a, b) =>
        a.startedAt === b.startedAt ? (a.workflowId < b.workflowId ? -1 : 1) : a.startedAt > b.startedAt ? -1 : 1,
      )
      .map(({ item }) => item);
  }
}

async function listAll(
  store: Store,
  pageRows: number,
  between: (page: number) => void = () => undefined,
  nowMs = SETTLED.nowMs,
) {
  const listed: string[] = [];
  let after: ListCursor | undefined;
  for (let page = 0; ; page += 1) {
    const { items, next } = await newestFirst(store.readRows, pageRows, { after, nowMs });
    listed.push(...items);
    if (!next) return listed;
    expect(items).toHaveLength(pageRows);
    after = readCursor(writeCursor(next));
    between(page);
  }
}

const someRows = fc
  .array(fc.tuple(fc.nat(40), fc.option(fc.nat(60), { nil: undefined })), { maxLength: 60 })
  .map((specs) => specs.map(([start, lifetime], index) => row(index, start, lifetime)));

test('a listing is by start, whatever runs and whenever the others ended', async () => {
  await fc.assert(
    fc.asyncProperty(someRows, fc.integer({ min: 1, max: 9 }), async (rows, pageRows) => {
      const store = new Store(rows);
      expect(await listAll(store, pageRows)).toEqual(store.expected());
    }),
  );
});

test('jobs that come or end between two pages move nothing', async () => {
  await fc.assert(
    fc.asyncProperty(someRows, fc.integer({ min: 1, max: 9 }), async (rows, pageRows) => {
      const store = new Store(rows);
      const expected = store.expected();
      const listed = await listAll(store, pageRows, (page) => {
        store.rows = store.rows.map((one, index) =>
          one.closedAt === undefined && index % 3 === page % 3 ? { ...one, closedAt: time(200 + page) } : one,
        );
        store.rows.push(row(1_000 + page, 300 + page));
      });
      expect(listed.filter((item) => expected.includes(item))).toEqual(expected);
      expect(new Set(listed).size).toBe(listed.length);
    }),
  );
});

test('a job that ends between the two readings of a page is on it once', async () => {
  const store = new Store([row(1, 10), row(2, 20), row(3, 30)]);
  const readRows = async function* (which: 'running' | 'closed', until: string | undefined) {
    yield* store.readRows(which, until);
    if (which === 'running') store.rows = store.rows.map((one) => ({ ...one, closedAt: time(50) }));
  };
  expect((await newestFirst(readRows, 10, SETTLED)).items).toEqual(['job-0003', 'job-0002', 'job-0001']);
});

test('a page reads no more of the past than what was alive when its last job started', async () => {
  const store = new Store(Array.from({ length: 500 }, (_, index) => row(index, index * 10, 15)));
  await newestFirst(store.readRows, 10, SETTLED);
  expect(store.read).toBeLessThan(20);
});

test('jobs that started in the same moment are all listed, whichever the store shows first', async () => {
  const store = new Store([1, 2, 3, 4, 5].map((index) => row(index, 7)));
  expect(await listAll(store, 1)).toEqual(store.expected());
});

test('a job that the store shows only after the first page is listed, once, and so is every other', async () => {
  const rows = fc.array(fc.tuple(fc.nat(40), fc.option(fc.nat(60), { nil: undefined })), {
    minLength: 5,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), fc.integer({ min: 1, max: 3 }), async (specs, which, pageRows) => {
      const all = specs.map(([start, lifetime], index) => row(index, start, lifetime));
      const late = all[which % all.length]!;
      const store = new Store(all.filter((one) => one !== late));
      const listed = await listAll(store, pageRows, () => (store.rows = all), BASE + 100);
      expect([...listed].sort()).toEqual(all.map(({ item }) => item).sort());
    }),
  );
});

test('of a thousand jobs in a moment the late ones are found, and no token is too long', async () => {
  const all = Array.from({ length: 1_000 }, (_, index) => row(index, index));
  const late = [all[999]!, all[998]!, all[900]!];
  const store = new Store(all.filter((one) => !late.includes(one)));
  const nowMs = BASE + 1_100;
  const first = await newestFirst(store.readRows, 100, { nowMs });
  store.rows = all;
  const token = writeToken(writeCursor(first.next!), { account: '1', statuses: [] });
  expect(token.length).toBeLessThanOrEqual(1_024);
  const second = await newestFirst(store.readRows, 100, { nowMs, after: first.next });
  expect(second.items.slice(0, 4)).toEqual(['job-0999', 'job-0998', 'job-0900', 'job-0896']);
  const third = await newestFirst(store.readRows, 100, { nowMs, after: second.next });
  expect(writeToken(writeCursor(third.next!), { account: '1', statuses: [] }).length).toBeLessThanOrEqual(1_024);
  expect(third.items[0]).toBe('job-0799');
  const later = await newestFirst(store.readRows, 100, { nowMs: nowMs + 60_000, after: third.next });
  expect(later.next).toEqual({ startedAt: time(600), workflowId: 'job-0600' });
});

test('a row that is known otherwise stands in its place, whether or not the store shows it', async () => {
  const store = new Store([row(1, 10), row(3, 30)]);
  const known = [row(2, 20), row(3, 30)];
  const first = await newestFirst(store.readRows, 2, { known, nowMs: BASE + 100 });
  expect(first.items).toEqual(['job-0003', 'job-0002']);
  store.rows.push(row(2, 20));
  const { items, next } = await newestFirst(store.readRows, 2, { known, nowMs: BASE + 100, after: first.next });
  expect([items, next]).toEqual([['job-0001'], undefined]);
});

test.each([
  '',
  'garbage',
  '2026-11-22T21:00:00.001Z',
  'yesterday job-1',
  '2026-99-22T21:00:00.000Z job-1',
  '0001-01-01T00:00:00.000Z job-1',
  "2026-11-22T21:00:00.000Z job-1'",
  '2026-11-22T21:00:00.000Z job-1 1795381200000 2026-99-22T21:00:00.000Z\n',
  '2026-11-22T21:00:00.000Z job-1 1795381200000 2026-11-22T21:00:00.000Z\nabc',
])('a token that is none is refused: %s', (text) => {
  expect(() => readCursor(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'InvalidNextTokenException' }));
});
