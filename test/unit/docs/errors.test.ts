/**
 * Goal: docs/use/errors.md has every error of the catalogue, and none that is not there. Method: the rows of its tables are compared
 * with the catalogue; `generated.test.ts` holds them to what it says of each.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURES } from '../../../contracts/engine/failures';
import { tableRows } from '../../../dev/docs/markdown-table';

const rows = tableRows(readFileSync(join(__dirname, '../../../docs/use/errors.md'), 'utf8')).filter(([code = '']) =>
  /^`\w+`$/.test(code),
);

test('every code of the catalogue has one row', () => {
  const codes = rows.map(([code = '']) => code.slice(1, -1));
  expect(codes.sort()).toEqual(Object.keys(FAILURES).sort());
});
