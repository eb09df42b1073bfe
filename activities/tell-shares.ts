import type { Activities } from '../contracts/engine/activities';
import type { ActivityDependencies } from './dependencies';

/** The dispatcher's word to jobs. */
export function tellSharesActivity({ fleet }: Pick<ActivityDependencies, 'fleet'>): Activities['tellShares'] {
  return async (shares) => {
    const heard = await Promise.all(shares.map(({ jobId, ...message }) => fleet.tellShare(jobId, message)));
    return shares.filter((_, index) => heard[index] === false).map(({ jobId }) => jobId);
  };
}
