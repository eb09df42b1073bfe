import { queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas } from './api';

export type OperationList = Schemas['OperationList'];
export type Operation = OperationList['operations'][number];

/** What jobs can do to objects. It changes with the API's version alone. */
export const operationsQuery = queryOptions({
  queryKey: ['operations'],
  queryFn: ({ signal }): Promise<OperationList> => answered(api.GET('/api/operations', { signal })),
  staleTime: Infinity,
});

/** The OpenAPI document: the schemas of everything else in a request. */
export const openApiQuery = queryOptions({
  queryKey: ['openapi'],
  queryFn: ({ signal }): Promise<unknown> => answered(api.GET('/api/openapi.json', { signal })),
  staleTime: Infinity,
});
