import { boundGlobs } from './common/globs';
import { defineFilter } from './definition';

/** The whole key matches none of these globs. */
export const exclude = defineFilter({
  member: 'Exclude',
  needs: () => ['key'],
  bind: (globs) => {
    const matches = boundGlobs('Exclude', globs);
    return ({ key }) => !matches(key);
  },
});
