import { queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas } from './api';

export type AllPaused = Schemas['AllPaused'];

/** A pause is made by people, and tells which jobs have still to stop. */
const PACE_MS = 5_000;

/** Whether all jobs of the account are paused. */
export const pauseQuery = queryOptions({
  queryKey: ['pause'],
  queryFn: ({ signal }): Promise<AllPaused> => answered(api.GET('/api/pause', { signal })),
  refetchInterval: PACE_MS,
});

/** Rejects with `ApiError`. */
export function pauseAll(reason: string): Promise<AllPaused> {
  return answered(api.PUT('/api/pause', { body: reason === '' ? {} : { reason } }));
}

export function resumeAll(): Promise<AllPaused> {
  return answered(api.DELETE('/api/pause'));
}
