/** Goal: dates in keys are those of the time a run was due, in UTC. Method: examples at the edges of days and years. */
import { expandPlaceholders, hasPlaceholders, unknownPlaceholder } from '../../../contracts/text/date-placeholders';

const LATE = new Date('2026-12-31T23:30:00-02:00');

test('replaces every placeholder, in UTC, with leading zeros', () => {
  const text = 'inventory/{yyyy}-{mm}-{dd}T{HH}-00Z/{yyyy}{mm}{dd}.csv';
  expect(expandPlaceholders(text, LATE)).toBe('inventory/2027-01-01T01-00Z/20270101.csv');
});

test('leaves other braces alone', () => {
  expect(expandPlaceholders('{MM}/{}/{ yyyy }/{yyyy-mm}/$&', LATE)).toBe('{MM}/{}/{ yyyy }/{yyyy-mm}/$&');
});

test('knows what it would replace, and what only looks like it', () => {
  expect([hasPlaceholders('a/{HH}'), hasPlaceholders('a/{hh}')]).toEqual([true, false]);
  expect(unknownPlaceholder('{yyyy}/{MM}/{x}')).toBe('{MM}');
  expect(unknownPlaceholder('{yyyy}/{mm}/{1}/{}')).toBeUndefined();
  expect(unknownPlaceholder('{toString}')).toBe('{toString}');
});
