import { parseBatch } from '../../../../manifests/csv/csv-rows';
import { type PartState, NEW_PART } from '../../../../manifests/segments/part-state';
import { PartWriter } from '../../../../manifests/segments/part-writer';
import { sealManifest } from '../../../../manifests/segments/seal';
import { CANONICAL_FORM } from '../../../../manifests/segments/canonical-row';
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
  state: PartState = NEW_PART;

  async attempt(reading: PartReading, now: () => number): Promise<boolean> {
    const writer = new PartWriter(reading, this.state, {
      plan: 'plan',
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
    const { table, offsets, rows } = sealManifest([this.state], CANONICAL_FORM);
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

test('rows that are taken over as they are keep their batches', async () => {
  const text = Buffer.from('herd,a\nherd,b\nherd,c\n');
  const workspace = new Workspace();
  const reading: PartReading = {
    run: async (sink) => {
      await sink.raw(0, { bytes: text, cuts: [14], rows: 3 }, () => undefined);
      await sink.raw(0, { bytes: text, cuts: [], rows: 3 }, () => undefined);
    },
    strands: () => [0],
    state: () => undefined,
  };
  expect(await workspace.attempt(reading, () => 0)).toBe(true);
  const { table, offsets } = sealManifest([workspace.state], { fields: ['Bucket', 'Key'] });
  expect([...offsets]).toEqual([0, 14, 21, 42]);
  expect(table.slices).toEqual([{ object: 0, offset: 0, bytes: 42 }]);
});

test('a range that lies in no slice is a defect', () => {
  const map = new SegmentMap({ form: CANONICAL_FORM, objects: ['a'], slices: [{ object: 0, offset: 5, bytes: 10 }] });
  expect(map.find({ start: 2, end: 10 })).toEqual({ key: 'a', range: { start: 7, end: 15 } });
  expect(() => map.find({ start: 2, end: 11 })).toThrow('no slice');
  expect(() => map.find({ start: 10, end: 11 })).toThrow('no slice');
});
