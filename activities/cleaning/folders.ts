import { DroverError } from '../../contracts/engine/failures';
import { workspaceKeys } from '../../contracts/engine/naming';
import type { Workspace } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { ListCursor, ListedPage, ListPageInput, ObjectStore } from '../../storage/object-store';

/** What lies below a prefix, in the hands of one round of cleaning. */
export interface Folder extends Workspace {
  readonly store: ObjectStore;
  readonly signal: AbortSignal;
}

const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Jobs that have a folder, in the order of their ids; what is no job's folder is not looked at. */
export async function* jobIdsOf(folder: Folder, after: string | undefined): AsyncGenerator<string> {
  const from = after === undefined ? {} : { after: `${folder.prefix}${after}/` };
  for await (const { prefixes } of pagesOf(folder, { delimiter: '/', ...from })) {
    for (const prefix of prefixes) {
      const name = prefix.slice(folder.prefix.length, -1);
      // A store that does not know where to go on begins anew.
      if (JOB_ID.test(name) && (after === undefined || name > after)) yield name;
    }
  }
}

/**
 * How many objects it has; undefined when one was written since then, or names a multipart upload that is left: without these notes
 * nobody finds the parts. An age that the store does not tell counts as young.
 */
export async function oldObjectsIn(folder: Folder, untilMs: number): Promise<number | undefined> {
  const uploads = workspaceKeys.allUploads(folder.prefix);
  let objects = 0;
  for await (const { entries } of pagesOf(folder)) {
    const keeps = entries.some(
      ({ key, lastModifiedMs = Infinity }) => lastModifiedMs >= untilMs || key.startsWith(uploads),
    );
    if (keeps) return undefined;
    objects += entries.length;
  }
  return objects;
}

/**
 * Removes all that is in it. The index goes first: whoever reads rows of the job at this moment looks for it at the end, and then
 * knows that some may have been missing.
 */
export async function removeFolder(folder: Folder, alive: () => void): Promise<void> {
  const { store, bucket, prefix, signal } = folder;
  await store.remove({ bucket, key: workspaceKeys.index(prefix) }, { signal });
  for await (const { entries } of pagesOf(folder)) {
    for (let at = 0; at < entries.length; at += LIMITS.cleaning.requestsInFlight) {
      const some = entries.slice(at, at + LIMITS.cleaning.requestsInFlight);
      await Promise.all(some.map(({ key }) => store.remove({ bucket, key }, { signal })));
      alive();
    }
  }
}

/** Rejects with StoreRefused for a listing that says it has more and not where. */
export async function* pagesOf(
  { store, bucket, prefix, signal }: Folder,
  more: Pick<ListPageInput, 'after' | 'delimiter'> = {},
): AsyncGenerator<ListedPage> {
  let next: ListCursor | undefined;
  do {
    const from = next === undefined ? more : { ...(more.delimiter && { delimiter: more.delimiter }), next };
    const page = await store.listPage({ bucket, prefix, versions: false, ...from }, { signal });
    yield page;
    if (!page.isTruncated) return;
    if (page.next === undefined) {
      throw new DroverError('StoreRefused', `The listing of ${bucket}/${prefix} has more and does not say where`);
    }
    next = page.next;
  } while (!signal.aborted);
  signal.throwIfAborted();
}
