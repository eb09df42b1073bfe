import { RE2JS, RE2JSException } from 're2js';
import { LIMITS } from '../contracts/limits';
import { globSource } from './glob';
import { PatternError } from './pattern-error';

export type KeyTest = (key: string) => boolean;

/**
 * A test of whole keys against any of some globs (`globSource` has the syntax). It takes time linear in the key, however
 * many globs there are and whatever they say.
 *
 * @throws PatternError for a glob that is malformed or too large.
 */
export function compileGlobs(globs: readonly string[]): KeyTest {
  const sources = globs.map((glob) => globSource(bounded(glob)));
  const expression = compile(`(?s:${sources.join('|')})`, LIMITS.filter.globsProgramSizeMax);
  return (key) => expression.testExact(key);
}

/**
 * A test of keys against a regular expression in RE2 syntax, anywhere in the key. It takes time linear in the key: what
 * would need more, as back references and lookahead, is no RE2 syntax.
 *
 * @throws PatternError for an expression that is malformed, not RE2, or too large.
 */
export function compileExpression(source: string): KeyTest {
  if (source === '') throw new PatternError('is empty');
  const expression = compile(bounded(source), LIMITS.filter.expressionProgramSizeMax);
  return (key) => expression.test(key);
}

/** Why a glob can't be used; undefined when it can. */
export function globProblem(glob: string): string | undefined {
  return globsProblem([glob]);
}

/** The same of several that are compiled together. */
export function globsProblem(globs: readonly string[]): string | undefined {
  return problemOf(() => compileGlobs(globs));
}

/** Why a regular expression can't be used; undefined when it can. */
export function expressionProblem(source: string): string | undefined {
  return problemOf(() => compileExpression(source));
}

function problemOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

function bounded(pattern: string): string {
  if (pattern.length <= LIMITS.filter.patternCharsMax) return pattern;
  throw new PatternError(`is longer than ${LIMITS.filter.patternCharsMax} characters`);
}

function compile(source: string, programSizeMax: number): RE2JS {
  const expression = parsed(source);
  if (expression.programSize() <= programSizeMax) return expression;
  throw new PatternError('makes too large a program: have fewer or shorter repetitions and alternatives');
}

function parsed(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException) throw new PatternError(`is no RE2 syntax: ${error.message}`);
    throw error;
  }
}
