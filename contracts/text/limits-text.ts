import type { FailureThreshold, JobLimits } from '../job';

/** One line; undefined when there are none. */
export function limitsText({ TasksPerSecond, Concurrency, FailureThreshold }: JobLimits): string | undefined {
  const parts = [
    ...(TasksPerSecond === undefined ? [] : [`${TasksPerSecond} tasks/s`]),
    ...(Concurrency === undefined ? [] : [`${Concurrency} tasks at a time`]),
    ...(FailureThreshold === undefined ? [] : [thresholdText(FailureThreshold)]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function thresholdText(threshold: FailureThreshold): string {
  if ('FailedTasks' in threshold) return `fails above ${threshold.FailedTasks} failed tasks`;
  const { FailedShare, AfterTasks } = threshold;
  return `fails above ${Number((FailedShare * 100).toPrecision(12))} % failed of at least ${AfterTasks ?? 1_000} tasks`;
}
