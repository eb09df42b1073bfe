import { entries } from './common/refusal';
import { defineFilter } from './definition';

/** The key contains one of these. */
export const matchAnySubstring = defineFilter({
  member: 'MatchAnySubstring',
  needs: () => ['key'],
  bind: (given) => {
    const texts = entries('MatchAnySubstring', given);
    return ({ key }) => texts.some((text) => key.includes(text));
  },
});
