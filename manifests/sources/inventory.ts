import { defined } from '../../contracts/defined';
import type { JobManifest, Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { INVENTORY_MEMBERS, type InventoryManifest, readInventoryFile, readInventoryManifest } from '../inventory';
import { CANONICAL_FORM } from '../segments/canonical-row';
import { inventoryStoreColumns, selectedText, selectForStore } from '../select-by-store';
import { storeOfManifest } from '../store-of-manifest';
import { inParts } from './in-parts';
import { type SequentialPage, sequentialReading, type SourceContext, type SourceDefinition } from './source';

/** Some files of an inventory, which one activity reads. JSON. */
interface InventoryPart {
  readonly manifest: InventoryManifest;
  readonly spec: JobManifest['Spec'];
  /** Rows are to tell more than their names. */
  readonly isFiltered: boolean;
  /** S3 Select's SQL, which the store carries out first. */
  readonly select?: string;
}

interface InventoryCursor {
  readonly file: number;
  readonly within: Json;
}

/** An S3 Inventory report, CSV or Parquet, named by its manifest.json. */
export const inventory: SourceDefinition<JobManifest> = {
  name: 'inventory',

  async plan({ Location, Spec }, context) {
    const { store } = storeOfManifest(Location, context);
    const manifest = await readInventoryManifest(store, Location, { signal: context.signal });
    const select = await selectForStore(context, () => inventoryStoreColumns(manifest, Spec));
    const parts = inParts(manifest.files, LIMITS.source.partsMax).map((files) => {
      const part: InventoryPart = {
        manifest: { ...manifest, files },
        spec: Spec,
        isFiltered: context.isFiltered,
        ...defined({ select }),
      };
      return part as unknown as Json;
    });
    return { parts, form: CANONICAL_FORM, files: manifest.files.length };
  },

  open(part, left, context) {
    const cursor = left as unknown as InventoryCursor | undefined;
    return sequentialReading(left, readFiles(part as unknown as InventoryPart, cursor, context));
  },
};

async function* readFiles(
  { manifest, spec, isFiltered, select }: InventoryPart,
  left: InventoryCursor | undefined,
  context: SourceContext,
): AsyncGenerator<SequentialPage> {
  const store = context.storeFor(manifest.bucket);
  for (let file = left?.file ?? 0; file < manifest.files.length; file++) {
    const pages = readInventoryFile(store, manifest, manifest.files[file]!, {
      deleteMarkers: spec.DeleteMarkers ?? 'Skip',
      keyEncoding: spec.KeyEncoding,
      select: select === undefined ? undefined : (ref, etag) => selectedText(store, ref, etag, select, context.signal),
      members: isFiltered ? INVENTORY_MEMBERS : [],
      cursor: file === left?.file ? left.within : undefined,
      onBytes: (bytes) => context.meter?.bytes(bytes),
      signal: context.signal,
    });
    for await (const { cursor: within, ...page } of pages) {
      const cursor: InventoryCursor = { file, within };
      yield { ...page, cursor: cursor as unknown as Json };
    }
    context.meter?.filesDone(file + 1);
  }
}
