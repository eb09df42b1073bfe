import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { healthQuery } from '../client/queries';
import { systemQuery } from '../client/system';
import { Time } from '../parts/time';

/** Pages that show stores ask more often. */
const STORES_MS = 15_000;

/** While a part of the installation is down: which, and since when what is shown is old. */
export function Outage({ isSignedIn }: { readonly isSignedIn: boolean }) {
  const { data, dataUpdatedAt } = useQuery(healthQuery);
  const { data: system } = useQuery({ ...systemQuery, refetchInterval: STORES_MS, enabled: isSignedIn });
  const missing = data?.missing ?? [];
  const stores = system?.stores.filter(({ isReachable }) => !isReachable) ?? [];
  const isWell = data !== undefined && missing.length === 0;
  const [lastWell, setLastWell] = useState<number>();
  if (isWell && dataUpdatedAt !== lastWell) setLastWell(dataUpdatedAt);
  // The region is there before its text is: screen readers announce only what changes in one they know.
  return (
    <div role="status">
      {missing.length > 0 && (
        <div className="notice outage">
          <strong>{missing.map(({ name }) => name).join(' and ')} does not answer.</strong>{' '}
          {lastWell === undefined ? (
            'It is asked again every few seconds.'
          ) : (
            <>
              What you see is of <Time at={lastWell} precise />. It is brought up to date by itself.
            </>
          )}
        </div>
      )}
      {stores.map(({ name, endpoint, problem }) => (
        <div key={name} className="notice outage">
          <strong>
            The store {name} ({endpoint}) takes no connections from the API
          </strong>
          : {problem}. Jobs that need it wait, and go on by themselves.
        </div>
      ))}
    </div>
  );
}
