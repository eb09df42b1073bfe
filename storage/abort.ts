/** Something that a signal's abort ends. Called once, synchronously, with the signal's reason. */
export interface Abortable {
  onAbort(reason: unknown): void;
}

/**
 * One listener for each signal, however many requests hang on it: adding a listener for every request costs more than
 * signing it, and Node warns from the eleventh on.
 */
const watched = new WeakMap<AbortSignal, Set<Abortable>>();

export function watchAbort(signal: AbortSignal, target: Abortable): void {
  let targets = watched.get(signal);
  if (!targets) {
    const all = new Set<Abortable>();
    targets = all;
    watched.set(signal, all);
    signal.addEventListener(
      'abort',
      () => {
        for (const each of [...all]) each.onAbort(signal.reason);
        all.clear();
      },
      { once: true },
    );
  }
  targets.add(target);
}

export function unwatchAbort(signal: AbortSignal, target: Abortable): void {
  watched.get(signal)?.delete(target);
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const target: Abortable = {
      onAbort: (reason) => {
        clearTimeout(timer);
        reject(reason);
      },
    };
    const timer = setTimeout(() => {
      if (signal) unwatchAbort(signal, target);
      resolve();
    }, delayMs);
    if (signal) watchAbort(signal, target);
  });
}

/** Whose requests a signal ends: where requests wait for each other, owners are served by turns. */
const owners = new WeakMap<AbortSignal, string>();

/** Says whose the requests are that go under this signal. A side table, for a member of every call would cost every request. */
export function setOwner(signal: AbortSignal, owner: string): void {
  owners.set(signal, owner);
}

export function ownerOf(signal: AbortSignal): string | undefined {
  return owners.get(signal);
}
