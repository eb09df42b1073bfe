import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../parts/project-root';
import { PAGES } from './pages';

/** `npm run docs`: writes every generated page, or part of a page, anew. */
for (const { file, render } of PAGES) {
  const path = join(PROJECT_ROOT, file);
  const before = readFileSync(path, 'utf8');
  const after = render(before);
  if (after !== before) writeFileSync(path, after);
  process.stdout.write(`${after === before ? 'unchanged' : 'written  '} ${file}\n`);
}
