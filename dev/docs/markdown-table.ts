/** Padded as prettier pads, so that formatting the docs does not change them. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = heads.map((_head, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}

/** A run of lines that begin and end with a bar. */
const TABLE = /(?:^\|.*\|\n)+/gm;

/** The page with `replace` of each of its tables, which get and give lines without the last line feed. */
export function mapTables(page: string, replace: (table: string) => string): string {
  return page.replace(TABLE, (table) => `${replace(table.trimEnd())}\n`);
}

/** The cells of all table rows of a Markdown text, heads and rules included, without the padding. */
export function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => /^\|.*\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}
