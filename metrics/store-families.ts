import { LIMITS } from '../contracts/limits';
import {
  type BucketFigures,
  type CallFigures,
  LATENCY_BOUNDS_MS,
  type Measured,
  STATUS_CLASSES,
  type StoreFigures,
} from '../storage/figures';
import { type Family, histogramSamples, type Sample } from './family';

/** Buckets beyond the bound of labels are added up under this name, which no bucket has. */
export const OTHER_BUCKETS = '(others)';

/** The requests of a process to its stores, and their answers. */
export function storeFamilies(stores: Measured, now: () => number = Date.now): readonly Family[] {
  return [...callFamilies(stores), ...bucketFamilies(stores), silenceFamily(stores, now)];
}

function callFamilies(stores: Measured): readonly Family[] {
  const ofCalls = (samples: (call: CallFigures, labels: Record<string, string>) => readonly Sample[]) => () =>
    stores.figures().flatMap(({ store, calls }) => calls.flatMap((call) => samples(call, labelsOf(store, call))));
  return [
    {
      name: 'drover_store_requests_total',
      help: 'Requests to stores, by class of the HTTP status; none: without an answer.',
      type: 'counter',
      read: ofCalls(({ requests }, labels) =>
        STATUS_CLASSES.filter((name) => requests[name] > 0).map((name) => ({
          labels: { ...labels, status: name },
          value: requests[name],
        })),
      ),
    },
    {
      name: 'drover_store_request_duration_seconds',
      help: 'Time from a request to its answer, without the wait for its turn.',
      type: 'histogram',
      read: ofCalls(({ latencies, latencySumMs }, labels) =>
        histogramSamples(labels, LATENCY_BOUNDS_MS, latencies, latencySumMs),
      ),
    },
    {
      name: 'drover_store_retries_total',
      help: 'Requests that repeated another.',
      type: 'counter',
      read: ofCalls(({ retries }, labels) => [{ labels, value: retries }]),
    },
    {
      name: 'drover_store_slow_downs_total',
      help: 'Answers 503 or 429 that ask for fewer requests.',
      type: 'counter',
      read: ofCalls(({ slowDowns }, labels) => [{ labels, value: slowDowns }]),
    },
  ];
}

function labelsOf(store: string, { operation }: CallFigures): Record<string, string> {
  return { store, operation };
}

function bucketFamilies(stores: Measured): readonly Family[] {
  const ofBuckets = (value: (bucket: BucketFigures) => number) => () =>
    stores.figures().flatMap((figures) =>
      boundedBuckets(figures).map((each) => ({
        labels: { store: figures.store, bucket: each.bucket },
        value: value(each),
      })),
    );
  return [
    {
      name: 'drover_bucket_requests_limit',
      help: 'Requests that may be in flight to a bucket at present; of (others), the lowest.',
      type: 'gauge',
      read: ofBuckets(({ limit }) => limit),
    },
    {
      name: 'drover_bucket_requests_in_flight',
      help: 'Requests in flight to a bucket.',
      type: 'gauge',
      read: ofBuckets(({ inFlight }) => inFlight),
    },
    {
      name: 'drover_bucket_requests_waiting',
      help: 'Requests that wait for their turn at a bucket.',
      type: 'gauge',
      read: ofBuckets(({ waiting }) => waiting),
    },
  ];
}

/** The buckets that were used first keep their names, so that no line of a graph changes its meaning. */
function boundedBuckets({ buckets }: StoreFigures): readonly BucketFigures[] {
  const named = buckets.slice(0, LIMITS.metrics.bucketsMax);
  const others = buckets.slice(LIMITS.metrics.bucketsMax);
  if (others.length === 0) return named;
  const sum = { bucket: OTHER_BUCKETS, limit: Infinity, inFlight: 0, waiting: 0 };
  for (const { limit, inFlight, waiting } of others) {
    sum.limit = Math.min(sum.limit, limit);
    sum.inFlight += inFlight;
    sum.waiting += waiting;
  }
  return [...named, sum];
}

function silenceFamily(stores: Measured, now: () => number): Family {
  return {
    name: 'drover_store_silent_seconds',
    help: 'For how long a store has answered nothing that a job waits for; 0: it answers, or nobody asks.',
    type: 'gauge',
    read: () =>
      stores.figures().map(({ store, silentSinceMs }) => ({
        labels: { store },
        value: silentSinceMs === undefined ? 0 : Math.max(0, now() - silentSinceMs) / 1_000,
      })),
  };
}
