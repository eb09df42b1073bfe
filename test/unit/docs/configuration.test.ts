/**
 * Goal: docs/configuration.md has every environment variable that config/ reads, with its default, and no other. Method: the
 * names and defaults are taken from the schemas' source and compared with the tables of the page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_TASK_QUEUE } from '../../../contracts/naming';
import { DEV_ACCESS_KEY, DEV_ACCOUNT_ID, DEV_SECRET_KEY } from '../../../config/load';
import { tableRows } from './tables';

const ROOT = join(__dirname, '../../..');
const CONSTANTS: Readonly<Record<string, string>> = {
  DEFAULT_TASK_QUEUE,
  DEV_ACCESS_KEY,
  DEV_ACCOUNT_ID,
  DEV_SECRET_KEY,
};

interface Variable {
  readonly file: string;
  readonly name: string;
  /** As it would stand in the environment; absent when the schema has none. */
  readonly fallback?: string;
}

function variablesOf(file: string): Variable[] {
  const source = readFileSync(join(ROOT, 'config', file), 'utf8');
  const schema = /const environment = z\.object\(\{\n([^]*?)\n\}\);/.exec(source)?.[1] ?? '';
  return schema.split(/^ {2}(?=\w+:)/m).flatMap((member) => {
    const name = /^(\w+):/.exec(member)?.[1];
    if (name === undefined) return [];
    const literal = /\.default\(([^)]*)\)/.exec(member)?.[1];
    return [literal === undefined ? { file, name } : { file, name, fallback: valueOf(literal) }];
  });
}

function valueOf(literal: string): string {
  const text = /^'(.*)'$/.exec(literal)?.[1];
  return text ?? CONSTANTS[literal] ?? literal.replaceAll('_', '');
}

const variables = ['load.ts', 'dev.ts', 'cli.ts'].flatMap(variablesOf);
const rows = tableRows(readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8'))
  .filter(([name = '']) => /^`\w+`$/.test(name))
  .map(([name = '', fallback = '', meaning = '']) => ({ name: name.slice(1, -1), fallback, meaning }));

test('the schemas are found', () => {
  expect(variables.filter(({ file }) => file === 'load.ts').length).toBeGreaterThan(15);
  expect(variables.filter(({ file }) => file === 'dev.ts').length).toBeGreaterThan(10);
  expect(variables.filter(({ file }) => file === 'cli.ts').length).toBeGreaterThanOrEqual(3);
});

test('every variable is on the page, and none else', () => {
  const names = new Set(variables.map(({ name }) => name));
  expect([...new Set(rows.map(({ name }) => name))].sort()).toEqual([...names].sort());
});

test.each(variables.filter(({ fallback }) => fallback !== undefined))(
  '$name of $file: the default is $fallback',
  (one) => {
    const documented = rows.filter(({ name }) => name === one.name).map(({ fallback }) => fallback);
    expect(documented).toContain(`\`${one.fallback ?? ''}\``);
  },
);

test('every row says what the variable means', () => {
  expect(rows.filter(({ meaning }) => meaning.length < 10)).toEqual([]);
});
