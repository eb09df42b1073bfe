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
