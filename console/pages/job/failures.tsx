import { useQuery } from '@tanstack/react-query';
import type { Job } from '../../client/api';
import { failuresQuery } from '../../client/reports';
import { hasEnded } from '../../parts/lifecycle';
import { counted, grouped } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { RowTable } from './row-table';

interface FailuresProps {
  readonly job: Job;
  /** To the rows of a code in the report. */
  readonly onChoose: (code: string) => void;
}

/** Failed tasks by their code, once the report is there. */
export function Failures({ job, onChoose }: FailuresProps) {
  const { failed } = job.progress;
  if (failed === 0) return null;
  return (
    <section className="card stack" aria-labelledby="failures">
      <h2 id="failures">{counted(failed, 'failed task')}</h2>
      {job.reportManifestKey === undefined ? (
        <p className="muted">{withoutReport(job)}</p>
      ) : (
        <Groups jobId={job.jobId} onChoose={onChoose} />
      )}
    </section>
  );
}

function withoutReport({ status, request }: Job): string {
  if (request?.Report.Enabled === false) return 'The job was made without a report: nothing says which these are.';
  return hasEnded(status)
    ? 'The job has no report.'
    : 'Which these are is in the report, as soon as the job has ended.';
}

function Groups({ jobId, onChoose }: { readonly jobId: string; readonly onChoose: FailuresProps['onChoose'] }) {
  const { data, error } = useQuery(failuresQuery(jobId));
  if (data === undefined) {
    return error === null ? <p className="muted">Reading the report …</p> : <Problem error={error} />;
  }
  return (
    <>
      {!data.isComplete && <p className="muted">Only the first {grouped(data.rows)} failed rows are counted:</p>}
      {data.groups.map(({ code, httpStatus, rows, samples }) => (
        <details key={`${httpStatus} ${code}`} className="failure">
          <summary>
            <strong className="bad">{grouped(rows)}</strong> {httpStatus} {code}
          </summary>
          <RowTable rows={samples} label={`Samples of ${code}`} />
          <button type="button" className="button" onClick={() => onChoose(code)}>
            All rows with {code}
          </button>
        </details>
      ))}
    </>
  );
}
