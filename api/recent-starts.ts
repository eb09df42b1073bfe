import { VISIBILITY_LAG_MS } from './list-order';

/** Each costs a call to Temporal in the next listing; who starts more in a few seconds does without those before. */
const KEPT_MAX = 100;

/** Jobs that this process has started, as long as Temporal's lists may not show them. */
export class RecentStarts {
  private starts: { readonly account: string; readonly jobId: string; readonly at: number }[] = [];

  constructor(private readonly now: () => number) {}

  add(account: string, jobId: string): void {
    this.starts = [...this.starts.slice(1 - KEPT_MAX), { account, jobId, at: this.now() }];
  }

  /** A list has shown it. */
  seen(jobId: string): void {
    if (this.starts.some((start) => start.jobId === jobId))
      this.starts = this.starts.filter((start) => start.jobId !== jobId);
  }

  of(account: string): readonly string[] {
    const since = this.now() - VISIBILITY_LAG_MS;
    this.starts = this.starts.filter(({ at }) => at > since);
    return this.starts.filter((start) => start.account === account).map(({ jobId }) => jobId);
  }
}
