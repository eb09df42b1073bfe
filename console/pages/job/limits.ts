import type { JobLimits } from '../../client/jobs';

interface LimitFields {
  readonly rate: string;
  readonly bytes: string;
  readonly concurrency: string;
  readonly threshold: string;
}

/** The fields of the form as limits: an empty one is no limit. Limits that the form does not have stay as they are in `before`. */
export function limitsFrom({ rate, bytes, concurrency, threshold }: LimitFields, before: JobLimits): JobLimits {
  const {
    TasksPerSecond: _rate,
    BytesPerSecond: _bytes,
    Concurrency: _concurrency,
    FailureThreshold: _,
    ...others
  } = before;
  return {
    ...others,
    ...(rate !== '' && { TasksPerSecond: Number(rate) }),
    ...(bytes !== '' && { BytesPerSecond: Number(bytes) }),
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
