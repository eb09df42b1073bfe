import type { Goal, PartResult, Table } from './part';

const LEFT_COLUMNS = 1;

/** A part's tables, goals and notes as plain text. The first column is left-aligned, the others, numbers mostly, right. */
export function formatResult(name: string, result: PartResult): string {
  const blocks = result.tables.map(formatTable);
  if (result.goals.length > 0) blocks.push(formatTable(goalsTable(result.goals)));
  if (result.notes.length > 0) blocks.push(result.notes.map((note) => `  - ${note}`).join('\n'));
  return [`== ${name}`, ...blocks].join('\n\n');
}

function goalsTable(goals: readonly Goal[]): Table {
  return {
    title: 'goals',
    columns: ['', 'measured', 'wanted', ''],
    rows: goals.map(({ name, measured, wanted, met }) => [name, measured, wanted, met ? 'met' : 'MISSED']),
  };
}

function formatTable({ title, columns, rows }: Table): string {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, index) =>
        index < LEFT_COLUMNS ? (cells[index] ?? '').padEnd(width) : (cells[index] ?? '').padStart(width),
      )
      .join('   ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('   ');
  return [title, line(columns), rule, ...rows.map(line)].map((text) => `  ${text}`).join('\n');
}
