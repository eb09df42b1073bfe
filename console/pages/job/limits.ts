import type { JobLimits } from '../../client/jobs';

interface LimitFields {
  readonly rate: string;
  readonly concurrency: string;
  readonly threshold: string;
}

/** The fields of the form as limits: an empty one is no limit. */
export function limitsFrom({ rate, concurrency, threshold }: LimitFields): JobLimits {
  return {
    ...(rate !== '' && { TasksPerSecond: Number(rate) }),
    ...(concurrency !== '' && { Concurrency: Number(concurrency) }),
    ...thresholdFrom(threshold),
  };
}

function thresholdFrom(text: string): JobLimits {
  if (text === '') return {};
  const [, share, after] = /^([0-9.]+) *%(?: of ([0-9]+))?$/.exec(text) ?? [];
  if (share === undefined) return { FailureThreshold: { FailedTasks: Number(text) } };
  const rest = after === undefined ? {} : { AfterTasks: Number(after) };
  return { FailureThreshold: { FailedShare: Number(share) / 100, ...rest } };
}

/** `25`, `10 %`, `10 % of 500`; empty where there is none. */
export function thresholdText({ FailureThreshold: threshold }: JobLimits): string {
  if (threshold === undefined) return '';
  if ('FailedTasks' in threshold) return String(threshold.FailedTasks);
  const share = `${Math.round(threshold.FailedShare * 10_000) / 100} %`;
  return threshold.AfterTasks === undefined ? share : `${share} of ${threshold.AfterTasks}`;
}
