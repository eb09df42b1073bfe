/** The cells of all table rows of a Markdown page, heads and rules included, without the padding. */
export function tableRows(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => /^\|.*\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}
