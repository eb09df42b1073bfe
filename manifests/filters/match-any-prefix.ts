import { entries } from './common/refusal';
import { defineFilter } from './definition';

/** The key begins with one of these. */
export const matchAnyPrefix = defineFilter({
  member: 'MatchAnyPrefix',
  needs: () => ['key'],
  bind: (given) => {
    const texts = entries('MatchAnyPrefix', given);
    return ({ key }) => texts.some((text) => key.startsWith(text));
  },
});
