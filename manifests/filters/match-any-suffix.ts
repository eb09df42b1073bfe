import { entries } from './common/refusal';
import { defineFilter } from './definition';

/** The key ends in one of these. */
export const matchAnySuffix = defineFilter({
  member: 'MatchAnySuffix',
  needs: () => ['key'],
  bind: (given) => {
    const texts = entries('MatchAnySuffix', given);
    return ({ key }) => texts.some((text) => key.endsWith(text));
  },
});
