import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { healthQuery } from '../client/queries';
import { Time } from '../parts/time';

/** While a part of the installation is down: which, and since when what is shown is old. */
export function Outage() {
  const { data, dataUpdatedAt } = useQuery(healthQuery);
  const missing = data?.missing ?? [];
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
    </div>
  );
}
