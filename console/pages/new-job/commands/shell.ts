/** A word of a POSIX shell that means this text and nothing else. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_/.:-][A-Za-z0-9_/.:@%+,=-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** One command over several lines: the first words, then each option with its value on a line of its own. */
export function commandLine(first: readonly string[], options: readonly (readonly string[])[]): string {
  return [first, ...options].map((words) => words.map(quoted).join(' ')).join(' \\\n  ');
}
