/**
 * Goal: no operation is missing where people look for what Drover can do, and none is there that does not exist. Method: the
 * table of docs/run/permissions.md and the numbers in README.md and docs/understand/comparison.md are compared with the registry.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableRows } from '../../../dev/docs/markdown-table';
import { OPERATIONS } from '../../../operations';
import { isOfAws } from '../../../operations/describe';

const registered = OPERATIONS.map(({ name }) => name);

/** The names that rows of tables in a part of a page begin with. */
function named(page: string, from: string, to: string): string[] {
  const text = textOf(page);
  const start = text.indexOf(from);
  const part = text.slice(start, text.indexOf(to, start + from.length));
  return tableRows(part)
    .map(([first = '']) => /^`((?:S3|Lambda|Http|Glacier)\w+)`$/.exec(first)?.[1])
    .filter((name) => name !== undefined);
}

function textOf(page: string): string {
  return readFileSync(join(__dirname, '../../..', page), 'utf8');
}

test('README.md and docs/understand/comparison.md say how many there are', () => {
  const ofAws = OPERATIONS.filter(isOfAws).length;
  const said = /\[(\d+) operations\]\(\S+\), the (\d+) of AWS and (\d+) that AWS\s/.exec(textOf('README.md'));
  expect(said?.slice(1).map(Number)).toEqual([registered.length, ofAws, registered.length - ofAws]);
  const compared = /\| \[(\d+)\]\(\S*operations\.md#the-operations\) /.exec(textOf('docs/understand/comparison.md'));
  expect(compared?.slice(1).map(Number)).toEqual([registered.length]);
});

test('docs/run/permissions.md', () => {
  expect(named('docs/run/permissions.md', '\nEach operation needs', '\n"To skip"').sort()).toEqual(
    [...registered].sort(),
  );
});
