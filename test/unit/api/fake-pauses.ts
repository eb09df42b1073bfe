import type { PausesGateway } from '../../../api/temporal/pauses';
import type { PauseOfAll } from '../../../contracts/pause-all';

/** The pauses of all jobs, in memory. */
export class FakePauses implements PausesGateway {
  private readonly pauses = new Map<string, PauseOfAll>();
  /** What the next looks at the jobs at work see. */
  atWork: number[] = [];

  pauseOf(account: string): Promise<PauseOfAll | undefined> {
    return Promise.resolve(this.pauses.get(account));
  }

  change(account: string, pause: PauseOfAll): Promise<void> {
    this.pauses.set(account, pause);
    return Promise.resolve();
  }

  jobsAtWork(): Promise<number> {
    return Promise.resolve(this.atWork.shift() ?? 0);
  }
}
