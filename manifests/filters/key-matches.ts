import { compileExpression } from '../../patterns/compile';
import { compiled } from './common/refusal';
import { defineFilter } from './definition';

/** The regular expression matches somewhere in the key. */
export const keyMatches = defineFilter({
  member: 'KeyMatches',
  needs: () => ['key'],
  bind: (source) => {
    const matches = compiled('KeyMatches', source, () => compileExpression(source));
    return ({ key }) => matches(key);
  },
});
