import { queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas } from './api';

export type System = Schemas['System'];

/** The API asks Temporal and every store for it. */
const PACE_MS = 5_000;

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }): Promise<System> => answered(api.GET('/api/system', { signal })),
  refetchInterval: PACE_MS,
});
