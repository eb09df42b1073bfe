import type { Job } from '../../client/api';
import { hasEnded } from '../../parts/lifecycle';
import { Time } from '../../parts/time';

/** The times that the job tells, in their order; the present state last. */
export function Timeline({ job }: { readonly job: Job }) {
  const { createdAt, suspendedAt, terminatedAt, status, statusUpdateReason } = job;
  const events = [
    { name: 'Created', at: createdAt },
    ...(suspendedAt === undefined ? [] : [{ name: 'Waited for confirmation', at: suspendedAt }]),
    ...(terminatedAt === undefined ? [] : [{ name: status, at: terminatedAt }]),
  ];
  return (
    <section className="card stack" aria-labelledby="timeline">
      <h2 id="timeline">Times</h2>
      <ol className="timeline">
        {events.map(({ name, at }) => (
          <li key={name}>
            <strong>{name}</strong> <Time at={at} precise />
          </li>
        ))}
        {!hasEnded(status) && (
          <li>
            <strong>{status}</strong> now
          </li>
        )}
      </ol>
      {statusUpdateReason !== undefined && <p>Reason of the last change: {statusUpdateReason}</p>}
      {job.temporalUrl !== undefined && (
        <p>
          <a href={job.temporalUrl} target="_blank" rel="noreferrer">
            Every step of it in the Temporal UI
          </a>
        </p>
      )}
    </section>
  );
}
