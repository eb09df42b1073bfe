import type { Workspace } from '../contracts/job';
import { workspaceKeys } from '../contracts/naming';
import type { Tally } from '../contracts/outcome';
import { slicePart } from '../reports';
import type { ListObjectsInput, ObjectStore, Stores } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import type { FlushedTally } from './chunk-reading';

/** A look at one job must not hang on its store. */
const TIMEOUT_MS = 5_000;

/** What the parts in a job's workspace say of a batch: the finished one, else the fullest of the open ones. */
export function flushedTally(stores: Pick<Stores, 'workspace'>): FlushedTally {
  return async (workspace, batch) => {
    const store = stores.workspace();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const key = await fullestPart(store, workspace, batch, signal);
    const found = key === undefined ? undefined : await tallyOfPart(store, workspace, key, signal);
    if (key === undefined || found) return found;
    // Open parts are removed once the finished one is there.
    return tallyOfPart(store, workspace, workspaceKeys.part(workspace.prefix, batch), signal);
  };
}

async function fullestPart(
  store: ObjectStore,
  { bucket, prefix }: Workspace,
  batch: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const finished = workspaceKeys.part(prefix, batch);
  const input = { Bucket: bucket, Prefix: workspaceKeys.partsOf(prefix, batch) };
  let fullest: { readonly key: string; readonly rows: number } | undefined;
  let next: Pick<ListObjectsInput, 'ContinuationToken'> | undefined = {};
  while (next) {
    const page = await store.listObjects({ ...input, ...next }, { signal });
    for (const { key } of page.objects) {
      if (key === finished) return key;
      const rows = rowsOf(key);
      if (rows > (fullest?.rows ?? 0)) fullest = { key, rows };
    }
    next = page.next;
  }
  return fullest?.key;
}

/** The name of an open part says how many rows it has. */
function rowsOf(key: string): number {
  return Number(/\.open-(\d+)-[0-9a-f]+$/.exec(key)?.[1] ?? 0);
}

async function tallyOfPart(
  store: ObjectStore,
  { bucket }: Workspace,
  key: string,
  signal: AbortSignal,
): Promise<Tally | undefined> {
  try {
    return slicePart(await store.read({ bucket, key }, { signal })).tally;
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}
