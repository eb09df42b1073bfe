/** A bucket of objects, and all that a job can say to have them as its source. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { workspaceKeys } from '../../contracts/engine/naming';
import type { JobRequest } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { encodeIndex, type SourceContext } from '../../manifests';
import { rowCondition } from '../../operations/composing/row-condition';
import { encodePart } from '../../reports';
import { compareBytes } from '../../storage/key-order';
import {
  COLUMNS,
  inventoryCsv,
  type InventoryRow,
  inventoryRows,
  ODD_NAMES,
  writeParquet,
} from '../support/inventory/sample';
import { MemoryStore } from '../support/memory-store/store';

const BUCKET = 'herd';
const LISTS = 'lists';
/** More than a page of any source. */
export const COUNT = LIMITS.source.pageRows + 500;
export const START_MS = Date.parse('2026-11-01T00:00:00Z');
const NOW_MS = START_MS + COUNT * 60_000;
export const KMS_KEY = 'arn:aws:kms:eu-1:123456789012:key/1';
const CSV = 'S3BatchOperations_CSV_20180820';
const INVENTORY = 'S3InventoryReport_CSV_20161130';
const SSE = ['', 'AES256', 'aws:kms', 'aws:kms:dsse'] as const;
const ENCRYPTIONS = ['NOT-SSE', 'SSE-S3', 'SSE-KMS', 'DSSE-KMS'] as const;
const CLASSES = ['STANDARD', 'GLACIER', 'STANDARD_IA'] as const;

export const KEYS = Array.from(
  { length: COUNT },
  (_, i) => ODD_NAMES[i] ?? `logs/${i % 8}/${i}.${['gz', 'txt', 'csv'][i % 3]}`,
).sort(compareBytes);

/** The same objects for all sources, which leave them as they are. */
const store = new MemoryStore({ buckets: [LISTS, 'workspace'] });
store.createBucket(BUCKET);
for (const [i, key] of KEYS.entries()) {
  const encryption = SSE[i % 4]!;
  store.seed(BUCKET, key, 'x'.repeat(i % 50), {
    storageClass: CLASSES[i % 3]!,
    lastModified: new Date(START_MS + i * 60_000),
    tags: i % 7 === 0 ? [{ Key: 'team', Value: 'herd' }] : [],
    settings: {
      ...(encryption !== '' && { ServerSideEncryption: encryption }),
      ...(i % 4 >= 2 && { SSEKMSKeyId: KMS_KEY }),
      ...(i % 5 === 0 && { ReplicationStatus: 'COMPLETED' }),
    },
  });
}

const INVENTORY_ROWS = KEYS.map((key, i): InventoryRow => {
  const ms = START_MS + i * 60_000;
  return {
    ...inventoryRows(1)[0]!,
    Bucket: BUCKET,
    Key: key,
    VersionId: '',
    IsLatest: true,
    IsDeleteMarker: false,
    Size: i % 50,
    LastModifiedDate: new Date(ms).toISOString(),
    LastModifiedDateMs: ms,
    ObjectLockRetainUntilDateMs: null,
    ETag: createHash('md5')
      .update('x'.repeat(i % 50))
      .digest('hex'),
    StorageClass: CLASSES[i % 3]!,
    ReplicationStatus: i % 5 === 0 ? 'COMPLETED' : null,
    EncryptionStatus: ENCRYPTIONS[i % 4]!,
  };
});

const put = async (key: string, body: Uint8Array | string, bucket = LISTS) => {
  const { etag } = await store.put({ bucket, key }, body);
  return { ObjectArn: `arn:aws:s3:::${bucket}/${key}`, ETag: etag };
};

const csvText = (keys: readonly string[]) => keys.map((key) => `${BUCKET},${encodeURIComponent(key)}\n`).join('');

async function putInventory(folder: string, format: 'CSV' | 'Parquet', files: readonly Uint8Array[]) {
  const entries = [];
  for (const [number, body] of files.entries()) {
    const key = `${folder}/data/${number}`;
    await put(key, body);
    entries.push({ key, size: body.length, MD5checksum: createHash('md5').update(body).digest('hex') });
  }
  const manifest = { destinationBucket: LISTS, fileFormat: format, fileSchema: TOLD.join(', '), files: entries };
  return put(`${folder}/manifest.json`, JSON.stringify(manifest));
}

/** Without version ids: the rows are the same as those of other sources. */
const TOLD = COLUMNS.filter((column) => column !== 'VersionId');
const gzipped = (from: number, to?: number) => gzipSync(inventoryCsv(INVENTORY_ROWS.slice(from, to), TOLD));

let written: Promise<Buffer> | undefined;

/** Written once: Python takes its time. */
function parquet(): Promise<Buffer> {
  return (written ??= writeOnce());
}

async function writeOnce(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-sources-'));
  try {
    await writeParquet(INVENTORY_ROWS, [{ path: join(folder, '1'), columns: TOLD, groupRows: 1_500 }]);
    return await readFile(join(folder, '1'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Request = Pick<JobRequest, 'Manifest' | 'ManifestGenerator' | 'Source'>;
interface SourceCase {
  /** Puts what it needs into the store. */
  readonly request: () => Promise<Request>;
  /** Keys of the objects; absent: all of them. */
  readonly keys?: readonly string[];
  /** It is read from a bucket of the role's; false for what Drover itself has. */
  readonly asRole?: false;
  /** The same with something that can't be read, and what is said of it. */
  readonly damaged?: readonly [request: () => Promise<Request>, message: RegExp];
}

const Spec = { Format: CSV, Fields: ['Bucket', 'Key'] } as const;
const HALF = COUNT / 2;

export const SOURCES: Readonly<Record<string, SourceCase>> = {
  'a CSV manifest': {
    request: async () => ({ Manifest: { Spec, Location: await put('one.csv', csvText(KEYS)) } }),
    damaged: [
      async () => ({ Manifest: { Spec, Location: await put('bad.csv', `${csvText(KEYS.slice(0, 9))}herd\n`) } }),
      /Row 10\b.*column/s,
    ],
  },
  'several CSV manifests by a pattern, packed': {
    request: async () => {
      await put('many/1.csv', gzipSync(csvText(KEYS.slice(0, HALF))));
      await put('many/2.csv', gzipSync(csvText(KEYS.slice(HALF))));
      return { Source: { Manifests: { Spec, Locations: [{ Bucket: LISTS, KeyPattern: 'many/*.csv' }] } } };
    },
    damaged: [
      async () => {
        const Locations = [await put('good.csv', 'herd,a\n'), await put('bad.csv.gz', gzipSync('herd,a\nherd,b c\n'))];
        return { Source: { Manifests: { Spec, Locations } } };
      },
      /Row 2\b.*lists\/bad\.csv\.gz.*a space in its key/s,
    ],
  },
  'an inventory in CSV': {
    request: async () => {
      const Location = await putInventory('csv', 'CSV', [gzipped(0, HALF), gzipped(HALF)]);
      return { Manifest: { Spec: { Format: INVENTORY }, Location } };
    },
    damaged: [
      async () => {
        const bad = inventoryCsv([...INVENTORY_ROWS.slice(0, 2), { ...INVENTORY_ROWS[2]!, Key: '' }], TOLD);
        const Location = await putInventory('bad', 'CSV', [gzipSync(bad)]);
        return { Manifest: { Spec: { Format: INVENTORY }, Location } };
      },
      /Row 3\b.*lists\/bad\/data\/0.*no key/s,
    ],
  },
  'several inventories': {
    request: async () => {
      const Locations = [
        await putInventory('several/1', 'CSV', [gzipped(0, 600), gzipped(600, HALF)]),
        await putInventory('several/2', 'CSV', [gzipped(HALF)]),
      ];
      return { Source: { Manifests: { Spec: { Format: INVENTORY }, Locations } } };
    },
  },
  'an inventory in Parquet': {
    request: async () => {
      const Location = await putInventory('parquet', 'Parquet', [await parquet()]);
      return { Manifest: { Spec: { Format: INVENTORY }, Location } };
    },
    damaged: [
      async () => {
        const Location = await putInventory('torn', 'Parquet', [Buffer.from('PAR1 and no more')]);
        return { Manifest: { Spec: { Format: INVENTORY }, Location } };
      },
      /lists\/torn\/data\/0/,
    ],
  },
  'a generated manifest': {
    request: async () => {
      const S3JobManifestGenerator = {
        SourceBucket: `arn:aws:s3:::${BUCKET}`,
        EnableManifestOutput: false,
      };
      return { ManifestGenerator: { S3JobManifestGenerator } };
    },
  },
  prefixes: {
    request: async () => ({ Source: { Prefixes: [{ Bucket: BUCKET, Prefix: 'logs/' }] } }),
    keys: KEYS.filter((key) => key.startsWith('logs/')),
  },
  keys: {
    request: async () => ({ Source: { Keys: KEYS.slice(0, 1_000).map((Key) => ({ Bucket: BUCKET, Key })) } }),
    keys: KEYS.slice(0, 1_000),
    asRole: false,
  },
  'a former job': {
    request: async () => {
      const batches = [KEYS.slice(0, 1_000), KEYS.slice(1_000, 1_500), KEYS.slice(1_500)];
      await put(workspaceKeys.index(FORMER), encodeIndex([0, 1, 2, 3]), 'workspace');
      for (const [batch, keys] of batches.entries()) {
        const tally = { succeeded: keys.length, failed: 0, pending: 0, skipped: 0 };
        const succeeded = keys.map((key) => `${BUCKET},${encodeURIComponent(key)},,succeeded,200,,Successful\n`);
        const part = { scope: 'AllTasks', tally, succeeded: succeeded.join(''), failed: '', skipped: '', pending: [] };
        await put(workspaceKeys.part(FORMER, batch), encodePart(part as never), 'workspace');
      }
      return { Source: { FromJob: { JobId: 'former', Rows: 'succeeded' } } };
    },
    asRole: false,
    damaged: [
      async () => ({ Source: { FromJob: { JobId: 'unknown', Rows: 'failed' } } }),
      /There is no job unknown of this account/,
    ],
  },
};
const FORMER = 'jobs/former/';
const FORMER_REQUEST = {
  Manifest: { Spec, Location: { ObjectArn: 'arn:aws:s3:::lists/one.csv', ETag: 'e' } },
  Report: { Enabled: true, ReportScope: 'AllTasks' },
} as unknown as JobRequest;

export function contextOf(isFiltered: boolean, others: Partial<SourceContext> = {}): SourceContext {
  const { signal } = new AbortController();
  return {
    storeFor: () => store,
    workspace: { bucket: 'workspace', prefix: 'jobs/', store },
    account: '1',
    batchRows: 1_000,
    isFiltered,
    isTakenByRule: async ({ key }) => key.endsWith('.gz'),
    condition: (when) => rowCondition(when, new Date(NOW_MS), () => store, signal),
    formerJob: async (id) =>
      id === 'former' ? { request: FORMER_REQUEST, isRunning: false, hadTasks: async () => true } : undefined,
    listAs: {},
    nowMs: NOW_MS,
    signal,
    ...others,
  };
}
