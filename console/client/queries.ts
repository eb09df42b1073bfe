import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiError } from './api';

/** Pace at which a page that is looked at asks again. Pages in the background do not ask. */
export const LIVE_MS = 2_000;
const HEALTH_MS = 5_000;
/** How long what is known stays known while nothing shows it: as long as an outage may be looked at. */
const KEPT_MS = 60 * 60_000;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session is over: its own query says so, and the login stands in place of the page.
      const isSignedOut = error instanceof ApiError && error.httpStatus === 401;
      if (isSignedOut) void queryClient.invalidateQueries({ queryKey: ['session'] });
    },
  }),
  defaultOptions: {
    queries: {
      gcTime: KEPT_MS,
      // The API may run on this very machine.
      networkMode: 'always',
      retry: (failures, error) => failures < 1 && error instanceof ApiError && error.isOutage,
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always' },
  },
});

export interface Health {
  /** What does not answer, by name; empty: all is well. */
  readonly missing: readonly { readonly name: string; readonly message: string }[];
}

/** Resolves also when something is down: that is the answer. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => readHealth(signal),
  refetchInterval: HEALTH_MS,
  retry: false,
});

async function readHealth(signal: AbortSignal): Promise<Health> {
  try {
    const answer = (await (await fetch('/healthz', { signal })).json()) as Partial<Health>;
    return { missing: answer.missing ?? [] };
  } catch (error) {
    if (signal.aborted) throw error;
    return { missing: [{ name: 'The API', message: '' }] };
  }
}
