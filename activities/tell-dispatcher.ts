import type { Activities } from '../contracts/engine/activities';
import type { ActivityDependencies } from './dependencies';

/** A job's word to the dispatcher. Those of many jobs at a time go in one signal. */
export function tellDispatcherActivity({ fleet }: Pick<ActivityDependencies, 'fleet'>): Activities['tellDispatcher'] {
  return (message) => fleet.tellDispatcher(message);
}
