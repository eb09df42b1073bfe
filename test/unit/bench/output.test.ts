// Goal: a person and a script can trust what is printed: aligned columns, and a missed goal that says so. Method: the text itself.
import { formatResult } from '../../../bench/output';
import { atLeast, atMost } from '../../../bench/part';

test('lays out tables, goals and notes', () => {
  const text = formatResult('demo', {
    tables: [
      {
        title: 'speeds',
        columns: ['', 'n/s'],
        rows: [
          ['a', '1'],
          ['longer', '1,000'],
        ],
      },
    ],
    goals: [atLeast('speed', 4_999, 5_000, 'tasks/s'), atMost('CPU', 0.25, 0.25, 'ms', 2)],
    notes: ['on a stub'],
    data: {},
  });
  expect(text.split('\n')).toEqual([
    '== demo',
    '',
    '  speeds',
    '             n/s',
    '  ------   -----',
    '  a            1',
    '  longer   1,000',
    '',
    '  goals',
    '               measured            wanted',
    '  -----   -------------   ---------------   ------',
    '  speed   4,999 tasks/s   ≥ 5,000 tasks/s   MISSED',
    '  CPU           0.25 ms         ≤ 0.25 ms      met',
    '',
    '  - on a stub',
  ]);
});

test('counts what could not be measured as missed', () => {
  expect(atMost('CPU', Number.NaN, 1, 'ms').met).toBe(false);
  expect(atLeast('speed', Number.NaN, 1, 'tasks/s').met).toBe(false);
});
