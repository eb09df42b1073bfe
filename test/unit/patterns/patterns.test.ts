/**
 * Goal: globs mean what users of rclone and s5cmd expect, regular expressions are RE2's, and nothing that is given takes more
 * than linear time. Method: tables of patterns with keys that match and keys that do not; hostile patterns on the longest keys.
 */
import { compileExpression, compileGlobs, expressionProblem, globProblem } from '../../../patterns/compile';

test.each<[glob: string, matching: string[], others: string[]]>([
  ['*.gz', ['a.gz', '.gz', 'a\n.gz'], ['a/b.gz', 'a.gzip', 'a.GZ']],
  ['**.gz', ['a.gz', 'a/b.gz', 'a/b/c.gz'], ['a/b.gz/']],
  ['logs/**', ['logs/', 'logs/a/b', 'logs/ö\u0000'], ['logs', 'xlogs/a']],
  ['logs/*/x', ['logs/a/x', 'logs//x'], ['logs/a/b/x', 'logs/x']],
  ['a?c', ['abc', 'aöc', 'a😀c'], ['a/c', 'ac', 'abbc']],
  ['[abc]x', ['ax', 'bx'], ['dx', 'x']],
  ['[a-c0-9]x', ['bx', '7x'], ['dx', '-x']],
  ['[!a-c]x', ['dx', 'öx'], ['ax', '/x']],
  ['[^a]x', ['bx'], ['ax', '/x']],
  ['[]]x', [']x'], ['x']],
  ['[!]]x', ['ax'], [']x']],
  ['[a-]x', ['-x', 'ax'], ['bx']],
  ['[+-9]x', ['+x', '.x', '0x', '9x'], ['/x']],
  ['[\\]\\-]x', [']x', '-x'], ['ax']],
  ['{a,b/*,}.c', ['a.c', 'b/x.c', '.c'], ['b/.c.d', 'c.c', 'b/x/y.c']],
  ['{a{b,c},d}', ['ab', 'ac', 'd'], ['a', 'abc']],
  ['a,b', ['a,b'], ['a', 'b']],
  ['\\*\\{\\\\', ['*{\\'], ['a{\\']],
  ['a.b+(c)|^$', ['a.b+(c)|^$'], ['axb+(c)|^$']],
  ['', [''], ['a']],
])('the glob %p matches whole keys', (glob, matching, others) => {
  const matches = compileGlobs([glob]);
  expect([...matching, ...others].filter(matches)).toEqual(matching);
});

test('a list of globs matches what any of them matches', () => {
  expect(['a.gz', 'b/c', 'd'].filter(compileGlobs(['*.gz', 'b/*']))).toEqual(['a.gz', 'b/c']);
});

test.each([
  ['[a', 'has no ]'],
  ['a]', 'has no ['],
  ['{a', 'has no }'],
  ['a}', 'has no {'],
  ['a***', 'more than two *'],
  ['a\\', 'backslash'],
  ['[z-a]', 'from high to low'],
  ['[/]', 'nothing but /'],
  ['[[:alpha:]]', 'write the ranges'],
  ['{{a.*}}', 'KeyMatches'],
  ['a'.repeat(1_025), 'longer than 1024'],
])('the glob %p is refused', (glob, problem) => {
  expect(globProblem(glob)).toContain(problem);
});

test.each<[source: string, matching: string[], others: string[]]>([
  ['\\.gz$', ['a/b.gz'], ['a.gz/c']],
  ['^logs/\\d{4}/', ['logs/2026/a'], ['x/logs/2026/a', 'logs/26/']],
  ['(?i)README', ['docs/readme.md'], ['docs']],
  ['\\p{Greek}', ['α'], ['a']],
])('the expression %p matches anywhere in the key', (source, matching, others) => {
  const matches = compileExpression(source);
  expect([...matching, ...others].filter(matches)).toEqual(matching);
});

test.each([
  ['', 'is empty'],
  ['(a', 'no RE2 syntax'],
  ['a(?=b)', 'no RE2 syntax'],
  ['(a)\\1', 'no RE2 syntax'],
  ['((a{100}){100}){100}', 'no RE2 syntax'],
  ['.{900}.{900}.{900}', 'too large a program'],
  ['a'.repeat(1_025), 'longer than 1024'],
])('the expression %p is refused', (source, problem) => {
  expect(expressionProblem(source)).toContain(problem);
});

/** Engines that go back would take longer than the test may: its time-out is the measure, whatever the machine does beside. */
test.each([
  ['(a+a+)+$', false],
  ['(?:a|a?)+b', false],
  ['(.*.*.*.*.*.*=)+x', false],
  ['a.{1000}b', false],
  ['(?:(?:a?){30}){30}z', false],
])('the expression %p comes to an end for the longest key', (source, expected) => {
  expect(compileExpression(source)(`${'a'.repeat(1_023)}!`)).toBe(expected);
});

test('a glob of many stars comes to an end for the longest key', () => {
  const matches = compileGlobs(['**a'.repeat(300) + 'b', '*{a,aa}'.repeat(100) + 'b']);
  expect(matches('a'.repeat(1_024))).toBe(false);
});
