// Goal: a key that climbs above its bucket is known in every spelling, and no other one is taken for it.
// Method: examples, and random keys held to what Node's own path functions make of them.
import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { climbs, startClimbs } from '../../../contracts/object-key';
import { CLIMBING_KEYS, ODD_KEYS, STAYING_KEYS } from '../../contract/odd-keys';

test.each(CLIMBING_KEYS)('%j climbs', (key) => {
  expect(climbs(key)).toBe(true);
});

test.each([...ODD_KEYS, ...STAYING_KEYS])('%j stays', (key) => {
  expect(climbs(key)).toBe(false);
});

test('random keys: so long as nothing climbs, no prefix of the key leads out of the bucket by POSIX or Windows rules', () => {
  const piece = fc.constantFrom('..', '.', '', 'a', '...', 'b', '..a', '/', '\\', '/', '%2e%2e');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      (key) => {
        const ends = [...key.matchAll(/[/\\]|$/g)].map(({ index }) => key.slice(0, index));
        const leaves = (path: typeof posix) => (start: string) =>
          /^\.\.(?:[/\\]|$)/.test(path.normalize(`./${start.replace(/^[/\\]+/, '')}`));
        expect(climbs(key)).toBe(ends.some(leaves(posix)) || ends.some(leaves(win32)));
      },
    ),
    { numRuns: 5_000 },
  );
});

test('the begin of keys climbs when all keys that begin so do', () => {
  expect(['../', '../a', 'a/../../', '..\\a/'].map(startClimbs)).toEqual([true, true, true, true]);
  expect(['..', 'a/..', 'a/../', ''].map(startClimbs)).toEqual([false, false, false, false]);
});
