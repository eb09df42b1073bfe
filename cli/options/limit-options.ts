import type { Command } from 'commander';
import { defined } from '../../contracts/defined';
import type { FailureThreshold, JobLimits, RestoreLimit, RestoreLimits, RestoreTier } from '../../contracts/job';
import { UsageError } from '../usage-error';
import { bytesOf } from './quantities';

export interface LimitOptions {
  readonly tasksPerSecond?: string;
  readonly bytesPerSecond?: string;
  readonly concurrency?: string;
  readonly failedTasks?: string;
  readonly failedShare?: string;
  readonly afterTasks?: string;
  readonly restoresPerSecond?: readonly string[];
  readonly restoreBytesPerDay?: readonly string[];
}

/** Options of `create`, `schedule create` and `limits`. */
export function addLimitOptions(command: Command): Command {
  return command
    .option('--tasks-per-second <number>', 'maximum tasks per second, over all workers; 0.5 is one in two seconds')
    .option(
      '--bytes-per-second <size>',
      'maximum bytes of objects read or copied per second, over all workers: 50MB, 10MiB',
    )
    .option('--concurrency <number>', 'maximum tasks at a time, over all workers')
    .option('--failed-tasks <number>', 'fail the job when more tasks than this have failed')
    .option('--failed-share <share>', 'fail the job when a larger share than this has failed, such as 0.1 for 10 %')
    .option('--after-tasks <number>', 'tasks that must have run before --failed-share applies (default: 1000)')
    .option('--restores-per-second <[tier=]number...>', 'restores asked for in a second, such as 10 or BULK=10')
    .option('--restore-bytes-per-day <[tier=]bytes...>', 'bytes to be restored in 24 hours, such as 5TiB or BULK=5TiB');
}

/** The limits that the options name; `{}` for none. Bounds are the API's to check. Throws `UsageError`. */
export function limitsOf(options: LimitOptions): JobLimits {
  const { tasksPerSecond, bytesPerSecond, concurrency } = options;
  const threshold = thresholdOf(options);
  const restores = restoresOf(options);
  return {
    ...(tasksPerSecond === undefined ? {} : { TasksPerSecond: numberOf(tasksPerSecond, '--tasks-per-second') }),
    ...(bytesPerSecond === undefined ? {} : { BytesPerSecond: bytesOf(bytesPerSecond, '--bytes-per-second') }),
    ...(concurrency === undefined ? {} : { Concurrency: wholeNumberOf(concurrency, '--concurrency') }),
    ...defined({ FailureThreshold: threshold, Restores: restores }),
  };
}

function thresholdOf({ failedTasks, failedShare, afterTasks }: LimitOptions): FailureThreshold | undefined {
  if (failedTasks !== undefined && failedShare !== undefined) {
    throw new UsageError('--failed-tasks and --failed-share cannot be combined');
  }
  if (afterTasks !== undefined && failedShare === undefined) {
    throw new UsageError('--after-tasks requires --failed-share');
  }
  if (failedTasks !== undefined) return { FailedTasks: wholeNumberOf(failedTasks, '--failed-tasks') };
  if (failedShare === undefined) return undefined;
  return {
    FailedShare: numberOf(failedShare, '--failed-share'),
    ...(afterTasks === undefined ? {} : { AfterTasks: wholeNumberOf(afterTasks, '--after-tasks') }),
  };
}

function numberOf(text: string, flag: string): number {
  if (!/^\d{1,15}(\.\d{1,15})?$/.test(text)) {
    throw new UsageError(`${flag} must be a number, such as 0.5 or 20, not '${text}'`);
  }
  return Number(text);
}

function wholeNumberOf(text: string, flag: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${flag} must be a whole number, 0 or more, not '${text}'`);
  return Number(text);
}

const TIERS: readonly RestoreTier[] = ['BULK', 'STANDARD'];

/** A value without a tier is for each. */
function restoresOf({ restoresPerSecond, restoreBytesPerDay }: LimitOptions): RestoreLimits | undefined {
  const limits = new Map<RestoreTier, RestoreLimit>();
  const set = (text: string, flag: string, limitOf: (value: string) => RestoreLimit): void => {
    const [, named, value = text] = /^(\w+)=(.*)$/s.exec(text) ?? [];
    const tier = TIERS.find((one) => one === named?.toUpperCase());
    if (named !== undefined && tier === undefined) {
      throw new UsageError(`${flag}: a tier is BULK or STANDARD, not '${named}'`);
    }
    for (const one of tier === undefined ? TIERS : [tier]) limits.set(one, { ...limits.get(one), ...limitOf(value) });
  };
  for (const text of restoresPerSecond ?? []) {
    set(text, '--restores-per-second', (value) => ({ RequestsPerSecond: numberOf(value, '--restores-per-second') }));
  }
  for (const text of restoreBytesPerDay ?? []) {
    set(text, '--restore-bytes-per-day', (value) => ({ BytesPerDay: bytesOf(value, '--restore-bytes-per-day') }));
  }
  return limits.size === 0 ? undefined : Object.fromEntries(limits);
}
