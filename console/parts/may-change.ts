import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../client/session';

/** False for a key that may only view: what changes something is not offered then. */
export function useMayChange(): boolean {
  const { data } = useQuery(sessionQuery);
  return data !== undefined && data !== null && !data.viewOnly;
}
