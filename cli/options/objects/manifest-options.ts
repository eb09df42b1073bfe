import { bucketArn } from '../../../contracts/arn';
import { defined } from '../../../contracts/defined';
import type { JobManifest, ManifestField } from '../../../contracts/job';
import type { ManifestLocation, ManifestPattern } from '../../../contracts/source';
import { UsageError } from '../../usage-error';
import { named, unknownName } from '../names';
import { isS3Uri, s3Uri } from './s3-uri';
import { sendFile, sendOnce, type SourceIo } from './spool';

export interface ManifestOptions {
  readonly manifest?: readonly string[];
  readonly inventory?: readonly string[];
  readonly manifestVersion?: string;
  readonly etag?: string;
  readonly format?: string;
  readonly fields?: string;
  readonly keyEncoding?: string;
  readonly emptyVersion?: string;
  readonly deleteMarkers?: string;
}

const COLUMNS: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId', 'Ignore'];

/** What only some manifests have, and by which flag. */
const CSV_FLAGS = { fields: '--fields', keyEncoding: '--key-encoding', emptyVersion: '--empty-version' } as const;
const OBJECT_FLAGS = { etag: '--etag', manifestVersion: '--manifest-version' } as const;

/** `Manifest` for one object, `Source` for several or a pattern; local files are sent to the API first. Throws `UsageError`. */
export async function manifestMembers(options: ManifestOptions, io: SourceIo): Promise<Record<string, unknown>> {
  const { manifest = [], inventory = [] } = options;
  if (manifest.length > 0 && inventory.length > 0) {
    throw new UsageError('--manifest and --inventory cannot be combined');
  }
  const isInventory = inventory.length > 0 || options.format === 'inventory';
  if (inventory.length > 0 && options.format === 'csv') {
    throw new UsageError('--inventory and --format csv cannot be combined');
  }
  const flag = inventory.length > 0 ? '--inventory' : '--manifest';
  const Spec = specOf(options, isInventory);
  const given = [...manifest, ...inventory];
  if (given.filter((one) => one === '-').length > 1) throw new UsageError(`${flag} - is given twice`);
  checkObjectFlags(options, given);
  const Locations: (ManifestLocation | ManifestPattern)[] = [];
  for (const one of given) Locations.push(await locationOf(one, flag, isInventory, options, io));
  const [only] = Locations;
  if (only !== undefined && Locations.length === 1 && 'ObjectArn' in only) {
    return { Manifest: { Spec, Location: only } };
  }
  return { Source: { Manifests: { Spec, Locations } } };
}

function specOf(options: ManifestOptions, isInventory: boolean): JobManifest['Spec'] {
  const { fields = 'Bucket,Key', keyEncoding, emptyVersion, deleteMarkers } = options;
  if (!isInventory) {
    if (deleteMarkers !== undefined) throw new UsageError('--delete-markers is for inventories');
    return {
      Format: 'S3BatchOperations_CSV_20180820',
      Fields: fields.split(',').map(columnOf),
      ...(keyEncoding === undefined ? {} : { KeyEncoding: keyEncoding === 'raw' ? 'Raw' : 'Url' }),
      ...(emptyVersion === undefined ? {} : { EmptyVersionId: emptyVersion === 'newest' ? 'Newest' : 'Refuse' }),
    };
  }
  for (const [name, flag] of Object.entries(CSV_FLAGS)) {
    if (options[name as keyof typeof CSV_FLAGS] !== undefined) {
      throw new UsageError(`${flag} is for CSV manifests: an inventory says itself what its columns are`);
    }
  }
  return {
    Format: 'S3InventoryReport_CSV_20161130',
    ...(deleteMarkers === undefined ? {} : { DeleteMarkers: deleteMarkers === 'keep' ? 'Keep' : 'Skip' }),
  };
}

function columnOf(given: string): ManifestField {
  const column = named(given.replaceAll(/[-_ ]/g, ''), COLUMNS);
  if (column !== undefined) return column;
  throw new UsageError(`--fields: ${unknownName('column', given.trim(), COLUMNS)}`);
}

function checkObjectFlags(options: ManifestOptions, given: readonly string[]): void {
  const [only = ''] = given;
  if (given.length === 1 && isS3Uri(only) && !isPattern(only)) return;
  for (const [name, flag] of Object.entries(OBJECT_FLAGS)) {
    if (options[name as keyof typeof OBJECT_FLAGS] === undefined) continue;
    throw new UsageError(`${flag} goes with one manifest in a store, such as --manifest s3://bucket/key`);
  }
}

async function locationOf(
  given: string,
  flag: string,
  isInventory: boolean,
  { etag, manifestVersion }: ManifestOptions,
  io: SourceIo,
): Promise<ManifestLocation | ManifestPattern> {
  if (!isS3Uri(given)) {
    if (isInventory) {
      throw new UsageError(`${flag} must name an inventory's manifest.json, such as s3://bucket/key, not '${given}'`);
    }
    return given === '-' ? sendOnce(io.stdin, 'stdin', io) : sendFile(given, given, io);
  }
  const { bucket, key } = s3Uri(given, flag);
  if (key === '') throw new UsageError(`${flag} must name an object, such as s3://bucket/key, not '${given}'`);
  if (isPattern(key)) return { Bucket: bucket, KeyPattern: key };
  return {
    ObjectArn: `${bucketArn(bucket)}/${key}`,
    ...defined({ ObjectVersionId: manifestVersion, ETag: etag }),
  };
}

/** A key that has one of these is named by its ARN, in --request. */
function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}
