/**
 * Goal: a listing is by start, the latest first, has every job once, and is not disturbed by jobs that come or end between two
 * pages. Method: a store in memory that sorts as Temporal's SQL stores do (what runs first, then by end), filled at random;
 * between two pages jobs are added and ended.
 */
import fc from 'fast-check';
import { type ListCursor, newestFirst, readCursor, type VisibleRow, writeCursor } from '../../../api/list-order';

type Row = VisibleRow<string>;

const time = (tick: number) => `2026-11-22T21:00:00.${String(tick).padStart(9, '0')}Z`;

function row(index: number, start: number, lifetime?: number): Row {
  const workflowId = `job-${String(index).padStart(4, '0')}`;
  const closed = lifetime === undefined ? {} : { closedAt: time(start + lifetime) };
  return { workflowId, startedAt: time(start), ...closed, item: workflowId };
}

const FOREVER = '9999';

class Store {
  read = 0;
  constructor(public rows: Row[]) {}

  readonly readRows = async function* (this: Store, which: 'running' | 'closed', until: string | undefined) {
    const fitting = this.rows
      .filter(({ closedAt }) => (closedAt === undefined) === (which === 'running'))
      .filter(({ startedAt }) => until === undefined || startedAt <= until)
      .sort((a, b) => ((a.closedAt ?? FOREVER) + a.startedAt > (b.closedAt ?? FOREVER) + b.startedAt ? -1 : 1));
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

async function listAll(store: Store, pageRows: number, between: (page: number) => void = () => undefined) {
  const listed: string[] = [];
  let after: ListCursor | undefined;
  for (let page = 0; ; page += 1) {
    const { items, next } = await newestFirst(store.readRows, pageRows, after);
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
      expect(listed).toEqual(expected);
    }),
  );
});

test('a job that ends between the two readings of a page is on it once', async () => {
  const store = new Store([row(1, 10), row(2, 20), row(3, 30)]);
  const readRows = async function* (which: 'running' | 'closed', until: string | undefined) {
    yield* store.readRows(which, until);
    if (which === 'running') store.rows = store.rows.map((one) => ({ ...one, closedAt: time(50) }));
  };
  expect((await newestFirst(readRows, 10)).items).toEqual(['job-0003', 'job-0002', 'job-0001']);
});

test('a page reads no more of the past than what was alive when its last job started', async () => {
  const store = new Store(Array.from({ length: 500 }, (_, index) => row(index, index * 10, 15)));
  await newestFirst(store.readRows, 10);
  expect(store.read).toBeLessThan(20);
});

test.each(['', 'garbage', '2026-11-22T21:00:00.000000001Z', 'yesterday job-1', '2026-99-22T21:00:00Z job-1'])(
  'a token that is none is refused: %s',
  (text) => {
    expect(() => readCursor(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'InvalidNextTokenException' }));
  },
);
