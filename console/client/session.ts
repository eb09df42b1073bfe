import { type Query, type QueryClient, queryOptions } from '@tanstack/react-query';
import { answered, api, ApiError, type Schemas } from './api';

export type Session = Schemas['Session'];
export type Login = Schemas['Login'];

/** The key that is signed in; null: nobody is, and somebody must. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }): Promise<Session | null> => readSession(signal),
  staleTime: Infinity,
});

async function readSession(signal: AbortSignal): Promise<Session | null> {
  try {
    return await answered(api.GET('/api/session', { signal }));
  } catch (error) {
    if (error instanceof ApiError && error.httpStatus === 401) return null;
    throw error;
  }
}

/** Another is signed in now, or nobody: what the former one saw is forgotten. */
export function takeSession(queries: QueryClient, session: Session | null): void {
  // Pages hold on to the query of the session, and to that of the API's health, which needs no login: these two stay.
  const isKept = ({ queryKey: [name] }: Query): boolean => name === 'session' || name === 'health';
  queries.setQueryData(sessionQuery.queryKey, session);
  queries.removeQueries({ predicate: (query) => !isKept(query) });
}

/** Rejects with `ApiError`. The secret is sent once and kept nowhere. */
export function logIn(body: Login): Promise<Session> {
  return answered(api.POST('/api/session', { body }));
}

export async function logOut(): Promise<void> {
  await answered(api.DELETE('/api/session'));
}
