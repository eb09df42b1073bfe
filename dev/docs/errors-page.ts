import { type FailureCode, FAILURES } from '../../contracts/engine/failures';
import { mapTables, markdownTable, tableRows } from './markdown-table';

/** `docs/use/errors.md` with what the catalogue says of each code. The page decides in which table a code stands. */
export function errorsPage(present: string): string {
  return mapTables(present, (table) => {
    const [heads = [], , ...rows] = tableRows(table);
    const codes = rows.map(([first = '']) => first.slice(1, -1));
    return codes.every(isCode) ? markdownTable(heads, codes.map(rowOf)) : table;
  });
}

function isCode(text: string): text is FailureCode {
  return Object.hasOwn(FAILURES, text);
}

function rowOf(code: FailureCode): string[] {
  const { httpStatus, retryable, advice } = FAILURES[code];
  return [`\`${code}\``, String(httpStatus), retryable ? 'yes' : 'no', advice];
}
