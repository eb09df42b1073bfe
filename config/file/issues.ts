import type { z } from 'zod';
import type { Problem, SettingPath } from '../problems';

type Issue = z.core.$ZodIssue;

/** What a schema found, as sentences that never hold a value. */
export function problemsOf(issues: readonly Issue[], above: SettingPath = []): Problem[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown setting' }));
      case 'invalid_key':
        return [{ path, message: issue.issues[0]?.message ?? issue.message }];
      case 'invalid_union':
        return unionProblems(issue, path);
      default:
        return [{ path, message: sentence(issue) }];
    }
  });
}

/** Picks the form of a value that was meant: the one in which nothing is both missing and too much. */
function unionProblems(issue: Extract<Issue, { code: 'invalid_union' }>, path: SettingPath): Problem[] {
  const forms = issue.errors.filter((found) => !found.some(isOfAnotherKind));
  const likely = [...forms].sort((a, b) => weight(a) - weight(b))[0];
  if (likely === undefined || isAnotherForm(likely)) return [{ path, message: issue.message }];
  return problemsOf(likely, path);
}

/** A text where a mapping is meant, or the other way round. */
function isOfAnotherKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length + 1 : 1), 0);
}

function isAnotherForm(issues: readonly Issue[]): boolean {
  const top = issues.filter(({ path }) => path.length <= 1);
  return top.some(({ code }) => code === 'unrecognized_keys') && top.some(isMissing);
}

function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && / received undefined$/.test(issue.message);
}

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
