/** Goal: docs/use/filters.md names every filter, and all that `Select` takes. Method: the registry and the lists, looked up in the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../../../contracts/limits';
import { FILTERS } from '../../../manifests/filters';
import { COLUMNS } from '../../../manifests/select/columns';
import { FUNCTIONS, NOW, TYPES } from '../../../manifests/select/functions';
import { DUCKDB_VERSION } from '../../../manifests/select/installed';

const PAGE = readFileSync(join(__dirname, '../../../docs/use/filters.md'), 'utf8');

test('every member, column, function and type is named', () => {
  const functions = [...FUNCTIONS].filter((name) => !name.endsWith('_escape'));
  const named = [...Object.keys(FILTERS), 'Select', ...COLUMNS.map(({ name }) => name), ...functions, ...TYPES];
  expect(named.filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([]);
  expect([...NOW].filter((name) => !PAGE.includes(`\`${name}`))).toEqual([]);
});

test('the bounds and the version are those of the code', () => {
  expect(PAGE).toContain(
    `${LIMITS.select.charsMax.toLocaleString('en')} characters and ${LIMITS.select.depthMax} levels`,
  );
  expect(PAGE).toContain(`${LIMITS.select.memoryMiB} MiB for DuckDB`);
  expect(PAGE).toContain(`A page of ${LIMITS.select.pageRows.toLocaleString('en')} rows`);
  expect(PAGE).toContain(`@duckdb/node-api@${DUCKDB_VERSION}`);
});
