/** Limits of the requests to stores. */
import { HOUR_MS, SECOND_MS } from './units';

/** Requests to a store. */
export const request = {
  /** Attempts of one S3 request: 5 with full jitter ride out a store's hiccup of some seconds. */
  attemptsMax: 5,
  /** When the store says slow down: more, because the adaptive limit eases off meanwhile. */
  slowDownAttemptsMax: 12,
  timeoutMs: 60 * SECOND_MS,
  /** A request with a body may take longer by the time this slow a line needs for it. */
  uploadBytesPerSecondMin: 128 * 1024,
  backoffBaseMs: 100,
  backoffMaxMs: 5 * SECOND_MS,
  /** The longest `Retry-After` that is obeyed in full. */
  retryAfterMaxMs: 30 * SECOND_MS,
  /** Bounds of the adaptive number of requests in flight to one bucket from one worker. */
  perBucketMin: 1,
  perBucketStart: 64,
  perBucketMax: 256,
} as const;

/** What is found out about a store, and when it counts as silent. */
export const store = {
  /** A job asks for a few calls in each of its buckets; of more than these some are found out anew. */
  findingsMax: 4_096,
  /** A store that was set up otherwise under way is seen again after this. */
  findingMs: HOUR_MS,
  /** A store that has answered nothing for so long is named as what a job waits for: longer than a hiccup, shorter than a time-out. */
  silenceToldMs: 10 * SECOND_MS,
  /** Before that it is asked for a sign of life: a copy of gigabytes answers when it is done. */
  silenceProbeMs: 5 * SECOND_MS,
  silenceProbeTimeoutMs: 10 * SECOND_MS,
  /** A batch that is to stop waits no longer for a store that has been silent for so long: pause and cancel take hold within 5 s. */
  silenceGivenUpMs: 2 * SECOND_MS,
  /** A worker tells a job of a silent store again no sooner than this, doubled each time: each word is four events in the job's history. */
  silenceToldAgainMs: 30 * SECOND_MS,
  silenceToldAgainMaxMs: HOUR_MS,
} as const;
