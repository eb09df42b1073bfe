import { csvFields, type JobManifest, type ManifestField } from '../../contracts/job';
import { inventoryColumns } from '../inventory/columns';
import type { InventoryManifest } from '../inventory/read-manifest';
import type { SourceRow } from '../sources/row';
import type { StoreColumns } from './print';
import { notByStore } from './refusal';

type Spec = JobManifest['Spec'];

/** Columns of a CSV manifest. Throws BadRequestException for a list that a store would read otherwise than Drover. */
export function csvStoreColumns(spec: Spec, files: readonly JobManifest['Location'][]): StoreColumns {
  const versioned = files.find(({ ObjectVersionId }) => ObjectVersionId !== undefined);
  if (versioned !== undefined) throw notByStore(`S3 Select reads no version by its id, as of ${versioned.ObjectArn}`);
  const fields = csvFields(spec);
  const names: Partial<Record<ManifestField, keyof SourceRow>> = { Bucket: 'bucket', Key: 'key' };
  const places = fields.flatMap((field, at) => (names[field] === undefined ? [] : [[names[field], at] as const]));
  return comparable(new Map(places), spec.KeyEncoding === 'Raw');
}

/** Columns of an inventory's CSV files. Throws BadRequestException as well for Parquet. */
export function inventoryStoreColumns({ format, columns }: InventoryManifest, spec: Spec): StoreColumns {
  if (format !== 'CSV') throw notByStore(`the inventory is ${format}; only CSV is left to the store`);
  const places = inventoryColumns(columns);
  if (typeof places === 'string') throw new TypeError(places);
  return comparable(places, spec.KeyEncoding === 'Raw');
}

function comparable(places: StoreColumns, isKeyRaw: boolean): StoreColumns {
  if (places.get('bucket') !== 0) {
    throw notByStore('S3 Select leaves out lines that begin with #, so that the bucket must be the first column');
  }
  // An encoded key has more than one spelling; an empty version id stands for one, and an ETag may stand in quotes.
  const left: readonly (keyof SourceRow)[] = isKeyRaw ? ['versionId', 'etag'] : ['key', 'versionId', 'etag'];
  return new Map([...places].filter(([member]) => !left.includes(member)));
}
