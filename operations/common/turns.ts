import { unwatchAbort, watchAbort } from '../../storage/http/abort';
import type { ObjectStore } from '../../storage/object-store';

/** By store, bucket and key: each job has a client of its own for the same store. */
const turns = new Map<string, Promise<void>>();

export interface Held {
  readonly store: ObjectStore;
  readonly ref: { readonly bucket: string; readonly key: string };
}

/**
 * Does the work while no other such work of this process, of any job, is under way on one of the objects: where a store has no
 * condition for a request, or ignores it, two of them would overwrite or delete what the other has seen. Rejects with the signal's reason when that
 * aborts while it waits.
 */
export async function inTurn<T>(objects: readonly Held[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  // Always in the same order: else two that wait for each other would wait for ever.
  const ordered = [...objects].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const ends: (() => void)[] = [];
  try {
    for (const object of ordered) ends.push(await takeTurn(object, signal));
    return await work();
  } finally {
    for (const end of ends) end();
  }
}

async function takeTurn(object: Held, signal: AbortSignal): Promise<() => void> {
  const name = nameOf(object);
  const former = turns.get(name);
  let resolve = (): void => undefined;
  const ended = new Promise<void>((settle) => (resolve = settle));
  const mine = former === undefined ? ended : former.then(() => ended);
  turns.set(name, mine);
  void mine.then(() => {
    if (turns.get(name) === mine) turns.delete(name);
  });
  try {
    if (former) await orAborted(former, signal);
  } catch (error) {
    resolve();
    throw error;
  }
  return resolve;
}

function nameOf({ store, ref }: Held): string {
  return `${store.describe()} ${ref.bucket}/${ref.key}`;
}

async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let watcher: { onAbort: (reason: unknown) => void } | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    watcher = { onAbort: reject };
    watchAbort(signal, watcher);
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    if (watcher) unwatchAbort(signal, watcher);
  }
}
