/**
 * Goal: the generated pages, and parts of pages, say what the code does. Method: each is rendered again and compared;
 * `npm run docs` writes them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from '../../../dev/docs/pages';

test.each(PAGES)('$file is up to date', ({ file, render }) => {
  const present = readFileSync(join(__dirname, '../../..', file), 'utf8');
  expect(render(present)).toBe(present);
});
