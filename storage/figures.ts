/**
 * The requests of a process to a store, as plain numbers that only grow. Counting is a few additions, since every request of every
 * task pays for it; the numbers are read when somebody asks.
 */
export interface StoreFigures {
  /** Name of the store; `FUNCTION_SERVICE` and `WEBHOOKS` for what is no store. */
  readonly store: string;
  readonly calls: readonly CallFigures[];
  readonly buckets: readonly BucketFigures[];
  /** Since when the store owes an answer and has answered nobody, milliseconds since 1970; undefined: it answers. */
  readonly silentSinceMs: number | undefined;
}

export interface CallFigures {
  /** As S3 calls it: `PutObject`. */
  readonly operation: string;
  /** Requests that were answered, by class (`2xx`), and `none`: without an answer. */
  readonly requests: Readonly<Record<StatusClass, number>>;
  /** Those that repeated another. */
  readonly retries: number;
  /** Answers 503 or 429 that ask for fewer requests. */
  readonly slowDowns: number;
  /** Requests by latency: those that took at most `LATENCY_BOUNDS_MS` of the same index, and one more for all others. */
  readonly latencies: readonly number[];
  readonly latencySumMs: number;
}

/** The adaptive limit of one bucket, in requests. */
export interface BucketFigures {
  readonly bucket: string;
  readonly limit: number;
  readonly inFlight: number;
  readonly waiting: number;
}

export type StatusClass = (typeof STATUS_CLASSES)[number];

export const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx', 'none'] as const;

/** Names that no store has: those of stores begin with a letter or digit. The workspace counts apart from the store it lies in. */
export const WORKSPACE = '(workspace)';
export const FUNCTION_SERVICE = '(functions)';
export const WEBHOOKS = '(webhooks)';
export const VAULT_SERVICE = '(vaults)';

/** Where figures are read. */
export interface Measured {
  figures(): readonly StoreFigures[];
}

/** From a store in the same rack to one that is in trouble. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000, 30_000,
];

/** One call of one store. */
export class CallCounts {
  private readonly byClass = [0, 0, 0, 0, 0];
  private readonly byLatency = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  private sumMs = 0;
  retries = 0;
  slowDowns = 0;

  constructor(readonly operation: string) {}

  /** `httpStatus` is 0 for a request without an answer. */
  count(httpStatus: number, ms: number): void {
    const at = httpStatus < 200 ? 4 : Math.min(Math.trunc(httpStatus / 100) - 2, 3);
    this.byClass[at] = (this.byClass[at] ?? 0) + 1;
    let bound = 0;
    while (bound < LATENCY_BOUNDS_MS.length && ms > (LATENCY_BOUNDS_MS[bound] ?? Infinity)) bound += 1;
    this.byLatency[bound] = (this.byLatency[bound] ?? 0) + 1;
    this.sumMs += ms;
  }

  get figures(): CallFigures {
    const requests = Object.fromEntries(
      STATUS_CLASSES.map((name, at): [StatusClass, number] => [name, this.byClass[at] ?? 0]),
    ) as Record<StatusClass, number>;
    const { operation, retries, slowDowns, sumMs } = this;
    return { operation, requests, retries, slowDowns, latencies: [...this.byLatency], latencySumMs: sumMs };
  }
}

/** The calls of one store; there are as many as S3 has. */
export class RequestCounts {
  private readonly calls = new Map<string, CallCounts>();

  of(operation: string): CallCounts {
    let counts = this.calls.get(operation);
    if (!counts) this.calls.set(operation, (counts = new CallCounts(operation)));
    return counts;
  }

  get figures(): readonly CallFigures[] {
    return [...this.calls.values()].map(({ figures }) => figures);
  }
}
