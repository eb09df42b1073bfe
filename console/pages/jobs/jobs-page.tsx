import './jobs.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { jobCountsQuery, jobsQuery } from '../../client/jobs';
import { useMayChange } from '../../parts/may-change';
import { grouped } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { BulkActions } from './bulk-actions';
import { Filters } from './filters';
import { JobTable } from './job-table';
import { NoJobs } from './no-jobs';
import { PauseAll } from './pause-all';
import { filterOf, isFiltered, pageQuery } from './search';

const route = getRouteApi('/jobs');

/** All jobs of the account, newest first, live. */
export function JobsPage() {
  const search = route.useSearch();
  const mayChange = useMayChange();
  const { data, error, isPlaceholderData } = useQuery(jobsQuery(pageQuery(search)));
  const { data: counts } = useQuery(jobCountsQuery(filterOf(search)));
  const isEmpty = data?.jobs.length === 0 && !isPlaceholderData;
  if (isEmpty && !isFiltered(search) && search.after === undefined) return <NoJobs />;
  return (
    <div className="stack">
      <title>Jobs · Drover</title>
      <header className="row row-apart">
        <h1>
          Jobs{' '}
          {counts !== undefined && (
            <span className="muted jobs-count">
              {grouped(counts.jobs)}
              {!counts.isComplete && ' or more'}
            </span>
          )}
        </h1>
        <PauseAll mayChange={mayChange} />
      </header>
      <Filters search={search} counts={counts} />
      {mayChange && <BulkActions search={search} counts={counts} />}
      {/* While the list of before stands there, the outage is told above. */}
      {error !== null && data === undefined && <Problem error={error} />}
      {isEmpty && <p>No job matches.</p>}
      {data !== undefined && !isEmpty && <JobTable jobs={data.jobs} />}
      <nav className="row" aria-label="Pages of the list">
        {search.after !== undefined && (
          <Link className="button" to="/jobs" search={{ ...search, after: undefined }}>
            Newest
          </Link>
        )}
        {data?.nextToken !== undefined && (
          <Link className="button" to="/jobs" search={{ ...search, after: data.nextToken }}>
            Older
          </Link>
        )}
      </nav>
    </div>
  );
}
