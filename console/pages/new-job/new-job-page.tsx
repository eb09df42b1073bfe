import './new-job.css';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { answered, api } from '../../client/api';
import { objectOf } from '../../form/json';
import { useRequestSchemas } from '../../form/use-request-schemas';
import { useMayChange } from '../../parts/may-change';
import { Problem } from '../../parts/problem';
import { draftLike, newDraft } from './draft';
import { NewJob } from './new-job';

const route = getRouteApi('/new');

/** A form for a job, from nothing or from a former one. */
export function NewJobPage() {
  const { like } = route.useSearch();
  const { schemas, error: unknown } = useRequestSchemas();
  const former = useQuery({ ...formerQuery(like ?? ''), enabled: like !== undefined });
  const error = unknown ?? former.error;
  const mayChange = useMayChange();
  const isReady = like === undefined || former.data !== undefined;
  return (
    <div className="stack">
      <title>New job · Drover</title>
      <h1>{like === undefined ? 'New job' : 'Another job like this'}</h1>
      {error !== null && <Problem error={error} />}
      {!mayChange && <p className="notice">This access key may only view: another one must make jobs.</p>}
      {error === null && schemas && isReady && (
        <NewJob
          key={like ?? ''}
          schemas={schemas}
          first={() => (former.data === undefined ? newDraft() : draftLike(former.data))}
        />
      )}
      {error === null && !(schemas && isReady) && <p role="status">Loading …</p>}
    </div>
  );
}

function formerQuery(jobId: string) {
  return queryOptions({
    queryKey: ['request', jobId],
    queryFn: async ({ signal }) => {
      const { request } = await answered(api.GET('/api/jobs/{jobId}', { params: { path: { jobId } }, signal }));
      return objectOf(request);
    },
    staleTime: Infinity,
  });
}
