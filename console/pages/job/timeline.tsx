import type { Job } from '../../client/api';
import { moodOf } from '../../parts/lifecycle';
import { StackedBar } from '../../parts/stacked-bar';
import { Status } from '../../parts/status';
import { Time } from '../../parts/time';
import { duration } from '../../parts/times';
import { sharesOf, type Span, spansOf } from './spans';

interface TimelineProps {
  readonly job: Job;
  /** When the job was looked at. */
  readonly nowMs: number;
}

/** The states that the job has passed, when, and how long each took. */
export function Timeline({ job, nowMs }: TimelineProps) {
  const { statusUpdateReason, temporalUrl } = job;
  const spans = spansOf(job);
  return (
    <section className="card stack" aria-labelledby="timeline">
      <h2 id="timeline">Time line</h2>
      <StackedBar parts={sharesOf(spans, nowMs).map(({ span, share }) => ({ mood: moodOf(span.status), share }))} />
      <ol className="timeline">
        {spans.map((span) => (
          <li key={span.fromMs}>
            <Passed span={span} />
          </li>
        ))}
      </ol>
      {statusUpdateReason !== undefined && <p>Reason of the last change: {statusUpdateReason}</p>}
      {temporalUrl !== undefined && (
        <p>
          <a href={temporalUrl} target="_blank" rel="noreferrer">
            Every step of it in the Temporal UI
          </a>
        </p>
      )}
    </section>
  );
}

function Passed({ span: { status, fromMs, untilMs } }: { readonly span: Span }) {
  return (
    <>
      <Status status={status} /> <Time at={fromMs} precise />
      {untilMs !== undefined && <span className="muted"> for {duration((untilMs - fromMs) / 1_000)}</span>}
    </>
  );
}
