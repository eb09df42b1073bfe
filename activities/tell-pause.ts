import type { TellPauseInput, ToldOfPause } from '../contracts/engine/activities';
import { LIMITS } from '../contracts/limits';
import type { ActivityDependencies } from './dependencies';

/** Tells each job of the account that all are paused, or go on, unless it knows. */
export function tellPauseActivity({ fleet }: Pick<ActivityDependencies, 'fleet'>) {
  return async function tellPause({ account, paused, reason }: TellPauseInput): Promise<ToldOfPause> {
    const jobs = (await fleet.runningJobs(account)).filter((job) => job.pausedWithAll !== paused);
    const waiting = [...jobs];
    const lane = async (): Promise<void> => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        await fleet.tellPause(job.jobId, paused, reason);
      }
    };
    await Promise.all(Array.from({ length: LIMITS.pauseAll.signalsInFlight }, lane));
    return { told: jobs.length };
  };
}
