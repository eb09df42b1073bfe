/**
 * Goal: no operation is missing where people look for what Drover can do, and none is there that does not exist. Method: the
 * tables of README.md and docs/permissions.md are compared with the registry.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS } from '../../../operations';
import { isOfAws } from '../../../operations/describe';
import { tableRows } from './tables';

const registered = OPERATIONS.map(({ name }) => name);

/** The names that rows of tables in a part of a page begin with. */
function named(page: string, from: string, to: string): string[] {
  const text = readFileSync(join(__dirname, '../../..', page), 'utf8');
  const start = text.indexOf(from);
  const part = text.slice(start, text.indexOf(to, start + from.length));
  return tableRows(part)
    .map(([first = '']) => /^`((?:S3|Lambda|Http)\w+)`$/.exec(first)?.[1])
    .filter((name) => name !== undefined);
}

test('README.md', () => {
  const ofAws = OPERATIONS.filter(isOfAws).map(({ name }) => name);
  const own = registered.filter((name) => !ofAws.includes(name));
  expect(named('README.md', '\nThose of AWS:\n', "\nDrover's own:\n").sort()).toEqual([...ofAws].sort());
  expect(named('README.md', "\nDrover's own:\n", '\n## ').sort()).toEqual([...own].sort());
  expect(readFileSync(join(__dirname, '../../../README.md'), 'utf8')).toContain(
    `| [${registered.length}](#operations) `,
  );
});

test('docs/permissions.md', () => {
  expect(named('docs/permissions.md', '\nOf each operation', '\n"To skip"').sort()).toEqual([...registered].sort());
});
