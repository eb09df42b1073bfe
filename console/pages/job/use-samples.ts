import { useEffect, useState } from 'react';
import { queryClient } from '../../client/queries';
import { type Sample, withSample } from './samples';

/** What was seen of each job since the console was opened: a page that is left and entered again goes on with its chart. */
const seen = new Map<string, readonly Sample[]>();

export function useSamples(jobId: string): readonly Sample[] {
  const [samples, setSamples] = useState(() => seen.get(jobId) ?? []);
  useEffect(() => {
    return queryClient.getQueryCache().subscribe(({ query, type }) => {
      const [kind, id] = query.queryKey as readonly unknown[];
      if (type !== 'updated' || kind !== 'job' || id !== jobId) return;
      const { data, dataUpdatedAt } = query.state as { data?: JobCounts; dataUpdatedAt: number };
      if (data === undefined) return;
      const done = data.progress.succeeded + data.progress.failed;
      const next = withSample(seen.get(jobId) ?? [], { atMs: dataUpdatedAt, done });
      seen.set(jobId, next);
      setSamples(next);
    });
  }, [jobId]);
  return samples;
}

interface JobCounts {
  readonly progress: { readonly succeeded: number; readonly failed: number };
}
