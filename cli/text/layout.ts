import { printable, type Terminal } from '../output';

/** Below this a column is no longer read but guessed: the terminal wraps what does not fit. */
const COLUMN_MIN = 24;

/** Columns of a terminal; undefined for a file or a pipe, whose reader takes lines of any length. */
export function columnsOf({ stdout }: Terminal): number | undefined {
  return stdout.isTTY === true && stdout.columns !== undefined && stdout.columns > 0 ? stdout.columns : undefined;
}

/** Broken at spaces into lines of at most `columns` characters; a longer word is cut. Undefined: one line. */
export function wrapped(text: string, columns: number | undefined): string[] {
  if (columns === undefined || text.length <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => cut(one, columns))) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function cut(word: string, columns: number): string[] {
  if (word.length <= columns) return [word];
  return Array.from({ length: Math.ceil(word.length / columns) }, (_, at) =>
    word.slice(at * columns, (at + 1) * columns),
  );
}

export type Fact = readonly [name: string, value: string | readonly string[] | undefined];

/** Names with their values; a list has a line for each of its values. What is undefined or empty is left out. */
export function facts(given: readonly Fact[], columns: number | undefined): string {
  const known = given.flatMap(([name, value]) => {
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.length === 0 ? [] : [{ name: printable(name), values: values.map(printable) }];
  });
  const width = Math.max(...known.map(({ name }) => name.length), 0) + 2;
  const room = columns === undefined ? undefined : Math.max(COLUMN_MIN, columns - width);
  return known
    .flatMap(({ name, values }) =>
      values
        .flatMap((value) => wrapped(value, room))
        .map((line, at) => `${(at === 0 ? name : '').padEnd(width)}${line}`.trimEnd()),
    )
    .join('\n');
}

/**
 * A table whose last column is wrapped to what the others leave of the terminal. Where they leave too little, each row is a
 * paragraph: its first cells in a line, and the last one indented below.
 */
export function fittedTable(rows: readonly (readonly string[])[], columns: number | undefined): string {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  const last = widths.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const isNarrow = columns !== undefined && columns - before < Math.min(COLUMN_MIN, widths[last] ?? 0);
  const lines = (row: readonly string[]): string[] =>
    isNarrow ? paragraph(row, columns) : tableLines(row, widths, columns === undefined ? undefined : columns - before);
  // A heading over paragraphs names nothing.
  return (isNarrow ? cells.slice(1) : cells).flatMap(lines).join('\n');
}

function tableLines(row: readonly string[], widths: readonly number[], room: number | undefined): string[] {
  const first = row.slice(0, widths.length - 1);
  const start = first.map((cell, at) => `${cell.padEnd(widths[at] ?? 0)}  `).join('');
  return wrapped(row[widths.length - 1] ?? '', room).map((line, at) =>
    `${at === 0 ? start : ' '.repeat(start.length)}${line}`.trimEnd(),
  );
}

function paragraph(row: readonly string[], columns: number): string[] {
  const head = row.slice(0, -1).filter((cell) => cell !== '');
  const text = wrapped(row.at(-1) ?? '', Math.max(COLUMN_MIN, columns - 4)).filter((line) => line !== '');
  return [...wrapped(head.join('  '), columns), ...text.map((line) => `    ${line}`)];
}
