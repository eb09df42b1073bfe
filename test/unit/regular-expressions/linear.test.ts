/**
 * Goal: no regular expression of ours takes more than linear time, whatever it is fed with. Method: all of them, found by the
 * TypeScript parser, are given to recheck, which proves it or finds the text that hurts. That takes a second for each, so what has
 * been proven stands in linear.json, and only the others are looked at. `DROVER_WRITE_DOCS=1` proves all anew and writes the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Recheck from 'recheck';
import { modelPattern } from '../../../api/s3control/wire/model-check';
import * as limits from '../../../api/s3control/wire/model-limits';
import { type FoundPattern, sourcePatterns } from '../../support/regular-expressions';

// No native helper: it would outlive the test.
process.env['RECHECK_BACKEND'] = 'pure';
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { checkSync } = require('recheck') as typeof Recheck;

const FILE = join(__dirname, 'linear.json');
const TIMEOUT_MS = 120_000;
/** Loading recheck alone takes seconds on a busy machine. */
const TEST_TIMEOUT_MS = 600_000;

const shown = ({ source, flags }: Pick<FoundPattern, 'source' | 'flags'>): string => `/${source}/${flags}`;

/** What hurts the expression; undefined when nothing does. */
function hurt({ source, flags }: Pick<FoundPattern, 'source' | 'flags'>): string | undefined {
  const found = checkSync(source, flags, { timeout: TIMEOUT_MS });
  if (found.status === 'safe') return undefined;
  return found.status === 'vulnerable' ? `${found.complexity.summary}: ${found.attack.pattern}` : found.error.kind;
}

/** Patterns of AWS's service model, which are compiled when they are needed. */
function modelPatterns(value: unknown, at = 'api/s3control/wire/model-limits.ts'): FoundPattern[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (name !== 'pattern' || typeof member !== 'string') return modelPatterns(member, at);
    const { source, flags } = modelPattern(member);
    return [{ at, source, flags }];
  });
}

const { patterns, made } = sourcePatterns();
const all = [...patterns, ...modelPatterns(limits)];

test('what is not written in a source is made of a table that is looked at here, or, in the browser, of the schemas of the API', () => {
  expect(made).toEqual(['api/s3control/wire/model-check.ts', 'console/form/field.ts']);
  expect(modelPatterns(limits).length).toBeGreaterThan(5);
  expect(patterns.length).toBeGreaterThan(100);
});

test(
  'the test knows what hurts',
  () => {
    expect(hurt({ source: '^(?:a|a)*$', flags: '' })).toContain('exponential');
    expect(hurt({ source: '/+$', flags: '' })).toContain('polynomial');
  },
  TEST_TIMEOUT_MS,
);

test(
  'each takes linear time',
  () => {
    const isAnew = process.env['DROVER_WRITE_DOCS'] === '1';
    const proven = new Set(isAnew ? [] : (JSON.parse(readFileSync(FILE, 'utf8')) as string[]));
    const found: string[] = [];
    for (const pattern of all) {
      if (proven.has(shown(pattern))) continue;
      const what = hurt(pattern);
      if (what === undefined) proven.add(shown(pattern));
      else found.push(`${pattern.at} ${shown(pattern)} ${what}`);
    }
    if (isAnew) writeFileSync(FILE, `${JSON.stringify([...proven].sort(), null, 2)}\n`);
    expect(found).toEqual([]);
  },
  TEST_TIMEOUT_MS * 2,
);
