import { defineFilter } from './definition';
import { boundGlobs } from './globs';

/** The whole key matches one of these globs. */
export const include = defineFilter({
  member: 'Include',
  needs: () => ['key'],
  bind: (globs) => {
    const matches = boundGlobs('Include', globs);
    return ({ key }) => matches(key);
  },
});
