import type { Command } from 'commander';
import type { FailureThreshold, JobLimits } from '../../contracts/job';
import { UsageError } from '../context';

export interface LimitOptions {
  readonly tasksPerSecond?: string;
  readonly concurrency?: string;
  readonly failedTasks?: string;
  readonly failedShare?: string;
  readonly afterTasks?: string;
}

/** Options of `create`, `schedule create` and `limits`. */
export function addLimitOptions(command: Command): Command {
  return command
    .option(
      '--tasks-per-second <number>',
      'at most so many tasks a second, over all workers; 0.5 is one in two seconds',
    )
    .option('--concurrency <number>', 'at most so many tasks at a time, over all workers')
    .option('--failed-tasks <number>', 'give the job up when more tasks than this have failed')
    .option('--failed-share <share>', 'give the job up when a larger share than this has failed, as 0.1 for 10 %')
    .option('--after-tasks <number>', '--failed-share counts once so many tasks have run (default: 1000)');
}

/** The limits that the options name; `{}` for none. Bounds are the API's to check. Throws `UsageError`. */
export function limitsOf(options: LimitOptions): JobLimits {
  const { tasksPerSecond, concurrency } = options;
  const threshold = thresholdOf(options);
  return {
    ...(tasksPerSecond === undefined ? {} : { TasksPerSecond: numberOf(tasksPerSecond, '--tasks-per-second') }),
    ...(concurrency === undefined ? {} : { Concurrency: wholeNumberOf(concurrency, '--concurrency') }),
    ...(threshold === undefined ? {} : { FailureThreshold: threshold }),
  };
}

function thresholdOf({ failedTasks, failedShare, afterTasks }: LimitOptions): FailureThreshold | undefined {
  if (failedTasks !== undefined && failedShare !== undefined) {
    throw new UsageError('--failed-tasks and --failed-share exclude each other');
  }
  if (afterTasks !== undefined && failedShare === undefined) throw new UsageError('--after-tasks needs --failed-share');
  if (failedTasks !== undefined) return { FailedTasks: wholeNumberOf(failedTasks, '--failed-tasks') };
  if (failedShare === undefined) return undefined;
  return {
    FailedShare: numberOf(failedShare, '--failed-share'),
    ...(afterTasks === undefined ? {} : { AfterTasks: wholeNumberOf(afterTasks, '--after-tasks') }),
  };
}

function numberOf(text: string, flag: string): number {
  if (!/^\d{1,15}(\.\d{1,15})?$/.test(text)) {
    throw new UsageError(`${flag} must be a number, as 0.5 or 20, not '${text}'`);
  }
  return Number(text);
}

function wholeNumberOf(text: string, flag: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${flag} must be a whole number from 0, not '${text}'`);
  return Number(text);
}

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
  if ('FailedTasks' in threshold) return `given up above ${threshold.FailedTasks} failed tasks`;
  const { FailedShare, AfterTasks } = threshold;
  return `given up above ${Number((FailedShare * 100).toPrecision(12))} % failed of at least ${AfterTasks ?? 1_000} tasks`;
}
