import { rmSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A file or folder that a command fills and removes by itself: a signal that ends the program meanwhile leaves nothing of it. Holds until
 * the function that it gives back is called.
 */
export function removedOnSignal(path: string): () => void {
  const remove = (signal: NodeJS.Signals): void => {
    release();
    rmSync(path, { recursive: true, force: true });
    // Nobody listens any more: the program ends as it would have.
    process.kill(process.pid, signal);
  };
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, remove);
  };
  for (const signal of SIGNALS) process.on(signal, remove);
  return release;
}
