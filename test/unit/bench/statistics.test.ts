// Goal: medians and percentiles are right at the edges, where a benchmark with few samples lives. Method: small samples by hand.
import { median, percentile } from '../../../bench/statistics';

test('takes the middle value, or half-way between the two in the middle, whatever the order', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('interpolates percentiles and keeps to the range of the values', () => {
  const values = [10, 20, 30, 40, 50];
  expect(percentile(values, 95)).toBeCloseTo(48);
  expect(percentile(values, 0)).toBe(10);
  expect(percentile(values, 100)).toBe(50);
});

test('has no number for no values, and does not reorder what it is given', () => {
  expect(median([])).toBeNaN();
  const values = [2, 1];
  median(values);
  expect(values).toEqual([2, 1]);
});
