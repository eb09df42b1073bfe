import { LIMITS } from '../../../../contracts/limits';
import { parseBatch } from '../../../../manifests/csv/csv-rows';
import { CANONICAL_FORM } from '../../../../manifests/segments/canonical-row';
import { decodeFlushes, NEW_PART, type PartState } from '../../../../manifests/segments/part-state';
import { PartWriter } from '../../../../manifests/segments/part-writer';
import { type ReadPart, sealManifest } from '../../../../manifests/segments/seal';
import { SegmentMap } from '../../../../manifests/segments/segment-table';
import type { SourceRow } from '../../../../manifests/sources/row';
import type { PartReading, RowSink } from '../../../../manifests/sources/source';
import { randomFrom } from './random';

const BATCH_ROWS = 7;

/** Strands that give their rows by turns, in pages of any size, and die after a number of pages. */
class Strands implements PartReading {
  private readonly taken: number[];

  constructor(
    private readonly rows: readonly (readonly SourceRow[])[],
    left: readonly number[] | undefined,
    private readonly random: () => number,
    private pagesLeft: number,
  ) {
    this.taken = [...(left ?? rows.map(() => 0))];
  }

  async run(sink: RowSink): Promise<void> {
    for (;;) {
      const open = this.rows.flatMap((rows, strand) => (this.taken[strand]! < rows.length ? [strand] : []));
      const strand = open[Math.floor(this.random() * open.length)];
      if (strand === undefined) return;
      if (this.pagesLeft-- <= 0) throw new Error('killed');
      const from = this.taken[strand]!;
      const page = this.rows[strand]!.slice(from, from + 1 + Math.floor(this.random() * 12));
      await sink.rows(strand, page, () => (this.taken[strand] = from + page.length));
    }
  }

  strands(): readonly number[] {
    return this.rows.map((_, strand) => strand);
  }

  state(): number[] {
    return [...this.taken];
  }
}

/** What a part leaves in the workspace, which survives its attempts. */
class Workspace {
  readonly objects = new Map<string, Buffer>();
  readonly lists = new Map<string, string>();
  state: PartState = NEW_PART;

  get read(): ReadPart {
    const { earlier, recent } = this.state;
    return { ...this.state, flushes: [...earlier.flatMap((key) => decodeFlushes(this.lists.get(key)!)), ...recent] };
  }

  async attempt(reading: PartReading, now: () => number): Promise<boolean> {
    const writer = new PartWriter(reading, this.state, {
      attempt: 'attempt',
      batchRows: BATCH_ROWS,
      filter: async (rows) => {
        await new Promise(setImmediate);
        return { rows: rows.filter(({ size }) => size !== 0), asked: 0 };
      },
      putObject: async (body) => {
        await new Promise(setImmediate);
        const key = `segment-${this.objects.size}`;
        this.objects.set(key, body);
        return key;
      },
      putFlushes: async (flushes) => {
        await new Promise(setImmediate);
        const key = `flushes-${this.lists.size}`;
        this.lists.set(key, JSON.stringify(flushes));
        return key;
      },
      putState: async (state) => {
        await new Promise(setImmediate);
        this.state = JSON.parse(JSON.stringify(state)) as PartState;
      },
      now,
    });
    try {
      await reading.run(writer);
    } catch {
      return false;
    }
    await writer.finish();
    return true;
  }

  batches(): string[][] {
    const { table, offsets, rows } = sealManifest([this.read], CANONICAL_FORM);
    const map = new SegmentMap(table);
    const batches = Array.from({ length: offsets.length - 1 }, (_, batch) => {
      const { key, range } = map.find({ start: offsets[batch]!, end: offsets[batch + 1]! });
      const bytes = this.objects.get(key)!.subarray(range.start, range.end);
      return parseBatch(bytes, table.form.fields, 0, table.form).map(({ task, refused }) => {
        expect(refused).toBeUndefined();
        return `${task.bucket}/${task.key}@${task.versionId ?? ''}`;
      });
    });
    expect(batches.flat()).toHaveLength(rows);
    return batches;
  }
}

function rowsOf(strand: number, count: number): SourceRow[] {
  return Array.from({ length: count }, (_, index) => ({
    bucket: 'herd',
    key: `${strand}/cow ${index}, "é\n${String.fromCodePoint(0x1f404)}`,
    size: index % 5,
    ...(index % 3 === 0 && { versionId: `v${index}` }),
  }));
}

describe('a part that is killed', () => {
  test.each(Array.from({ length: 25 }, (_, seed) => [seed]))('leaves each row once (seed %i)', async (seed) => {
    const random = randomFrom(seed);
    const rows = [0, 1, 2].map((strand) => rowsOf(strand, Math.floor(random() * 120)));
    const workspace = new Workspace();
    let clock = 0;
    // Some pages pass between two flushes.
    const now = (): number => (clock += 2_000 * random());
    let attempts = 0;
    for (let isDone = false; !isDone; attempts++) {
      const left = workspace.state.source as number[] | undefined;
      const reading = new Strands(rows, left, random, attempts > 20 ? Infinity : 3 + Math.floor(random() * 15));
      isDone = await workspace.attempt(reading, now);
    }
    const passing = rows.flat().filter(({ size }) => size !== 0);
    const batches = workspace.batches();
    expect(batches.flat()).toEqual(passing.map(({ bucket, key, versionId = '' }) => `${bucket}/${key}@${versionId}`));
    expect(Math.max(0, ...batches.map((batch) => batch.length))).toBeLessThanOrEqual(BATCH_ROWS);
    expect(workspace.state).toMatchObject({ done: true, counts: { read: rows.flat().length, rows: passing.length } });
  });
});

test('rows that could not be put are in no state that is left', async () => {
  const workspace = new Workspace();
  const puts: string[] = [];
  let clock = 0;
  const reading: PartReading = { run: () => Promise.resolve(), strands: () => [0], state: () => 'behind all' };
  const writer = new PartWriter(reading, NEW_PART, {
    attempt: 'attempt',
    batchRows: BATCH_ROWS,
    filter: (rows) => Promise.resolve({ rows, asked: 0 }),
    putObject: () => (puts.push('rows') === 1 ? Promise.reject(new Error('store is full')) : Promise.resolve('key')),
    putFlushes: () => Promise.reject(new Error('not so many')),
    putState: (state) => Promise.resolve(void (workspace.state = state)),
    now: () => (clock += LIMITS.source.segmentIntervalMs),
  });
  // Few rows, long after the last flush: nobody waits for this one.
  await writer.rows(0, rowsOf(0, 3), () => undefined);
  await new Promise(setImmediate);
  await expect(writer.rows(0, rowsOf(0, 3), () => undefined)).rejects.toThrow('store is full');
  await expect(writer.finish()).rejects.toThrow('store is full');
  await expect(writer.leave()).rejects.toThrow('store is full');
  expect(puts).toEqual(['rows']);
  expect(workspace.state).toBe(NEW_PART);
});

test('the state of a part does not grow with the part', async () => {
  const workspace = new Workspace();
  const flushes = LIMITS.source.flushesPerStateMax * 5 + 3;
  let flushed = 0;
  const longest: number[] = [];
  const reading: PartReading = {
    run: async (sink) => {
      for (; flushed < flushes; flushed++) {
        await sink.rows(0, rowsOf(0, 50), () => undefined);
        // The flush that has begun.
        for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
        longest.push(JSON.stringify(workspace.state).length);
      }
    },
    strands: () => [0],
    state: () => flushed,
  };
  let clock = 0;
  expect(await workspace.attempt(reading, () => (clock += LIMITS.source.segmentIntervalMs))).toBe(true);
  expect(workspace.batches().flat()).toHaveLength(flushes * 40);
  expect(workspace.lists.size).toBe(5);
  const first = Math.max(...longest.slice(0, LIMITS.source.flushesPerStateMax - 1));
  expect(Math.max(...longest)).toBeLessThan(first * 1.1);
});

test('rows that are taken over as they are keep their batches', async () => {
  const text = Buffer.from('herd,a\nherd,b\nherd,c\n');
  const workspace = new Workspace();
  const reading: PartReading = {
    run: async (sink) => {
      await sink.raw(0, { bytes: text, cuts: [14], rows: 3, buckets: [['herd', 3]] }, () => undefined);
      await sink.raw(0, { bytes: text, cuts: [], rows: 3, buckets: [['herd', 3]] }, () => undefined);
    },
    strands: () => [0],
    state: () => undefined,
  };
  expect(await workspace.attempt(reading, () => 0)).toBe(true);
  const { table, offsets } = sealManifest([workspace.read], { fields: ['Bucket', 'Key'] });
  expect([...offsets]).toEqual([0, 14, 21, 42]);
  expect(workspace.state.buckets).toEqual([['herd', 6]]);
  expect(table.slices).toEqual([{ object: 0, offset: 0, bytes: 42 }]);
});

test('a range that lies in no slice is a defect', () => {
  const map = new SegmentMap({ form: CANONICAL_FORM, objects: ['a'], slices: [{ object: 0, offset: 5, bytes: 10 }] });
  expect(map.find({ start: 2, end: 10 })).toEqual({ key: 'a', range: { start: 7, end: 15 } });
  expect(() => map.find({ start: 2, end: 11 })).toThrow('no slice');
  expect(() => map.find({ start: 10, end: 11 })).toThrow('no slice');
});
