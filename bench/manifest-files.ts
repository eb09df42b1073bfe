import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { loadDevConfig } from '../config/dev';
import { PROJECT_ROOT } from '../dev/parts/project-root';
import { runCommand } from '../dev/tools/progress.cjs';
import { providePyarrow } from '../dev/tools/python-tools';
import type { InventoryFile, InventoryManifest } from '../manifests/inventory';
import type { ObjectStore, ReadOptions } from '../storage/object-store';

const BLOCK_ROWS = 20_000;

/** Files of a size that does not fit a repository, made anew for each run. */
export interface ManifestFiles {
  readonly gzip: string;
  readonly gzipTextBytes: number;
  readonly inventories: readonly { readonly manifest: InventoryManifest; readonly path: string }[];
  remove(): Promise<void>;
}

const CSV_COLUMNS = [
  'Bucket',
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
];

export async function makeManifestFiles(listRows: number, inventoryRows: number): Promise<ManifestFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  const [gzip, csv, parquet] = ['list.csv.gz', 'inventory.csv.gz', 'inventory.parquet'].map((name) =>
    join(folder, name),
  );
  let gzipTextBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const block of listBody(listRows)) {
      gzipTextBytes += block.length;
      yield block;
    }
  }
  await pipeline(Readable.from(counted()), createGzip({ level: 6 }), createWriteStream(gzip ?? ''));
  const script = join(PROJECT_ROOT, 'bench', 'tools', 'write-inventory.py');
  const python = await providePyarrow(loadDevConfig());
  await runCommand(python, [script, String(inventoryRows), csv ?? '', parquet ?? '']);
  return {
    gzip: gzip ?? '',
    gzipTextBytes,
    inventories: [
      { path: csv ?? '', manifest: { bucket: 'bench', format: 'CSV', columns: CSV_COLUMNS, files: [] } },
      { path: parquet ?? '', manifest: { bucket: 'bench', format: 'Parquet', columns: [], files: [] } },
    ],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A list of so many rows, in blocks as a fast store sends them; made without a disk. */
export async function* listBody(rows: number): AsyncGenerator<Uint8Array> {
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows - first);
    // Rows differ within a block; blocks differ in their first row.
    const head = `herd,logs/2026/first-of-block-${String(first)}.json.gz\n`;
    yield Buffer.from(head + BLOCK.slice(0, ROW_BYTES * (count - 1)), 'latin1');
    await Promise.resolve();
  }
}

const BLOCK = Array.from({ length: BLOCK_ROWS }, (_, row) => {
  const host = String((row * 7_919) % 1_000).padStart(4, '0');
  return `herd,logs/2026/11/30/host-${host}/part-${String(row).padStart(9, '0')}.json.gz\n`;
}).join('');
const ROW_BYTES = BLOCK.length / BLOCK_ROWS;

/** A store of one file on disk. */
export function fileStore(path: string): Pick<ObjectStore, 'read' | 'readStream' | 'headObject'> {
  return {
    headObject: async () => ({ httpStatus: 200, etag: 'bench', contentLength: (await stat(path)).size }),
    readStream: () => Promise.resolve({ etag: 'bench', body: createReadStream(path, { highWaterMark: 64 * 1024 }) }),
    read: async (_ref, { range }: ReadOptions = {}) => {
      const file = await open(path);
      try {
        const bytes = Buffer.allocUnsafe((range?.end ?? 0) - (range?.start ?? 0));
        await file.read(bytes, 0, bytes.length, range?.start ?? 0);
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}

export async function inventoryFile(path: string): Promise<InventoryFile> {
  return { key: 'inventory', size: (await stat(path)).size };
}
