/** A question about a job costs API, Temporal and a worker some milliseconds each: asked 20 times a second, it slows what it waits for. */
const PAUSE_MIN_MS = 50;
const PAUSE_MAX_MS = 250;

/** Asks until `wanted` holds; rejects with the last answer when it does not within `timeoutMs`. */
export async function eventually<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (let pauseMs = PAUSE_MIN_MS; ; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 1.2)) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > until) throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
