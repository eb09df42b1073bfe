/**
 * Goal: docs/understand/job-lifecycle.md shows the states and transitions that jobs are held to. Method: its table of states is compared
 * with the transitions, state by state and in their order; every other table may speak of states, but must not draw them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRANSITIONS } from '../../../contracts/engine/lifecycle';
import { JOB_STATUSES } from '../../../contracts/job';
import { tableRows } from '../../../dev/docs/markdown-table';

const page = readFileSync(join(__dirname, '../../../docs/understand/job-lifecycle.md'), 'utf8');
const heads = tableRows(page).filter((cells) => cells.includes('Leaves to'));
const rows = tableRows(page).filter(([first = '']) => JOB_STATUSES.some((status) => first === `\`${status}\``));

function leavesTo(cells: readonly string[]): string[] {
  const text = cells[heads[0]?.indexOf('Leaves to') ?? -1] ?? '';
  return text === '—' ? [] : text.split(', ');
}

test('there is one table of states, and each state is in it once', () => {
  expect(heads).toHaveLength(1);
  expect(rows.map(([status]) => status).sort()).toEqual(JOB_STATUSES.map((status) => `\`${status}\``).sort());
});

test.each(JOB_STATUSES)('%s leaves to where the code lets it', (status) => {
  const own = rows.filter(([first]) => first === `\`${status}\``);
  expect(own.map(leavesTo)).toEqual([TRANSITIONS[status]]);
});

test('the transitions that are explained exist', () => {
  const explained = [...page.matchAll(/\b([A-Z][a-z]+) → ([A-Z][a-z]+)/g)];
  expect(explained.length).toBeGreaterThan(5);
  for (const [, from = '', to = ''] of explained) {
    expect({ from, to: (TRANSITIONS as Record<string, readonly string[]>)[from] ?? [] }).toEqual({
      from,
      to: expect.arrayContaining([to]) as unknown,
    });
  }
});
