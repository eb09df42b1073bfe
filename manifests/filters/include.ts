import { boundGlobs } from './common/globs';
import { defineFilter } from './definition';

/** The whole key matches one of these globs. */
export const include = defineFilter({
  member: 'Include',
  needs: () => ['key'],
  bind: (globs) => {
    const matches = boundGlobs('Include', globs);
    return ({ key }) => matches(key);
  },
});
