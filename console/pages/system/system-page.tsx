import { useQuery } from '@tanstack/react-query';
import { type System, systemQuery } from '../../client/system';
import { grouped } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { Time } from '../../parts/time';

/** What the jobs run on, and whether it answers. */
export function SystemPage() {
  const { data, error } = useQuery(systemQuery);
  return (
    <div className="stack">
      <title>System · Drover</title>
      <h1>System</h1>
      {data === undefined && error !== null && <Problem error={error} />}
      {data !== undefined && (
        <>
          <Workers system={data} />
          <Stores system={data} />
          <Roles system={data} />
        </>
      )}
    </div>
  );
}

interface PartProps {
  readonly system: System;
}

function Workers({ system: { fleet, temporal } }: PartProps) {
  if (fleet === undefined) {
    return (
      <section className="problem">
        Temporal ({temporal.address}) does not answer: workers and queues are not known.
      </section>
    );
  }
  const slots = fleet.workers.reduce((sum, { batchSlots }) => sum + batchSlots, 0);
  return (
    <section className="card stack" aria-labelledby="workers">
      <h2 id="workers">Workers</h2>
      {fleet.workers.length === 0 ? (
        <p className="bad">No worker is there: jobs wait until one is started.</p>
      ) : (
        <p>
          {grouped(slots)} batch slots. Waiting:{' '}
          {fleet.queues.map(({ name, waiting }) => `${grouped(waiting)} ${name}`).join(', ')}.
        </p>
      )}
      <div className="table-frame" role="region" aria-label="List of workers" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col" className="number">
                Batch slots
              </th>
              <th scope="col">Last asked for work</th>
            </tr>
          </thead>
          <tbody>
            {fleet.workers.map(({ identity, batchSlots, seenAt }) => (
              <tr key={identity}>
                <td className="mono">{identity}</td>
                <td className="number">{batchSlots}</td>
                <td>{seenAt !== undefined && <Time at={seenAt} precise />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted small">
        Requests, adaptive limits and slow-downs of each worker are among its metrics (worker.metrics in the
        configuration).
      </p>
    </section>
  );
}

function Stores({ system: { stores } }: PartProps) {
  return (
    <section className="card stack" aria-labelledby="stores">
      <h2 id="stores">Stores</h2>
      <div className="table-frame" role="region" aria-label="List of stores" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Store</th>
              <th scope="col">Endpoint</th>
              <th scope="col">From the API</th>
            </tr>
          </thead>
          <tbody>
            {stores.map(({ name, endpoint, region, isReachable, problem }) => (
              <tr key={name}>
                <td>{name}</td>
                <td className="mono">
                  {endpoint} <span className="muted">{region}</span>
                </td>
                <td className={isReachable ? undefined : 'bad'}>
                  {isReachable ? 'reachable' : `not reachable: ${problem ?? ''}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Roles({ system: { roles, account } }: PartProps) {
  return (
    <section className="card stack" aria-labelledby="roles">
      <h2 id="roles">Roles of account {account.id}</h2>
      {account.priorityMax !== undefined && <p>Highest priority of its jobs: {grouped(account.priorityMax)}</p>}
      {account.jobsMax !== undefined && <p>Jobs at a time: {grouped(account.jobsMax)}</p>}
      <ul className="stack">
        {roles.map(({ arn, ...rights }) => (
          <li key={arn}>
            <strong className="mono">{arn}</strong>
            {(['read', 'write', 'functions', 'webhooks'] as const).map((right) => (
              <div key={right} className="small">
                <span className="muted">{right}:</span> {rights[right].length > 0 ? rights[right].join(', ') : 'none'}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
