/**
 * Goal: comments, messages and pages keep to rule 2 of CONTRIBUTING's "Words": no sentence begins with a word that puts off its
 * subject. Method: these words with a capital letter, in every text of the checkout.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
/** What is fetched, made or recorded. */
const LEFT_OUT = new Set([
  'node_modules',
  'dist',
  'coverage',
  'results',
  'histories',
  '.git',
  '.drover',
  'linear.json',
]);
const TEXTS = /\.(?:ts|tsx|cjs|mjs|js|py|go|md|css|html|ya?ml|tpl|service|toml|example)$|^(?:Dockerfile|run)$/;
const BEGINNING = /(?:^|[^\w`'"<(/.[-])(?:Of|Who|Whoever|Whatever|Such)(?= [\w`'"(])/;

test('no sentence begins with Of, Who, Whoever, Whatever or Such', () => {
  const files = [...textFiles('')];
  expect(files.length).toBeGreaterThan(1_000);
  expect(files.flatMap(offences)).toEqual([]);
});

test.each([
  ['/** Of a file. */', true],
  ['// It is so. Such a file is read.', true],
  ['    # Who may read.', true],
  ["'Such files are read'", false],
  ['a file of whoever wrote it', false],
  ['<Who session={session} />', false],
])('%s', (line, isOffence) => {
  expect(BEGINNING.test(line)).toBe(isOffence);
});

function* textFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* textFiles(path);
    else if (TEXTS.test(entry.name)) yield path;
  }
}

function offences(file: string): string[] {
  if (file === join('test', 'unit', 'docs', 'sentences.test.ts')) return [];
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  return lines.flatMap((line, at) => (BEGINNING.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : []));
}
