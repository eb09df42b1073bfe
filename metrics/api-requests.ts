import { type Family, histogramSamples } from './family';

/** From a cached listing to a report that is downloaded. */
const DURATION_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000, 30_000];
/** Requests for what is no call of the API. */
const NO_CALL = '(none)';

interface CallOfApi {
  readonly byClass: Map<string, number>;
  readonly byDuration: number[];
  sumMs: number;
}

/** Answers of the API, by call: there are as many as the two APIs have. */
export class ApiRequests {
  private readonly calls = new Map<string, CallOfApi>();

  answered(operation: string | undefined, httpStatus: number, durationMs: number): void {
    const call = this.callOf(operation ?? NO_CALL);
    const status = `${Math.trunc(httpStatus / 100)}xx`;
    call.byClass.set(status, (call.byClass.get(status) ?? 0) + 1);
    const found = DURATION_BOUNDS_MS.findIndex((bound) => durationMs <= bound);
    const at = found < 0 ? DURATION_BOUNDS_MS.length : found;
    call.byDuration[at] = (call.byDuration[at] ?? 0) + 1;
    call.sumMs += durationMs;
  }

  get families(): readonly Family[] {
    return [
      {
        name: 'drover_api_requests_total',
        help: 'Requests that the API has answered, by call and class of the HTTP status.',
        type: 'counter',
        read: () =>
          [...this.calls].flatMap(([operation, { byClass }]) =>
            [...byClass].map(([status, value]) => ({ labels: { operation, status }, value })),
          ),
      },
      {
        name: 'drover_api_request_duration_seconds',
        help: 'Time from a request to the end of its answer.',
        type: 'histogram',
        read: () =>
          [...this.calls].flatMap(([operation, { byDuration, sumMs }]) =>
            histogramSamples({ operation }, DURATION_BOUNDS_MS, byDuration, sumMs),
          ),
      },
    ];
  }

  private callOf(operation: string): CallOfApi {
    let call = this.calls.get(operation);
    if (!call) this.calls.set(operation, (call = { byClass: new Map(), byDuration: [], sumMs: 0 }));
    return call;
  }
}
