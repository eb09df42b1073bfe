import { LIMITS } from '../../contracts/limits';
import { compareBytes } from '../../storage/key-order';
import type { ListedEntry, ListedPage, ObjectRef, ObjectStore } from '../../storage/object-store';

/** What a listing says of one object's restore. */
export type ListedState = 'readable' | 'in-progress';

interface Walk {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly versions: boolean;
  readonly signal: AbortSignal;
}

/**
 * What listings tell of the restores of these objects, all of one bucket and in the order of their keys' bytes; all with a version
 * id, or none. One request looks at 1,000 neighbours. Objects are left out of which the listing does not tell: the first of each
 * stretch, those that are few among many others, and all where the store lists no restore states, or not in the order of bytes. Rejects
 * with `StoreError`.
 */
export async function listedStates(
  refs: readonly ObjectRef[],
  { store, signal }: Pick<Walk, 'store' | 'signal'>,
): Promise<ReadonlyMap<ObjectRef, ListedState>> {
  const states = new Map<ObjectRef, ListedState>();
  const [first] = refs;
  const { restoreInListings, startAfter, listingOrder = 'bytes' } = store.profile;
  if (first === undefined || !restoreInListings || !startAfter || listingOrder !== 'bytes') return states;
  const walk = { store, bucket: first.bucket, versions: first.versionId !== undefined, signal };
  for (let at = 0; at + LIMITS.restore.listedMin < refs.length;) {
    const stretch = await listStretch(walk, refs, at, states);
    if (stretch.isSilent) break;
    at = stretch.end + (stretch.end < refs.length ? LIMITS.restore.passedOver : 0);
  }
  return states;
}

interface Stretch {
  /** The first object that was not come to. */
  readonly end: number;
  /** The listing has the objects and says nothing of their restores. */
  readonly isSilent: boolean;
}

/** Lists on from the object at `from` while pages hold enough of the objects to be worth their price. */
async function listStretch(
  walk: Walk,
  refs: readonly ObjectRef[],
  from: number,
  states: Map<ObjectRef, ListedState>,
): Promise<Stretch> {
  // A listing begins after a key: the first object is left to a look of its own.
  let at = from + 1;
  let after: Pick<Parameters<ObjectStore['listPage']>[0], 'after' | 'next'> = { after: refs[from]?.key ?? '' };
  while (at < refs.length) {
    const page = await listed(walk, after);
    const end = endOfPage(page, refs, at, walk.versions);
    const byName = new Map(page.entries.map((entry) => [nameOf(entry.key, entry.versionId, walk.versions), entry]));
    const found = refs.slice(at, end);
    const before = states.size;
    for (const ref of found) {
      const state = stateOf(byName.get(nameOf(ref.key, ref.versionId, walk.versions)));
      if (state !== undefined) states.set(ref, state);
    }
    at = end;
    if (found.length > 0 && states.size === before) return { end: at, isSilent: true };
    if (page.next === undefined || found.length < LIMITS.restore.listedMin) break;
    after = { next: page.next };
  }
  return { end: at, isSilent: false };
}

function listed({ store, bucket, versions, signal }: Walk, from: object): Promise<ListedPage> {
  return store.listPage({ bucket, versions, restores: true, ...from }, { signal });
}

/** Number of the first object that lies behind the page. */
function endOfPage(
  { entries, isTruncated }: ListedPage,
  refs: readonly ObjectRef[],
  at: number,
  versions: boolean,
): number {
  const last = entries.at(-1)?.key;
  if (!isTruncated) return refs.length;
  if (last === undefined) return at;
  let end = at;
  // The versions of the last key may go on in the next page.
  const isWithin = (key: string): boolean => compareBytes(key, last) < (versions ? 0 : 1);
  while (end < refs.length && isWithin(refs[end]?.key ?? '')) end += 1;
  return end;
}

function nameOf(key: string, versionId: string | undefined, versions: boolean): string {
  return versions ? `${versionId ?? ''} ${key}` : key;
}

function stateOf(entry: ListedEntry | undefined): ListedState | undefined {
  if (entry?.restoreInProgress === undefined) return undefined;
  return entry.restoreInProgress ? 'in-progress' : 'readable';
}
