import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import type { JobManifest, Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { ManifestsSource } from '../../contracts/source';
import { INVENTORY_MEMBERS, type InventoryManifest, readInventoryFile, readInventoryManifest } from '../inventory';
import { CANONICAL_FORM } from '../segments/canonical-row';
import { inventoryStoreColumns, selectedText, selectForStore } from '../select-by-store';
import { storeOfManifest } from '../store-of-manifest';
import { pagesOfFiles } from './file-pages';
import { inParts } from './in-parts';
import { type Located, manifestFiles } from './manifest-files';
import { sequentialReading, type SourceContext, type SourceDefinition } from './source';

/** Some files of an inventory, which one activity reads. JSON. */
interface InventoryPart {
  readonly manifest: InventoryManifest;
  readonly spec: JobManifest['Spec'];
  /** Rows are to tell more than their names. */
  readonly isFiltered: boolean;
  /** S3 Select's SQL, which the store carries out first. */
  readonly select?: string;
}

/** S3 Inventory reports, CSV or Parquet, each named by its manifest.json. */
export const inventory: SourceDefinition<ManifestsSource> = {
  name: 'inventory',

  async plan({ Manifests: { Spec, Locations } }, context) {
    const found = await manifestFiles(Locations, context);
    if (found.length > LIMITS.source.partsMax) throw tooMany(found.length);
    const partsEach = Math.floor(LIMITS.source.partsMax / found.length);
    const parts: InventoryPart[] = [];
    for (const location of found) parts.push(...(await partsOf(location, Spec, partsEach, context)));
    const files = parts.reduce((sum, { manifest }) => sum + manifest.files.length, 0);
    return { parts: parts as unknown as Json[], form: CANONICAL_FORM, files };
  },

  open(part, left, context) {
    const { manifest, spec, isFiltered, select } = part as unknown as InventoryPart;
    const store = context.storeFor(manifest.bucket);
    const pages = pagesOfFiles(manifest.files, left, context, (file, cursor) =>
      readInventoryFile(store, manifest, file, {
        deleteMarkers: spec.DeleteMarkers ?? 'Skip',
        keyEncoding: spec.KeyEncoding,
        select:
          select === undefined ? undefined : (ref, etag) => selectedText(store, ref, etag, select, context.signal),
        members: isFiltered ? INVENTORY_MEMBERS : [],
        cursor,
        meter: context.meter,
        signal: context.signal,
      }),
    );
    return sequentialReading(left, pages);
  },
};

async function partsOf(
  location: Located,
  spec: JobManifest['Spec'],
  partsMax: number,
  context: SourceContext,
): Promise<InventoryPart[]> {
  const { store } = storeOfManifest(location, context);
  const manifest = await readInventoryManifest(store, location, { signal: context.signal });
  const select = await selectForStore(context, () => inventoryStoreColumns(manifest, spec));
  const { isFiltered } = context;
  return inParts(manifest.files, partsMax).map((files) => ({
    manifest: { ...manifest, files },
    spec,
    isFiltered,
    ...defined({ select }),
  }));
}

function tooMany(found: number): DroverError {
  const message = `The job has ${found} inventories; at most ${LIMITS.source.partsMax} are read. Make several jobs of them`;
  return new DroverError('InvalidManifestContent', message);
}
