import { isMissing, type Issue, problemsOf } from '../../contracts/text/schema-problems';
import type { Problem } from '../problems';

/** What a schema of settings found, as sentences that never hold a value. */
export function settingProblems(issues: readonly Issue[]): Problem[] {
  return problemsOf(issues, { unknownMember: UNKNOWN, sentence }).map((problem) => {
    const renamed = RENAMED.find(([path]) => path.test(problem.path.join('.')));
    return renamed && problem.message.startsWith(UNKNOWN) ? { ...problem, message: `is ${renamed[1]} now` } : problem;
  });
}

const UNKNOWN = 'unknown setting';
const RENAMED = [[/^stores\.[^.]+\.updatesEncryption$/, 'profile.updatesEncryption']] as const;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function sentence(issue: Issue): string {
  if (issue.code === 'invalid_type') {
    const kind = KINDS[issue.expected] ?? issue.expected;
    if (isMissing(issue)) return 'is required';
    if (/ received null$/.test(issue.message)) return `has no value: it must be ${kind}`;
    const quotes = / received (number|boolean)$/.test(issue.message) && issue.expected === 'string';
    return `must be ${kind}${quotes ? ': put it in quotes' : ''}`;
  }
  if (issue.code === 'invalid_value' && 'expected' in issue && issue.expected === 'stringbool') {
    return 'must be true or false';
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' && issue.origin === 'array') return 'must have an element';
  if (issue.code === 'too_small' && issue.origin !== 'string') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big' && issue.origin !== 'string') return `must be at most ${issue.maximum}`;
  return issue.message;
}
