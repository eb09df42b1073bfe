import { setTimeout as delay } from 'node:timers/promises';

/** One request of a client; `index` counts over all clients. */
export type Call = (index: number) => Promise<void>;

/** Each client sends its next request when the last was answered. Resolves with the milliseconds of every request. */
export async function closedLoop(clients: number, requests: number, call: Call): Promise<number[]> {
  const times: number[] = [];
  await inLanes(clients, requests, async (index) => {
    const start = performance.now();
    await call(index);
    times.push(performance.now() - start);
  });
  return times;
}

/**
 * Each client sends a request every `intervalMs`, all of them evenly spread. The time of a request counts from when it was due:
 * one that had to wait for its predecessor must not look fast. Resolves with the milliseconds of every request.
 */
export async function paced(clients: number, intervalMs: number, requests: number, call: Call): Promise<number[]> {
  const times: number[] = [];
  const start = performance.now();
  const client = async (first: number): Promise<void> => {
    for (let index = first; index < requests; index += clients) {
      const due = start + (index / clients) * intervalMs;
      await delay(Math.max(0, due - performance.now()));
      await call(index);
      times.push(performance.now() - due);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, first) => client(first)));
  return times;
}

/** Does `work` for 0 to `count` - 1, at most `lanes` at a time. */
export async function inLanes(lanes: number, count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

export interface Wait<Seen> {
  /** For the message when it takes too long. */
  readonly what: string;
  readonly look: () => Promise<Seen>;
  readonly reached: (seen: Seen) => boolean;
  /** Throws when what was seen can't become what is waited for. */
  readonly refuse?: (seen: Seen) => void;
  readonly pollMs: number;
  readonly timeoutMs: number;
}

/** Resolves with what was seen last. Rejects after `timeoutMs`. */
export async function waitFor<Seen>({ what, look, reached, refuse, pollMs, timeoutMs }: Wait<Seen>): Promise<Seen> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (reached(seen)) return seen;
    refuse?.(seen);
    if (performance.now() > deadline) {
      const last = (JSON.stringify(seen) as string | undefined)?.slice(0, 1_000) ?? '';
      throw new Error(`waited ${String(timeoutMs / 1_000)} s for ${what}: ${last}`);
    }
    await delay(pollMs);
  }
}
