import type { ReactNode } from 'react';
import type { Job } from '../../client/api';
import { objectOf } from '../../form/json';
import { stepsOf } from '../../parts/operation-steps';
import { sourceOf } from './request';

/** What the job was asked to do, and under what. */
export function Facts({ job }: { readonly job: Job }) {
  const { request, operation } = job;
  if (request === undefined) return null;
  const steps = stepsOf(objectOf(request.Operation));
  return (
    <section className="card stack" aria-labelledby="request">
      <h2 id="request">What it does</h2>
      <ol className="steps">
        {steps.map(({ name, parameters, beside }, index) => (
          <li key={index}>
            <strong>{name}</strong>
            <Members value={parameters} label={`Parameters of ${name}`} />
            <Members value={beside} label={`Conditions of ${name}`} />
          </li>
        ))}
      </ol>
      <dl className="facts facts-wide">
        <Fact name="Source">
          <Members value={sourceOf(request)} label={`Source of ${operation}`} />
        </Fact>
        <Fact name="Role">
          <span className="mono">{request.RoleArn}</span>
        </Fact>
        {request.NotificationUrl !== undefined && <Fact name="Webhook">{request.NotificationUrl}</Fact>}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Members({ value, label }: { readonly value: object; readonly label: string }) {
  if (Object.keys(value).length === 0) return null;
  return (
    <pre className="members small" tabIndex={0} aria-label={label}>
      {JSON.stringify(value, undefined, 2)}
    </pre>
  );
}
