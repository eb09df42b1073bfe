import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseS3Arn } from '../../contracts/arn';
import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import type { JobManifest } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { CallOptions, ObjectRef, ObjectStore, ReadOptions } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { manifestRefusal } from '../manifest-refusal';
import { inventoryColumns } from './columns';

export interface InventoryFile {
  readonly key: string;
  readonly size: number;
  /** In small hexadecimal digits. */
  readonly md5?: string;
}

export interface InventoryManifest {
  /** The bucket of the files. The rows' buckets stand in the rows. */
  readonly bucket: string;
  readonly format: 'CSV' | 'Parquet';
  /** Those of CSV, in their order. Empty for Parquet, whose files name their columns themselves. */
  readonly columns: readonly string[];
  readonly files: readonly InventoryFile[];
}

const MD5 = /^[0-9a-f]{32}$/;
const MANIFEST_NAME = 'manifest.json';
const CHECKSUM_NAME = 'manifest.checksum';
/** An MD5 in hexadecimal digits and a line end. */
const CHECKSUM_BYTES_MAX = 100;

/** User guide, "Locating your inventory list". Members that are not needed pass, also those that AWS adds. */
const manifestSchema = z.object({
  destinationBucket: z.string().min(1).max(300),
  fileFormat: z.string().min(1).max(50),
  fileSchema: z.string().max(20_000),
  files: z
    .array(
      z.object({
        key: z.string().min(1).max(2_000),
        size: z.int().nonnegative(),
        MD5checksum: z.string().toLowerCase().regex(MD5, 'must be an MD5 in 32 hexadecimal digits').optional(),
      }),
    )
    .max(LIMITS.inventory.filesMax),
});

/**
 * Reads an inventory's manifest.json, with the ETag that the request names, and holds it to `manifest.checksum` beside it where
 * that can be read. Rejects with `InvalidManifestContent`, which names the object and the cause, also for ORC; with what
 * `manifestRefusal` makes of the store's answers.
 */
export async function readInventoryManifest(
  store: Pick<ObjectStore, 'readStream'>,
  location: JobManifest['Location'],
  options: CallOptions = {},
): Promise<InventoryManifest> {
  const { ObjectArn: arn, ObjectVersionId: versionId, ETag: ifMatch } = location;
  const { bucket = '', key = '' } = parseS3Arn(arn) ?? {};
  const ref = { bucket, key, ...defined({ versionId }) };
  try {
    const bytes = await readSmall(store, ref, LIMITS.inventory.manifestBytesMax, { ...options, ifMatch });
    if (bytes === undefined) {
      throw refusal(
        arn,
        `it has more than ${LIMITS.inventory.manifestBytesMax} bytes. Name the inventory's manifest.json`,
      );
    }
    await checkChecksum(store, ref, bytes, arn, options);
    return parseManifest(bytes, arn);
  } catch (error) {
    throw manifestRefusal(error, arn, versionId);
  }
}

/** Undefined when there are more bytes. */
async function readSmall(
  store: Pick<ObjectStore, 'readStream'>,
  ref: ObjectRef,
  bytesMax: number,
  options: ReadOptions,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (await store.readStream(ref, options)).body) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    chunks.push(new Uint8Array(chunk));
  }
  return Buffer.concat(chunks);
}

async function checkChecksum(
  store: Pick<ObjectStore, 'readStream'>,
  { bucket, key, versionId }: ObjectRef,
  manifest: Buffer,
  arn: string,
  options: CallOptions,
): Promise<void> {
  // The checksum of another version would say nothing of this one.
  if (!key.endsWith(MANIFEST_NAME) || versionId !== undefined) return;
  const checksumKey = key.slice(0, -MANIFEST_NAME.length) + CHECKSUM_NAME;
  let text: string | undefined;
  try {
    text = (await readSmall(store, { bucket, key: checksumKey }, CHECKSUM_BYTES_MAX, options))?.toString('latin1');
  } catch (error) {
    // A role that may not list the bucket is told 403 for what is not there.
    if (error instanceof StoreError && (error.httpStatus === 404 || error.httpStatus === 403)) return;
    throw error;
  }
  const expected = text?.trim().toLowerCase() ?? '';
  if (!MD5.test(expected)) throw refusal(arn, `${CHECKSUM_NAME} beside it is no MD5`);
  const found = createHash('md5').update(manifest).digest('hex');
  if (found !== expected) throw refusal(arn, `its MD5 is ${found}, and ${CHECKSUM_NAME} beside it says ${expected}`);
}

function parseManifest(bytes: Buffer, arn: string): InventoryManifest {
  const parsed = manifestSchema.safeParse(parseJson(bytes, arn));
  if (!parsed.success) throw refusal(arn, problemOf(parsed.error));
  const { destinationBucket, fileFormat, fileSchema, files } = parsed.data;
  const format = formatOf(fileFormat, arn);
  const bucket = parseS3Arn(destinationBucket)?.bucket ?? destinationBucket;
  if (bucket.includes('/') || bucket.includes(':')) {
    throw refusal(arn, `destinationBucket names no bucket: ${destinationBucket}`);
  }
  if (files.length === 0) throw refusal(arn, 'it lists no files: the inventory is empty');
  return {
    bucket,
    format,
    columns: format === 'CSV' ? csvColumns(fileSchema, arn) : [],
    files: files.map(({ key, size, MD5checksum: md5 }) => ({ key, size, ...defined({ md5 }) })),
  };
}

function parseJson(bytes: Buffer, arn: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw refusal(arn, "it is no JSON. Name the inventory's manifest.json, not one of its files", cause);
  }
}

function problemOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined ? 'it has another form' : `${issue.path.join('.') || 'it'}: ${issue.message}`;
}

function formatOf(fileFormat: string, arn: string): InventoryManifest['format'] {
  switch (fileFormat.toUpperCase()) {
    case 'CSV':
      return 'CSV';
    case 'PARQUET':
      return 'Parquet';
    case 'ORC':
      throw refusal(arn, 'its files are in ORC, which Drover does not read. Set the inventory to CSV or Parquet');
    default:
      throw refusal(arn, `its files are in the format ${fileFormat}: CSV and Parquet can be read`);
  }
}

function csvColumns(fileSchema: string, arn: string): readonly string[] {
  const names = fileSchema.split(',').map((name) => name.trim());
  if (names.length > LIMITS.inventory.columnsMax) {
    throw refusal(arn, `fileSchema has ${names.length} columns, and at most ${LIMITS.inventory.columnsMax} are read`);
  }
  const columns = inventoryColumns(names);
  if (typeof columns === 'string') throw refusal(arn, `fileSchema: ${columns}`);
  return names;
}

function refusal(arn: string, reason: string, cause?: unknown): DroverError {
  return new DroverError('InvalidManifestContent', `The inventory ${arn} can't be read: ${reason}`, { cause });
}
