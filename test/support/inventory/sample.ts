/** An inventory of a versioned bucket with all 18 columns, as AWS writes it: in CSV, and, by pyarrow, in Parquet. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadDevConfig } from '../../../config/dev';
import { providePyarrow } from '../../../dev/tools/python-tools';
import type { SourceRow } from '../../../manifests';

export const COLUMNS = [
  'Bucket',
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
  'IsMultipartUploaded',
  'ReplicationStatus',
  'EncryptionStatus',
  'ObjectLockRetainUntilDate',
  'ObjectLockMode',
  'ObjectLockLegalHoldStatus',
  'IntelligentTieringAccessTier',
  'BucketKeyStatus',
  'ChecksumAlgorithm',
] as const;
export type Column = (typeof COLUMNS)[number];

export type InventoryRow = { readonly [Name in Column]: string | number | boolean | null } & {
  readonly LastModifiedDateMs: number;
  readonly ObjectLockRetainUntilDateMs: number | null;
};

const FIRST_MS = Date.parse('2026-11-30T04:05:06.000Z');
/** Keys that CSV, URL encoding or Parquet might spoil. */
export const ODD_NAMES = ['a b+c%41.txt', 'folder/', 'ä/😀.txt', 'x,"y"', 'line\nfeed', '100%'];

/** Every fifth row is a delete marker, every third has no version id, which is the null version. */
export function inventoryRows(count: number): InventoryRow[] {
  return Array.from({ length: count }, (_, row): InventoryRow => {
    const isMarker = row % 5 === 4;
    const ms = FIRST_MS + row * 1_000;
    return {
      Bucket: row % 7 === 6 ? 'other-herd' : 'herd',
      Key: ODD_NAMES[row] ?? `logs/2026/host-${(row * 7919) % 1_000}/part-${row}.gz`,
      VersionId: row % 3 === 0 ? '' : `v${row * 104_729}`,
      IsLatest: row % 2 === 0,
      IsDeleteMarker: isMarker,
      Size: isMarker ? null : row * 5_000_000_000,
      LastModifiedDate: new Date(ms).toISOString(),
      LastModifiedDateMs: ms,
      ETag: isMarker ? null : `${String(row).padStart(30, 'a')}-2`,
      StorageClass: isMarker ? null : 'STANDARD',
      IsMultipartUploaded: isMarker ? null : true,
      ReplicationStatus: row % 11 === 0 ? 'COMPLETED' : null,
      EncryptionStatus: row % 4 === 0 ? 'NOT-SSE' : 'SSE-S3',
      ObjectLockRetainUntilDate: null,
      ObjectLockRetainUntilDateMs: null,
      ObjectLockMode: null,
      ObjectLockLegalHoldStatus: null,
      IntelligentTieringAccessTier: null,
      BucketKeyStatus: 'DISABLED',
      ChecksumAlgorithm: null,
    };
  });
}

/** What a reader is to make of the row. */
export function sourceRow(row: InventoryRow, columns: readonly Column[] = COLUMNS): SourceRow {
  const told: [keyof SourceRow, Column, unknown][] = [
    ['size', 'Size', row.Size],
    ['lastModifiedMs', 'LastModifiedDate', row.LastModifiedDateMs],
    ['storageClass', 'StorageClass', row.StorageClass],
    ['etag', 'ETag', row.ETag],
    ['isLatest', 'IsLatest', row.IsLatest],
    ['isDeleteMarker', 'IsDeleteMarker', row.IsDeleteMarker],
    ['encryption', 'EncryptionStatus', row.EncryptionStatus],
    ['replicationStatus', 'ReplicationStatus', row.ReplicationStatus],
  ];
  return {
    bucket: String(row.Bucket),
    key: String(row.Key),
    ...(columns.includes('VersionId') ? { versionId: String(row.VersionId) || 'null' } : {}),
    ...Object.fromEntries(
      told
        .filter(([, column, value]) => columns.includes(column) && value !== null)
        .map(([name, , value]) => [name, value]),
    ),
  };
}

/** As AWS writes it: every field in quotation marks, keys encoded but for `/`, spaces as %20. */
export function inventoryCsv(rows: readonly InventoryRow[], columns: readonly Column[] = COLUMNS): string {
  const field = (row: InventoryRow, column: Column): string => {
    const value = row[column];
    if (column === 'Key') return encodeURIComponent(String(value)).replaceAll('%2F', '/');
    return value === null ? '' : String(value);
  };
  return rows.map((row) => `${columns.map((column) => `"${field(row, column)}"`).join(',')}\n`).join('');
}

export interface ParquetSpec {
  readonly path: string;
  readonly columns: readonly Column[];
  readonly times?: 'millis' | 'micros' | 'nanos' | 'int96' | 'number' | 'text';
  /** `last_modified_date` rather than `LastModifiedDate`; the default. */
  readonly snake?: boolean;
  readonly compression?: 'none' | 'snappy' | 'gzip' | 'zstd' | 'brotli' | 'lz4';
  readonly dictionary?: boolean | readonly string[];
  readonly encodings?: Readonly<Record<string, string>>;
  readonly pageVersion?: '1.0' | '2.0';
  readonly pageBytes?: number;
  readonly groupRows?: number;
}

/** Writes all files in one run of Python. */
export async function writeParquet(rows: readonly InventoryRow[], files: readonly ParquetSpec[]): Promise<void> {
  const python = await providePyarrow(loadDevConfig());
  const child = spawn(python, [`${__dirname}/write-parquet.py`], { stdio: ['pipe', 'inherit', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.end(JSON.stringify({ rows, files }));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`pyarrow failed: ${errors}`);
}
