import { VISIBILITY_LAG_MS } from './list-order';

/** Jobs of one account. Each costs a call to Temporal in the next listing; who starts more in a few seconds does without those before. */
const KEPT_MAX = 100;
/** Accounts with such jobs; the one whose last start is the longest ago goes first. */
const ACCOUNTS_MAX = 1_000;

interface Start {
  readonly jobId: string;
  readonly at: number;
}

/** Jobs that this process has started, as long as Temporal's lists may not show them. */
export class RecentStarts {
  private readonly starts = new Map<string, readonly Start[]>();

  constructor(private readonly now: () => number) {}

  add(account: string, jobId: string): void {
    const before = this.starts.get(account) ?? [];
    this.starts.delete(account);
    this.starts.set(account, [...before.slice(1 - KEPT_MAX), { jobId, at: this.now() }]);
    if (this.starts.size > ACCOUNTS_MAX) this.starts.delete(this.starts.keys().next().value ?? '');
  }

  /** A list has shown it. */
  seen(account: string, jobId: string): void {
    const starts = this.starts.get(account);
    if (starts?.some((start) => start.jobId === jobId) === true) {
      this.keep(
        account,
        starts.filter((start) => start.jobId !== jobId),
      );
    }
  }

  of(account: string): readonly string[] {
    const since = this.now() - VISIBILITY_LAG_MS;
    const fresh = (this.starts.get(account) ?? []).filter(({ at }) => at > since);
    this.keep(account, fresh);
    return fresh.map(({ jobId }) => jobId);
  }

  private keep(account: string, starts: readonly Start[]): void {
    if (starts.length > 0) this.starts.set(account, starts);
    else this.starts.delete(account);
  }
}
