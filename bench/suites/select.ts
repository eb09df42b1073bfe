import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../dev/tools/progress.cjs';
import { openSelect } from '../../manifests/select';
import type { SourceRow } from '../../manifests/sources/row';
import { atMost, type BenchPart, type Context, number, type PartResult } from '../part';

const ALONE = join(__dirname, '..', 'tools', 'duckdb-alone.cjs');
/** Rows in memory, which are given again and again: making them is the work of a source. */
const DISTINCT_ROWS = 200_000;
const PAGE_ROWS = 50_000;
const TIMES_ALONE_MAX = 3;

const CONDITIONS = [
  "size > 1048576 AND storage_class = 'STANDARD'",
  "key LIKE '%7.gz'",
  "size > 1048576 AND storage_class = 'STANDARD' AND key LIKE '%7.gz' AND bucket = 'herd' AND last_modified > TIMESTAMP '2023-11-15'",
];

interface Measured {
  readonly ms: number;
  readonly passing: number;
}

/** What a filter by SQL costs, next to DuckDB reading the same rows from a CSV file. */
export const select: BenchPart = {
  name: 'select',
  summary: 'a filter by SQL over rows in memory, next to DuckDB alone over a CSV file with them',
  run: measure,
};

async function measure({ sizes, lifetime }: Context): Promise<PartResult> {
  const count = Math.ceil(sizes.selectRows / DISTINCT_ROWS) * DISTINCT_ROWS;
  lifetime.say(`select: ${number(count)} rows, DuckDB alone`);
  const alone = await duckDBAlone(count);
  const rows = Array.from({ length: DISTINCT_ROWS }, (_, i) => rowOf(i));
  const samples = [];
  for (const [index, condition] of CONDITIONS.entries()) {
    lifetime.say(`select: ${number(count)} rows, ${condition}`);
    const duckdb = alone[index];
    const drover = await selected(condition, rows, count);
    if (duckdb?.passing !== drover.passing) throw new Error(`DuckDB alone and Select disagree on ${condition}`);
    samples.push({ condition, aloneMs: duckdb.ms, selectMs: drover.ms, passing: drover.passing });
  }
  return {
    tables: [
      {
        title: `${number(count)} rows`,
        columns: ['condition', 'DuckDB alone', 'Select', 'rows/s', 'times DuckDB'],
        rows: samples.map(({ condition, aloneMs, selectMs }) => [
          condition,
          `${number(aloneMs / 1_000, 2)} s`,
          `${number(selectMs / 1_000, 2)} s`,
          number((count / selectMs) * 1_000),
          number(selectMs / aloneMs, 2),
        ]),
      },
    ],
    goals: samples.map(({ condition, aloneMs, selectMs }) =>
      atMost(`select: ${condition}, times DuckDB alone`, selectMs / aloneMs, TIMES_ALONE_MAX, '', 2),
    ),
    notes: ['DuckDB alone has one thread and reads a CSV file; Select takes rows from memory, in pages of 50,000.'],
    data: samples,
  };
}

/** As in `tools/duckdb-alone.cjs`. */
function rowOf(i: number): SourceRow {
  return {
    bucket: 'herd',
    key: `logs/2026/${i % 1_000}/part-${i}.gz`,
    size: (i * 7_919) % 5_000_000,
    lastModifiedMs: (1_700_000_000 + i) * 1_000,
    storageClass: i % 3 === 0 ? 'GLACIER' : 'STANDARD',
  };
}

async function duckDBAlone(count: number): Promise<readonly Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-bench-select-'));
  try {
    const args = [ALONE, join(folder, 'rows.csv'), String(count), String(DISTINCT_ROWS), JSON.stringify(CONDITIONS)];
    return JSON.parse(await runCommand(process.execPath, args)) as Measured[];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function selected(condition: string, rows: readonly SourceRow[], count: number): Promise<Measured> {
  const { signal } = new AbortController();
  const selection = await openSelect(condition, { nowMs: Date.now() });
  try {
    const startMs = performance.now();
    let passing = 0;
    for (let given = 0; given < count; given += PAGE_ROWS) {
      const start = given % rows.length;
      for (const passes of await selection.pass(rows.slice(start, start + PAGE_ROWS), signal)) passing += passes;
    }
    return { ms: performance.now() - startMs, passing };
  } finally {
    await selection.close();
  }
}
