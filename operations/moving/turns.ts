import { unwatchAbort, watchAbort } from '../../storage/http/abort';
import type { ObjectStore } from '../../storage/object-store';

/** By store, then by bucket and key. */
const turns = new WeakMap<ObjectStore, Map<string, Promise<void>>>();

export interface Held {
  readonly store: ObjectStore;
  readonly ref: { readonly bucket: string; readonly key: string };
}

/**
 * Does the work while no other work of this process is under way on one of the objects: a store that ignores the conditions
 * of a request would let two of them overwrite or delete what the other has seen. Rejects with the signal's reason when that
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
  const ofStore = turns.get(object.store) ?? new Map<string, Promise<void>>();
  turns.set(object.store, ofStore);
  const name = nameOf(object);
  const former = ofStore.get(name);
  let resolve = (): void => undefined;
  const ended = new Promise<void>((settle) => (resolve = settle));
  const mine = former === undefined ? ended : former.then(() => ended);
  ofStore.set(name, mine);
  void mine.then(() => {
    if (ofStore.get(name) === mine) ofStore.delete(name);
  });
  try {
    if (former) await orAborted(former, signal);
  } catch (error) {
    resolve();
    throw error;
  }
  return resolve;
}

function nameOf({ ref }: Held): string {
  return `${ref.bucket}/${ref.key}`;
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
