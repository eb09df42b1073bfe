import { defined } from '../contracts/defined';
import type { Survey, SurveyInput } from '../contracts/engine/activities';
import type { ActivityDependencies } from './dependencies';

/** Which workers and jobs there are, for the dispatcher: what it can't know from signals alone. */
export function surveyFleetActivity({ fleet }: Pick<ActivityDependencies, 'fleet'>) {
  return async function surveyFleet({ members }: SurveyInput): Promise<Survey> {
    const [batchSlots, running] = await Promise.all([fleet.batchSlots(), fleet.runningJobs()]);
    const known = new Set(members);
    const listed = new Set(running.map(({ jobId }) => jobId));
    // The list may lag behind by a second or so: of a job that is missing, Temporal itself is asked.
    const missing = members.filter((jobId) => !listed.has(jobId));
    const ended = await Promise.all(missing.map(async (jobId) => !(await fleet.isRunning(jobId))));
    return {
      ...defined({ batchSlots }),
      gone: missing.filter((_, index) => ended[index]),
      strangers: running.filter(({ jobId, sharing }) => sharing && !known.has(jobId)).map(({ jobId }) => jobId),
    };
  };
}
