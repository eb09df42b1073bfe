import { compileGlobs, type KeyTest } from '../../../patterns/compile';
import { compiled, entries } from './refusal';

/** A test of keys against any glob of a member; a glob that is malformed is named. */
export function boundGlobs(member: 'Include' | 'Exclude', globs: readonly string[]): KeyTest {
  for (const glob of entries(member, globs)) compiled(member, glob, () => compileGlobs([glob]));
  return compiled(member, `all ${globs.length} together`, () => compileGlobs(globs));
}
