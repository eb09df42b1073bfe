import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { openApiQuery, operationsQuery } from '../client/operations';
import { type RequestSchemas, requestSchemas } from './request-schemas';

/** What the API says of requests; undefined until it has, or when it does not. */
export function useRequestSchemas(): { readonly schemas: RequestSchemas | undefined; readonly error: Error | null } {
  const operations = useQuery(operationsQuery);
  const openApi = useQuery(openApiQuery);
  const schemas = useMemo(
    () => (operations.data && openApi.data !== undefined ? requestSchemas(operations.data, openApi.data) : undefined),
    [operations.data, openApi.data],
  );
  return { schemas, error: operations.error ?? openApi.error };
}
