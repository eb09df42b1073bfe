import type { DroverError } from '../../contracts/engine/failures';
import { badFilter } from '../filters/common/refusal';

/** What can't be left to the store, with what a person can do instead. */
export function notByStore(problem: string): DroverError {
  return badFilter('SelectBy', `Store: ${problem}. Without SelectBy, Drover selects`);
}
