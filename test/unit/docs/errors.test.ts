/**
 * Goal: docs/errors.md has every error of the catalogue, as it is, and none that is not there. Method: the rows of its tables
 * are compared with the catalogue.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURES } from '../../../contracts/failures';
import { tableRows } from './tables';

const rows = tableRows(readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8')).filter(([code = '']) =>
  /^`\w+`$/.test(code),
);

test.each(Object.entries(FAILURES))('%s', (code, { httpStatus, retryable, advice }) => {
  const own = rows.filter(([first]) => first === `\`${code}\``);
  expect(own).toEqual([[`\`${code}\``, String(httpStatus), retryable ? 'yes' : 'no', advice]]);
});

test('there is no row for an unknown code', () => {
  const codes = rows.map(([code = '']) => code.slice(1, -1));
  expect(codes.filter((code) => !Object.hasOwn(FAILURES, code))).toEqual([]);
});
