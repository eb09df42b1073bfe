import { queryOptions } from '@tanstack/react-query';
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

/** Rejects with `ApiError`. The secret is sent once and kept nowhere. */
export function logIn(body: Login): Promise<Session> {
  return answered(api.POST('/api/session', { body }));
}

export async function logOut(): Promise<void> {
  await answered(api.DELETE('/api/session'));
}
