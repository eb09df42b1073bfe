/** Goal: offsets of any size survive the index, and damage is seen. Method: random offsets, examples of damage. */
import fc from 'fast-check';
import { decodeBatchRange, encodeIndex, indexRange } from '../../../manifests';

test('each batch finds its range', () => {
  const offsets = fc
    .uniqueArray(fc.maxSafeNat(), { minLength: 2, maxLength: 20 })
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(offsets, fc.boolean(), fc.constantFrom('manifest', 'segments'), (list, typed, place) => {
      const index = encodeIndex(typed ? Float64Array.from(list) : list, place);
      expect(index.length).toBe(list.length * 8);
      for (let batch = 0; batch < list.length - 1; batch++) {
        const { start, end } = indexRange(batch);
        const range = { start: list[batch], end: list[batch + 1], place };
        expect(decodeBatchRange(index.subarray(start, end))).toEqual(range);
      }
    }),
  );
});

test('the layout is unsigned 64-bit little-endian', () => {
  expect(encodeIndex([3, 2 ** 40 + 5]).readBigUInt64LE(0)).toBe(3n);
  expect(encodeIndex([3, 2 ** 40 + 5]).readBigUInt64LE(8)).toBe(2n ** 40n + 5n);
});

test.each([
  ['short', Buffer.alloc(8), 'has 8 bytes'],
  ['empty batch', encodeIndex([7, 7]), 'from byte 7 to byte 7'],
  ['backwards', encodeIndex([7, 3]), 'from byte 7 to byte 3'],
  ['beyond any object', Buffer.alloc(16, 0xff).fill(0, 0, 8), 'damaged'],
])('%s is refused', (_name, bytes, message) => {
  expect(() => decodeBatchRange(bytes)).toThrow(message);
});
