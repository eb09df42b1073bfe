import type { Job, JobStatus } from '../../client/api';
import { hasEnded } from '../../parts/lifecycle';

/** A time that a job spent in one state. */
export interface Span {
  readonly status: JobStatus;
  readonly fromMs: number;
  /** Absent: it is still in it, or has ended in it. */
  readonly untilMs?: number;
}

type Times = Pick<Job, 'createdAt' | 'states' | 'status' | 'suspendedAt' | 'terminatedAt'>;

/** The states of a job in their order. Jobs of former versions tell of fewer. */
export function spansOf(job: Times): Span[] {
  const entered = [{ status: 'New' as const, at: job.createdAt }, ...(job.states ?? formerStates(job))];
  return entered.map(({ status, at }, index) => {
    const next = entered[index + 1];
    const span = { status, fromMs: Date.parse(at) };
    return next === undefined ? span : { ...span, untilMs: Date.parse(next.at) };
  });
}

function formerStates({ status, suspendedAt, terminatedAt }: Times): NonNullable<Job['states']> {
  return [
    ...(suspendedAt === undefined ? [] : [{ status: 'Suspended' as const, at: suspendedAt }]),
    ...(terminatedAt === undefined ? [] : [{ status, at: terminatedAt }]),
  ];
}

/** Those that took a time, as shares of the whole until `nowMs`; a job that has ended stands still. */
export function sharesOf(spans: readonly Span[], nowMs: number): { readonly span: Span; readonly share: number }[] {
  const lasting = spans.filter(({ status }) => !hasEnded(status));
  const lengths = lasting.map(({ fromMs, untilMs = nowMs }) => Math.max(0, untilMs - fromMs));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return lasting.map((span, index) => ({ span, share: whole === 0 ? 0 : (lengths[index] ?? 0) / whole }));
}
