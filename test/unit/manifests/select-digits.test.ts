/**
 * Goal: numbers are written as they read, whatever their size. Method: the same as `String` for numbers at all bounds of the
 * way they are taken apart.
 */
import fc from 'fast-check';
import { digits } from '../../../manifests/select/digits';

const itself = (value: number): number => value;

test('numbers read as String has them', () => {
  const bounds = Array.from({ length: 17 }, (_, i) => 10 ** i - 1).flatMap((n) => [n - 1, n, n + 1]);
  const all = [0, ...bounds, Number.MAX_SAFE_INTEGER].filter(Number.isSafeInteger);
  const given = [...all, ...all.map((n) => -n)].map((n) => n + 0);
  expect(digits(given, itself).toString()).toBe(given.map((n) => (n === 0 ? 0 : n)).join(','));
});

test('any numbers do', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (given) => {
      expect(digits(given, itself).toString()).toBe(given.join(','));
    }),
  );
});

test('what is behind the point is left out', () => {
  expect(digits([1.9, -1.9, 1_767_322_800_000.5], itself).toString()).toBe('1,-1,1767322800000');
  expect(digits([], itself).toString()).toBe('');
});
