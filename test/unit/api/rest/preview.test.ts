/**
 * Goal: a preview shows the first rows in their order whatever comes first, adds up only what it knows, and does not go on for a
 * reader that has gone. Method: its parts, with rows as sources give them.
 */
import { FirstRows } from '../../../../api/preview/first-rows';
import { Lines } from '../../../../api/preview/lines';
import { readWholeSource } from '../../../../api/preview/read-source';
import { Totals } from '../../../../api/preview/totals';
import type { PreparingProgress } from '../../../../contracts/job';
import { ListingUntrustworthy, type SourceContext } from '../../../../manifests';
import { MemoryStore } from '../../../support/memory-store/store';

const rows = (...keys: string[]) => keys.map((key) => ({ bucket: 'b', key }));

describe('first rows', () => {
  test('of strands that come side by side are those of the first strands', () => {
    const first = new FirstRows(3);
    const order = () => [2, 0, 1];
    first.add(1, rows('x', 'y', 'z', 'zz'), order);
    first.add(0, rows('m'), order);
    first.add(1, rows('zzz'), order);
    first.add(2, rows('a'), order);
    expect(first.take(order()).map(({ key }) => key)).toEqual(['a', 'm', 'x']);
  });

  test('are never held in larger numbers than twice what is wanted, and a page more', () => {
    const first = new FirstRows(10);
    const order = Array.from({ length: 100 }, (_, strand) => 99 - strand);
    for (let strand = 0; strand < 100; strand++) {
      first.add(strand, rows(...Array.from({ length: 20 }, (_, row) => `${strand}/${row}`)), () => order);
      const held = order.reduce((sum, one) => sum + first.take([one]).length, 0);
      expect(held).toBeLessThanOrEqual(30);
    }
    expect(first.take(order)).toEqual(rows(...Array.from({ length: 10 }, (_, row) => `99/${row}`)));
  });
});

describe('totals', () => {
  test('by class and by size', () => {
    const totals = new Totals();
    totals.add(
      [
        { bucket: 'b', key: '1', size: 0, storageClass: 'STANDARD' },
        { bucket: 'b', key: '2', size: 1_023, storageClass: 'GLACIER' },
        { bucket: 'b', key: '3', size: 1_024, storageClass: 'GLACIER' },
        { bucket: 'b', key: '4', size: 2 * 1024 ** 4, storageClass: 'GLACIER' },
        { bucket: 'b', key: '5', versionId: 'v', isDeleteMarker: true },
      ],
      2,
    );
    totals.addLeftOut(7);
    expect(totals.value()).toEqual({
      objects: 5,
      bytes: 2_047 + 2 * 1024 ** 4,
      untoldSizes: 0,
      byStorageClass: {
        STANDARD: { objects: 1, bytes: 0 },
        GLACIER: { objects: 3, bytes: 2_047 + 2 * 1024 ** 4 },
      },
      untoldStorageClasses: 0,
      bySize: [
        { fromBytes: 0, belowBytes: 1_024, objects: 2, bytes: 1_023 },
        { fromBytes: 1_024, belowBytes: 1024 ** 2, objects: 1, bytes: 1_024 },
        { fromBytes: 1024 ** 4, objects: 1, bytes: 2 * 1024 ** 4 },
      ],
      deleteMarkers: 1,
      deleteMarkersLeftOut: 7,
      asked: 2,
    });
  });

  test('have no bytes where one size is not told', () => {
    const totals = new Totals();
    totals.add(
      [
        { bucket: 'b', key: '1', size: 5, storageClass: 'STANDARD' },
        { bucket: 'b', key: '2' },
      ],
      0,
    );
    const { objects, bytes, untoldSizes, byStorageClass, untoldStorageClasses } = totals.value();
    expect({ objects, bytes, untoldSizes }).toEqual({ objects: 2, bytes: undefined, untoldSizes: 1 });
    expect(byStorageClass).toEqual({ STANDARD: { objects: 1, bytes: 5 } });
    expect(untoldStorageClasses).toBe(1);
  });

  test('have a bounded number of classes', () => {
    const totals = new Totals();
    for (let one = 0; one < 1_000; one++) totals.add([{ bucket: 'b', key: 'k', size: 1, storageClass: `C${one}` }], 0);
    const { byStorageClass } = totals.value();
    expect(Object.keys(byStorageClass)).toHaveLength(101);
    expect(byStorageClass['(others)']).toEqual({ objects: 900, bytes: 900 });
  });
});

describe('lines', () => {
  async function all(lines: Lines): Promise<unknown[]> {
    const read: unknown[] = [];
    for await (const line of lines) read.push(JSON.parse(Buffer.from(line).toString('utf8')));
    return read;
  }

  test('come in their order, however slow the reader', async () => {
    const lines = new Lines(10_000);
    const writing = (async () => {
      for (let one = 0; one < 50; one++) await lines.push({ one });
      lines.end();
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await all(lines)).toEqual(Array.from({ length: 50 }, (_, one) => ({ one })));
    await writing;
  });

  test('a reader that goes ends the writer', async () => {
    const lines = new Lines(10_000);
    const writing = (async () => {
      for (;;) await lines.push({});
    })();
    await lines.next();
    await lines.return();
    await expect(writing).rejects.toThrow('the reader has gone');
    expect(lines.signal.aborted).toBe(true);
  });

  test('so does one that takes nothing', async () => {
    const lines = new Lines(20);
    const writing = (async () => {
      for (;;) await lines.push({});
    })();
    await expect(writing).rejects.toThrow('the reader takes nothing');
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a source', () => {
  const KEYS = ['a', 'b', 'c/d'];
  const REQUEST = { RoleArn: 'r', Source: { Prefixes: [{ Bucket: 'herd' }] }, Rows: 2 };

  /** Reads a bucket whose first listings can't be trusted. */
  async function readAfter(faults: number, List: boolean) {
    const store = new MemoryStore({ buckets: ['herd'] });
    for (const key of KEYS) await store.put({ bucket: 'herd', key }, Buffer.from('12345'));
    const given: string[] = [];
    const progress: PreparingProgress[] = [];
    let listings = 0;
    const storeFor = () => {
      if (listings++ < faults) throw new ListingUntrustworthy('herd', 'its order changes', 'pages');
      return store;
    };
    const context = { storeFor, nowMs: 0, isFiltered: true, signal: new AbortController().signal };
    const totals = await readWholeSource({ ...REQUEST, List }, context as unknown as SourceContext, {
      rows: async (rows) => void given.push(...rows.map(({ key }) => key)),
      restart: async (bucket) => void given.push(`restart ${bucket}`),
      progress: (now) => void progress.push(now),
    });
    return { given, totals, progress };
  }

  test('shows its first rows, or all', async () => {
    expect((await readAfter(0, false)).given).toEqual(['a', 'b']);
    const { given, totals } = await readAfter(0, true);
    expect(given).toEqual(KEYS);
    expect(totals).toMatchObject({ objects: 3, bytes: 15 });
  });

  test('says what it has read so far', async () => {
    const { progress } = await readAfter(0, false);
    expect(progress.at(-1)).toEqual({ read: 3, rows: 3, pages: 3, parts: 1, partsDone: 0 });
  });

  test('of several files, too', async () => {
    const store = new MemoryStore({ buckets: ['lists'] });
    for (const file of [1, 2]) await store.put({ bucket: 'lists', key: `${file}.csv` }, `herd,a\nherd,b${file}\n`);
    const progress: PreparingProgress[] = [];
    const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } as const;
    const Source = { Manifests: { Spec, Locations: [{ Bucket: 'lists', KeyPattern: '*.csv' }] } };
    const context = { storeFor: () => store, nowMs: 0, isFiltered: true, signal: new AbortController().signal };
    await readWholeSource({ ...REQUEST, Source, List: false }, context as unknown as SourceContext, {
      rows: async () => undefined,
      restart: async () => undefined,
      progress: (now) => void progress.push(now),
    });
    expect(progress).toEqual([
      { read: 2, rows: 2, bytes: 15, parts: 2, partsDone: 0, filesTotal: 2 },
      { read: 4, rows: 4, bytes: 30, files: 1, parts: 2, partsDone: 1, filesTotal: 2 },
    ]);
  });

  test('whose listing turns out to be another is read anew, and says so', async () => {
    const { given, totals } = await readAfter(2, true);
    expect(given).toEqual(['restart herd', 'restart herd', ...KEYS]);
    expect(totals.objects).toBe(3);
    await expect(readAfter(3, true)).rejects.toThrow("can't be trusted");
  });
});
