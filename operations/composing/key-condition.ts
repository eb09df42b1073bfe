import { z } from 'zod';
import { LIMITS } from '../../contracts/limits';
import {
  compileExpression,
  compileGlobs,
  expressionProblem,
  globProblem,
  globsProblem,
  type KeyTest,
} from '../../patterns/compile';

const keyTexts = z.array(z.string().min(1).max(1_024)).min(1, 'must name at least one');

const keyNameConstraint = z
  .strictObject({
    MatchAnyPrefix: keyTexts.optional().describe('The key begins with one of these.'),
    MatchAnySuffix: keyTexts.optional().describe('The key ends in one of these.'),
    MatchAnySubstring: keyTexts.optional().describe('The key contains one of these.'),
  })
  .refine(
    (given) => Object.values(given).some((texts) => texts !== undefined),
    'must name at least one of MatchAnyPrefix, MatchAnySuffix, MatchAnySubstring',
  );

const globs = z
  .array(z.string())
  .min(1, 'must name at least one')
  // A list that is too long is not compiled.
  .max(LIMITS.filter.entriesMax, { abort: true })
  .superRefine((given, context) => {
    const problems = given.flatMap((glob, index) => {
      const problem = glob === '' ? 'is empty' : globProblem(glob);
      return problem === undefined ? [] : [{ index, glob, problem }];
    });
    for (const { index, glob, problem } of problems) {
      context.addIssue({ code: 'custom', path: [index], message: `${JSON.stringify(glob)}: ${problem}` });
    }
    if (problems.length === 0 && globsProblem(given) !== undefined) {
      context.addIssue({ code: 'custom', message: 'the globs are too large together: have fewer or shorter ones' });
    }
  });

const expression = z.string().superRefine((source, context) => {
  const problem = expressionProblem(source);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `${JSON.stringify(source)}: ${problem}` });
});

/** The members of a condition that look at the key alone. */
export const keyMembers = {
  KeyGlob: globs
    .optional()
    .describe(
      'The whole key matches one of these: `*` and `?` stand for characters other than `/`, `**` for any, `[a-z]` and `[!a-z]` for one, `{a,b}` for either; `\\` takes the next character as it is.',
    ),
  KeyMatches: expression
    .optional()
    .describe('A regular expression in RE2 syntax, which takes linear time, matches somewhere in the key.'),
  KeyNameConstraint: keyNameConstraint
    .optional()
    .describe('MatchAnyPrefix, MatchAnySuffix and MatchAnySubstring, each a list: the key matches one of each.'),
};

type KeyCondition = Readonly<z.infer<z.ZodObject<typeof keyMembers>>>;

/** The tests that a condition makes of a key, all of which must hold; they cost no request. */
export function keyTests({ KeyNameConstraint: constraint, KeyGlob, KeyMatches }: KeyCondition): KeyTest[] {
  const { MatchAnyPrefix: prefixes, MatchAnySuffix: suffixes, MatchAnySubstring: texts } = constraint ?? {};
  const tests: KeyTest[] = [];
  if (prefixes) tests.push((key) => prefixes.some((prefix) => key.startsWith(prefix)));
  if (suffixes) tests.push((key) => suffixes.some((suffix) => key.endsWith(suffix)));
  if (texts) tests.push((key) => texts.some((text) => key.includes(text)));
  if (KeyGlob) tests.push(compileGlobs(KeyGlob));
  if (KeyMatches !== undefined) tests.push(compileExpression(KeyMatches));
  return tests;
}
