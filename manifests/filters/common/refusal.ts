import { DroverError } from '../../../contracts/engine/failures';
import { LIMITS } from '../../../contracts/limits';
import type { JobFilter } from '../../../contracts/source';
import { PatternError } from '../../../patterns/pattern-error';

/** A filter's value that can't be carried out, named by its full path. */
export function badFilter(member: keyof JobFilter, problem: string): DroverError {
  return new DroverError('BadRequestException', `Filter.${member}: ${problem}`);
}

/** The value of a list, once it is known to be one that can pass something. */
export function entries(member: keyof JobFilter, given: readonly string[]): readonly string[] {
  if (given.length === 0) throw badFilter(member, 'must name at least one');
  if (given.length > LIMITS.filter.entriesMax) {
    throw badFilter(member, `names ${given.length}, and may name ${LIMITS.filter.entriesMax} at most`);
  }
  if (given.includes('')) throw badFilter(member, 'has an empty entry');
  return given;
}

/** What `compile` makes of a pattern, with the member and the pattern in the error of one that is malformed. */
export function compiled<T>(member: keyof JobFilter, pattern: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof PatternError) throw badFilter(member, `${JSON.stringify(pattern)}: ${error.message}`);
    throw error;
  }
}
