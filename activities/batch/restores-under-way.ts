import { compareBytes } from '../../storage/key-order';
import type { ListedEntry, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';

/** Objects of which a page of a thousand must tell: below, as many requests that look at one object each are not much dearer. */
const TOLD_MIN = 20;

/**
 * Keys of a bucket whose restore is under way, as far as listings tell: they save a look at each object. What is not among them has to be
 * looked at. A listing says nothing of success.
 */
export async function restoresUnderWay(
  store: ObjectStore,
  bucket: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const { restoreInListings, startAfter, listingOrder = 'bytes' } = store.profile;
  if (!restoreInListings || !startAfter || listingOrder !== 'bytes') return found;
  let left = [...new Set(keys)].sort(compareBytes);
  // The key that a page begins behind is looked at by itself.
  while (left.length > TOLD_MIN) {
    const [after = '', ...behind] = left;
    const entries = await listed(store, { bucket, after, signal });
    const told = new Set(entries.filter(({ restoreInProgress }) => restoreInProgress === true).map(({ key }) => key));
    for (const key of behind) if (told.has(key)) found.add(key);
    // Nothing told, or other keys between those that are awaited: it is not worth another page.
    if (told.size < TOLD_MIN) break;
    const last = entries.at(-1)?.key ?? '';
    left = behind.filter((key) => compareBytes(key, last) > 0);
  }
  return found;
}

interface Page {
  readonly bucket: string;
  readonly after: string;
  readonly signal: AbortSignal;
}

/** Nothing where the store refuses: the credentials may read objects and not list them. */
async function listed(store: ObjectStore, { bucket, after, signal }: Page): Promise<readonly ListedEntry[]> {
  try {
    return (await store.listPage({ bucket, after, versions: false, restores: true }, { signal })).entries;
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return [];
    throw error;
  }
}
