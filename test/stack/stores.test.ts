/**
 * Goal: docs/run/stores.md tells what each operation does on each store, and it is true. Method: every operation on three real stores
 * at once, its effect read back with AWS's own client; what was seen is compared with what is expected here, and the page made of
 * it with docs/run/stores.md. `DROVER_WRITE_DOCS=1` writes the page instead.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS } from '../../operations';
import { isOfArchives } from '../../operations/describe';
import { type ByStore, StoreMatrix } from '../support/servers/store-matrix';
import { commonCases } from './stores/common-cases';
import { COPY_CASES, COPYING } from './stores/copying';
import { DELETE_CASES, DELETING } from './stores/deleting';
import { type SeenCase, storesPage } from './stores/page';
import { READING, READING_CASES } from './stores/reading';
import { REPLICATING } from './stores/replicating';
import { RESTORING } from './stores/restoring';
import { REWRITING } from './stores/rewriting';
import { SETTING_CASES, SETTINGS } from './stores/settings';
import { onAll, type StoreCase } from './stores/spec';
import { TAGGING, TAGGING_CASES } from './stores/tagging';

/** They call something that is no store. */
const NO_STORE = ['HttpInvoke', 'LambdaInvoke'];

const CASES: readonly StoreCase[] = [
  ...TAGGING,
  ...SETTINGS,
  ...DELETING,
  ...COPYING,
  ...REWRITING,
  ...READING,
  ...REPLICATING,
  ...RESTORING,
]
  .flatMap(commonCases)
  .concat(TAGGING_CASES, SETTING_CASES, DELETE_CASES, COPY_CASES, READING_CASES);

const PAGE = join(__dirname, '../../docs/run/stores.md');

let matrix: StoreMatrix;
let keys: ByStore<readonly string[]>;
const results: SeenCase[] = [];

beforeAll(async () => {
  matrix = await StoreMatrix.start();
  keys = await matrix.everywhere((side) => side.holdableKeys());
}, 300_000);

afterAll(async () => {
  await matrix?.stop();
});

test('every operation of the registry that works on stores is here', () => {
  const onStores = OPERATIONS.filter((operation) => !isOfArchives(operation) && !NO_STORE.includes(operation.name));
  const names = onStores.map(({ name }) => name);
  expect([...new Set(CASES.map(({ operation }) => operation))].sort()).toEqual(names);
});

test.each(CASES.map((one) => [one.operation, one.what, one] as const))('%s: %s', async (_operation, _what, one) => {
  const { operation, what, run, expected } = one;
  const shown = await matrix.everywhere(run);
  expect(shown).toEqual(onAll(expected));
  results.push({ operation, what, shown });
});

test('docs/run/stores.md says so', () => {
  // A page that lacks a case, or has what nobody expected, is not worth writing.
  expect(results).toHaveLength(CASES.length);
  const page = storesPage(results, keys);
  if (process.env['DROVER_WRITE_DOCS'] === '1') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});
