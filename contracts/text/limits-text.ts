import type { FailureThreshold, JobLimits, RestoreLimit } from '../job';
import { grouped } from './text';

/** One line; undefined when there are none. */
export function limitsText({
  TasksPerSecond,
  BytesPerSecond,
  Concurrency,
  FailureThreshold,
  Restores = {},
}: JobLimits): string | undefined {
  const parts = [
    ...(TasksPerSecond === undefined ? [] : [`${TasksPerSecond} tasks/s`]),
    ...(BytesPerSecond === undefined ? [] : [`${bytesText(BytesPerSecond)}/s`]),
    ...(Concurrency === undefined ? [] : [`${Concurrency} tasks at a time`]),
    ...(FailureThreshold === undefined ? [] : [thresholdText(FailureThreshold)]),
    ...Object.entries(Restores).map(([tier, limit]) => `${tier} restores ${restoreText(limit)}`),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function restoreText({ RequestsPerSecond, BytesPerDay }: RestoreLimit): string {
  return [
    ...(RequestsPerSecond === undefined ? [] : [`${RequestsPerSecond} a second`]),
    ...(BytesPerDay === undefined ? [] : [`${grouped(BytesPerDay)} bytes a day`]),
  ].join(' and ');
}

function thresholdText(threshold: FailureThreshold): string {
  if ('FailedTasks' in threshold) return `fails above ${threshold.FailedTasks} failed tasks`;
  const { FailedShare, AfterTasks } = threshold;
  return `fails above ${Number((FailedShare * 100).toPrecision(12))} % failed of at least ${AfterTasks ?? 1_000} tasks`;
}

/** In the largest unit that leaves a whole number: `50 MB`, `64 KiB`. */
function bytesText(bytes: number): string {
  const units = [
    [1024 ** 3, 'GiB'],
    [1e9, 'GB'],
    [1024 ** 2, 'MiB'],
    [1e6, 'MB'],
    [1024, 'KiB'],
    [1e3, 'kB'],
  ] as const;
  const [size, unit] = units.find(([one]) => bytes % one === 0) ?? [1, 'bytes'];
  return `${bytes / size} ${unit}`;
}
