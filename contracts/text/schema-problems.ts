import type { z } from 'zod';
import { DroverError } from '../engine/failures';

export type MemberPath = readonly (string | number)[];

/** One thing that a schema found wrong. */
export interface Problem {
  readonly path: MemberPath;
  readonly message: string;
}

export type Issue = z.core.$ZodIssue;

export interface Wording {
  /** Said of a member that the schema does not know. */
  readonly unknownMember: string;
  readonly sentence: (issue: Issue) => string;
}

const REQUIRED = 'is required';
const OF_REQUESTS: Wording = { unknownMember: 'unknown member', sentence: ({ message }) => message };

/** More problems than this help nobody, and an error message has its bounds. */
const PROBLEMS_SHOWN_MAX = 5;

/**
 * What the schema makes of `given`. Throws BadRequestException, whose message names each wrong member by its path below
 * `root`.
 */
export function checked<Output>(schema: z.ZodType<Output>, given: unknown, root?: string): Output {
  const result = schema.safeParse(given, { error: (issue) => (issue.input === undefined ? REQUIRED : plain(issue)) });
  if (result.success) return result.data;
  const problems = problemsOf(result.error.issues, OF_REQUESTS, root === undefined ? [] : [root]);
  const lines = problems.slice(0, PROBLEMS_SHOWN_MAX).map((problem) => problemLine(problem, 'body'));
  const shown = lines.join('; ');
  const more = problems.length - PROBLEMS_SHOWN_MAX;
  throw new DroverError('BadRequestException', more > 0 ? `${shown}; and ${more} more` : shown);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
/** What texts and lists are counted in; numbers count themselves. */
const COUNTED: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** What zod says in words of its own; undefined for the rest. A schema's own message goes before it. */
function plain(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small': {
      const unit = COUNTED[issue.origin];
      if (unit !== undefined && issue.minimum === 1) return 'must not be empty';
      const bound = issue.inclusive === false ? 'more than' : 'at least';
      return `must ${unit === undefined ? 'be' : 'have'} ${bound} ${issue.minimum}${unit ?? ''}`;
    }
    case 'too_big': {
      const unit = COUNTED[issue.origin];
      const bound = issue.inclusive === false ? 'less than' : 'at most';
      return `must ${unit === undefined ? 'be' : 'have'} ${bound} ${issue.maximum}${unit ?? ''}`;
    }
    default:
      return undefined;
  }
}

/** The first problem, for a message with room for one; `whole` names the value itself, where it stands at no path `above`. */
export function firstProblem(error: z.ZodError, whole: string, above: MemberPath = []): string {
  const [first] = problemsOf(error.issues, OF_REQUESTS, above);
  return first === undefined ? '' : problemLine(first, whole);
}

export function problemsOf(issues: readonly Issue[], wording: Wording, above: MemberPath = []): Problem[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({ path: [...path, key], message: wording.unknownMember }));
      case 'invalid_key':
        return [{ path, message: issue.issues[0]?.message ?? issue.message }];
      case 'invalid_union': {
        const meant = formThatWasMeant(issue.errors);
        return meant ? problemsOf(meant, wording, path) : [{ path, message: issue.message }];
      }
      default:
        return [{ path, message: wording.sentence(issue) }];
    }
  });
}

/** `TagSet.0.Key: is required` */
function problemLine({ path, message }: Problem, whole: string): string {
  return `${path.join('.') || whole}: ${message}`;
}

/** The form of a union that the value comes closest to; undefined when it is none of them, or two alike. */
function formThatWasMeant(forms: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const [first, second] = forms
    .filter((issues) => !issues.some(isOfAnotherKind))
    .map((issues) => ({ issues, weight: issues.reduce((sum, issue) => sum + weightOf(issue), 0) }))
    .sort((a, b) => a.weight - b.weight);
  if (first === undefined || first.weight === second?.weight || isAnotherForm(first.issues)) return undefined;
  return first.issues;
}

/** A text where a mapping is meant, or the other way round. */
function isOfAnotherKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function weightOf(issue: Issue): number {
  return issue.code === 'unrecognized_keys' ? issue.keys.length + 1 : 1;
}

/** Something is missing and something else is too much. */
function isAnotherForm(issues: readonly Issue[]): boolean {
  const top = issues.filter(({ path }) => path.length <= 1);
  return top.some(({ code }) => code === 'unrecognized_keys') && top.some(isMissing);
}

/** A schema's own words, or those of `checked`. */
export function isMissing({ code, message }: Issue): boolean {
  return code === 'invalid_type' && (message === REQUIRED || message.endsWith(' received undefined'));
}
