import { type AccountLimits, checkPriority, jobsMaxOf, tooManyJobs } from '../../config/access/account-limits';
import type { JobsGateway } from '../temporal/jobs';

/**
 * What the configuration lets an account have: a highest priority, and so many jobs that have not ended. Creates of one
 * process follow each other for an account that has a quota, so that among them it is exact, as long as these are no more than
 * `RecentStarts` keeps of an account. What is beyond, and what other processes started, in the last moments is not seen yet:
 * each may go beyond by that.
 */
export class Admission {
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(
    private readonly accounts: readonly AccountLimits[],
    private readonly gateway: Pick<JobsGateway, 'record' | 'hasRoom'>,
  ) {}

  /** Throws BadRequestException. */
  checkPriority(account: string, priority: number): void {
    checkPriority(this.accounts, account, priority);
  }

  /** Rejects with TooManyRequestsException instead of starting a job beyond the quota. One that is there is no new one. */
  async start<T>(account: string, jobId: string, start: () => Promise<T>): Promise<T> {
    const max = jobsMaxOf(this.accounts, account);
    if (max === undefined) return start();
    const before = this.last.get(account) ?? Promise.resolve();
    const starting = before.then(async () => {
      if ((await this.gateway.hasRoom(account, max)) || (await this.gateway.record(jobId))) return start();
      throw tooManyJobs(account, max);
    });
    const settled = starting.catch(() => undefined);
    this.last.set(account, settled);
    try {
      return await starting;
    } finally {
      if (this.last.get(account) === settled) this.last.delete(account);
    }
  }
}
