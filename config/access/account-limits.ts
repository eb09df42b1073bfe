import { DroverError } from '../../contracts/engine/failures';
import type { AccountConfig } from '../config';

export type AccountLimits = Pick<AccountConfig, 'id' | 'priorityMax' | 'jobsMax'>;

/** Throws BadRequestException for a priority above what the account may use. */
export function checkPriority(accounts: readonly AccountLimits[], account: string, priority: number): void {
  const max = accounts.find(({ id }) => id === account)?.priorityMax;
  if (max === undefined || priority <= max) return;
  throw new DroverError('BadRequestException', `Priority: must be at most ${max} for account ${account}`);
}

/** Jobs of the account that have not ended, at most; undefined: any number. */
export function jobsMaxOf(accounts: readonly AccountLimits[], account: string): number | undefined {
  return accounts.find(({ id }) => id === account)?.jobsMax;
}

export function tooManyJobs(account: string, max: number): DroverError {
  return new DroverError(
    'TooManyRequestsException',
    `Account ${account} has reached its limit of ${max} jobs that have not ended`,
  );
}
