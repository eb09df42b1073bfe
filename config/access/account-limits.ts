import { DroverError } from '../../contracts/failures';
import type { AccountConfig } from '../config';

export type AccountLimits = Pick<AccountConfig, 'id' | 'priorityMax' | 'jobsMax'>;

/** Throws BadRequestException for a priority above what the account may use. */
export function checkPriority(accounts: readonly AccountLimits[], account: string, priority: number): void {
  const max = accounts.find(({ id }) => id === account)?.priorityMax;
  if (max === undefined || priority <= max) return;
  throw new DroverError('BadRequestException', `Priority: ${max} is the highest that account ${account} may use`);
}

/** Jobs of the account that have not ended, at most; undefined: any number. */
export function jobsMaxOf(accounts: readonly AccountLimits[], account: string): number | undefined {
  return accounts.find(({ id }) => id === account)?.jobsMax;
}

export function tooManyJobs(account: string, max: number): DroverError {
  return new DroverError(
    'TooManyRequestsException',
    `Account ${account} has ${max} jobs that have not ended, and may not have more at a time`,
  );
}
