import { useQuery } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';
import type { Job } from '../../client/api';
import { downloadAddress, reportRowsQuery, type RowQuery } from '../../client/reports';
import { textIn } from '../../parts/form-text';
import { counted } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { uriOfArn } from '../../parts/s3-uri';
import { RowTable } from './row-table';

/** As many as the API gives at once. */
const ROWS_PER_PAGE = 500;

export type ReportFilter = Pick<RowQuery, 'rows' | 'search' | 'code'>;

interface ReportProps {
  readonly job: Job;
  readonly filter: ReportFilter;
  readonly onFilter: (filter: ReportFilter) => void;
}

/** The completion report: where it lies, its rows page by page, and its files to keep. */
export function Report({ job, filter, onFilter }: ReportProps) {
  const { jobId, reportManifestKey, request, progress } = job;
  if (reportManifestKey === undefined) return null;
  return (
    <section className="card stack" id="report" aria-labelledby="report-title">
      <h2 id="report-title">Report</h2>
      <p className="mono small row-object">
        {uriOfArn(request?.Report.Bucket ?? '')}/{reportManifestKey}
      </p>
      <div className="row">
        {(['failed', 'succeeded'] as const)
          .filter((rows) => progress[rows] > 0)
          .map((rows) => (
            <a key={rows} className="button" href={downloadAddress(jobId, rows)} download={`${jobId}-${rows}.csv`}>
              Download {counted(progress[rows], `${rows} row`)}
            </a>
          ))}
      </div>
      {/* Another filter begins at its first page. */}
      <Rows key={JSON.stringify(filter)} jobId={jobId} filter={filter} onFilter={onFilter} />
    </section>
  );
}

interface RowsProps {
  readonly jobId: string;
  readonly filter: ReportFilter;
  readonly onFilter: ReportProps['onFilter'];
}

function Rows({ jobId, filter, onFilter }: RowsProps) {
  /** Where the pages begin that were left behind, and the present one. */
  const [places, setPlaces] = useState<readonly (string | undefined)[]>([undefined]);
  const nextToken = places.at(-1);
  const { data, error, isPlaceholderData } = useQuery(
    reportRowsQuery(jobId, { ...filter, maxResults: ROWS_PER_PAGE, ...(nextToken !== undefined && { nextToken }) }),
  );
  return (
    <>
      <RowFilter filter={filter} onFilter={onFilter} />
      {error !== null && <Problem error={error} />}
      {data !== undefined && data.rows.length > 0 && (
        // Another page begins at its first row.
        <RowTable key={places.length} rows={data.rows} label="Rows of the report" />
      )}
      <p role="status" className="small muted">
        {data?.rows.length === 0 && (data.nextToken === undefined ? 'No row matches.' : 'None here; there are more.')}
      </p>
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={places.length === 1}
          onClick={() => setPlaces(places.slice(0, -1))}
        >
          Previous
        </button>
        <button
          type="button"
          className="button"
          disabled={data?.nextToken === undefined || isPlaceholderData}
          onClick={() => setPlaces([...places, data?.nextToken])}
        >
          Next
        </button>
      </div>
    </>
  );
}

function RowFilter({ filter, onFilter }: Omit<RowsProps, 'jobId'>) {
  const submit = (given: SyntheticEvent<HTMLFormElement>): void => {
    given.preventDefault();
    const form = given.currentTarget;
    const [rows, search, code] = ['rows', 'search', 'code'].map((name) => textIn(form, name).trim());
    onFilter({ rows: rows === 'succeeded' ? rows : 'failed', ...(search && { search }), ...(code && { code }) });
  };
  return (
    <form className="row row-filter" role="search" aria-label="Rows of the report" onSubmit={submit}>
      <div className="field">
        <label htmlFor="rows">Rows</label>
        <select id="rows" name="rows" defaultValue={filter.rows ?? 'failed'}>
          <option>failed</option>
          <option>succeeded</option>
        </select>
      </div>
      <div className="field">
        <label htmlFor="search">In key, code or message</label>
        <input id="search" name="search" type="search" defaultValue={filter.search ?? ''} />
      </div>
      <div className="field">
        <label htmlFor="code">Code</label>
        <input id="code" name="code" defaultValue={filter.code ?? ''} />
      </div>
      <button type="submit" className="button">
        Search
      </button>
    </form>
  );
}
