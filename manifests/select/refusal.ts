import { DroverError } from '../../contracts/engine/failures';

/** An expression that is not carried out, with what a person can do about it. */
export function badSelect(problem: string): DroverError {
  return new DroverError('BadRequestException', `Filter.Select: ${problem}`);
}
