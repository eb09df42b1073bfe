import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { defined } from '../../contracts/defined';
import type { ManifestField } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { scanCsv } from '../../manifests';
import { gunzipped } from '../../manifests/csv/gunzipped';
import { type InventoryManifest, readInventoryFile } from '../../manifests/inventory';
import { fileStore, inventoryFile, listBody, makeManifestFiles, type ManifestFiles } from '../manifest-files';
import { atLeast, atMost, type BenchPart, number, type PartResult } from '../part';
import { clockTicksPerSecond, endedChildrenCpuSeconds } from '../process-usage';
import { median } from '../statistics';

const FIELDS: readonly ManifestField[] = ['Bucket', 'Key'];
const ROUNDS = 3;
const SAMPLE_MS = 50;
const MIB = 1_024 * 1_024;
const SEGMENT_BYTES = 8 * MIB;
const PLAIN = 'plain CSV';
const GZIP = 'gzip CSV';
const PEER = 'gzip -dc';
/** Gzip takes long to make, and is as fast in the fifth million of rows as in the first. */
const GZIP_ROWS_MAX = 5_000_000;

interface Measured {
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
  /** CPU time of this process and of its children that have ended. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** How fast lists are read while a job is Preparing, in this process, without a server. */
export const manifests: BenchPart = {
  name: 'manifests',
  summary: 'reading lists: plain CSV, gzip beside gzip -dc, inventories in CSV and Parquet',
  run: async ({ sizes, lifetime }) => {
    lifetime.say('manifests: making the files');
    const gzipRows = Math.min(sizes.manifestRows, GZIP_ROWS_MAX);
    const files = await makeManifestFiles(gzipRows, sizes.inventoryRows);
    try {
      const all = contenders(files, sizes.manifestRows, gzipRows, sizes.inventoryRows);
      return report(await measureAll(all, lifetime.say), files.gzipTextBytes);
    } finally {
      await files.remove();
    }
  },
};

interface Contender {
  readonly name: string;
  readonly rows: number;
  /** Resolves to the rows it has seen. */
  readonly run: () => Promise<number>;
}

function contenders(files: ManifestFiles, listRows: number, gzipRows: number, inventoryRows: number): Contender[] {
  return [
    { name: PLAIN, rows: listRows, run: () => scanPlain(listRows) },
    { name: GZIP, rows: gzipRows, run: () => scanGzip(files.gzip) },
    { name: PEER, rows: gzipRows, run: () => peer(files.gzip).then(() => gzipRows) },
    ...files.inventories.flatMap(({ manifest, path }) => [
      {
        name: `inventory in ${manifest.format}, names`,
        rows: inventoryRows,
        run: () => readInventory(manifest, path, []),
      },
      {
        name: `inventory in ${manifest.format}, all that filters ask for`,
        rows: inventoryRows,
        run: () => readInventory(manifest, path),
      },
    ]),
  ];
}

/** In turn, so that what else the machine does meets all of them. */
async function measureAll(all: readonly Contender[], say: (line: string) => void): Promise<Measured[]> {
  const seconds = new Map(all.map(({ name }) => [name, [] as number[]]));
  const cpuSeconds = new Map(all.map(({ name }) => [name, [] as number[]]));
  const ticks = await clockTicksPerSecond();
  const peaks = new Map<string, number>();
  for (let round = 1; round <= ROUNDS; round++) {
    for (const { name, rows, run } of all) {
      const timer = setInterval(() => {
        peaks.set(name, Math.max(peaks.get(name) ?? 0, process.memoryUsage.rss()));
      }, SAMPLE_MS);
      const cpuBefore = cpuUsed(ticks);
      const start = performance.now();
      const found = await run().finally(() => {
        clearInterval(timer);
      });
      const took = (performance.now() - start) / 1_000;
      if (found !== rows) throw new Error(`${name}: ${String(found)} rows instead of ${String(rows)}`);
      seconds.get(name)?.push(took);
      cpuSeconds.get(name)?.push(cpuUsed(ticks) - cpuBefore);
      say(`manifests: round ${String(round)}, ${name}: ${number(rows / took)} rows/s`);
    }
  }
  return all.map(({ name, rows }) => ({
    name,
    rows,
    seconds: median(seconds.get(name) ?? []),
    cpuSeconds: median(cpuSeconds.get(name) ?? []),
    peakBytes: peaks.get(name) ?? Number.NaN,
  }));
}

function cpuUsed(ticksPerSecond: number): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + endedChildrenCpuSeconds(ticksPerSecond);
}

async function scanPlain(rows: number): Promise<number> {
  return (await scanCsv(listBody(rows), { fields: FIELDS, batchRows: LIMITS.batch.rows, countBuckets: true })).rows;
}

/** As for a list that is copied into the workspace: its rows as bytes, in segments. */
async function scanGzip(path: string): Promise<number> {
  const { body } = await fileStore(path).readStream({ bucket: 'bench', key: path });
  let rows = 0;
  await scanCsv(gunzipped(body, path), {
    fields: FIELDS,
    batchRows: LIMITS.batch.rows,
    segments: { bytesAim: SEGMENT_BYTES, onSegment: (segment) => void (rows += segment.rows) },
  });
  return rows;
}

async function readInventory(manifest: InventoryManifest, path: string, members?: readonly []): Promise<number> {
  const options = { deleteMarkers: 'Skip' as const, ...defined({ members }) };
  let rows = 0;
  for await (const page of readInventoryFile(fileStore(path), manifest, await inventoryFile(path), options)) {
    rows += page.rows.length + page.skippedDeleteMarkers;
  }
  return rows;
}

/** As `zcat`, which has another name here and there. */
async function peer(path: string): Promise<void> {
  const [code] = (await once(spawn('gzip', ['-dc', path], { stdio: 'ignore' }), 'close')) as [number];
  if (code !== 0) throw new Error('gzip -dc failed');
}

function report(measured: readonly Measured[], textBytes: number): PartResult {
  const of = (name: string): Measured =>
    measured.find((each) => each.name === name) ?? {
      name,
      rows: 0,
      seconds: Number.NaN,
      cpuSeconds: Number.NaN,
      peakBytes: Number.NaN,
    };
  const rate = ({ rows, seconds }: Measured): number => rows / seconds;
  // What else the machine does takes no share of it.
  const cpuRate = ({ rows, cpuSeconds }: Measured): number => rows / cpuSeconds;
  return {
    tables: [
      {
        title: 'reading lists',
        columns: ['', 'rows', 'seconds', 'rows/s', 'rows per second of CPU', 'peak of this process, MiB'],
        rows: measured.map((each) => [
          each.name,
          number(each.rows),
          number(each.seconds, 2),
          number(rate(each)),
          number(cpuRate(each)),
          number(each.peakBytes / MIB),
        ]),
      },
    ],
    goals: [
      atLeast(`${PLAIN}, of CPU`, cpuRate(of(PLAIN)), 6_700_000, 'rows/s'),
      atLeast(`${GZIP} over ${PEER}`, of(PEER).seconds / of(GZIP).seconds, 0.6, '×', 2),
      atLeast('inventory in Parquet, names, of CPU', cpuRate(of('inventory in Parquet, names')), 1_000_000, 'rows/s'),
      atMost('memory', Math.max(...measured.map(({ peakBytes }) => peakBytes)) / MIB, 700, 'MiB'),
    ],
    notes: [
      `median of ${String(ROUNDS)} rounds in one process, files in the system's cache, plain CSV made in memory`,
      `the gzip CSV has ${number(textBytes / MIB)} MiB of text; its rows are copied into segments of ${number(SEGMENT_BYTES / MIB)} MiB`,
      'names: bucket, key, version id, and whether it is a delete marker',
    ],
    data: { measured },
  };
}
