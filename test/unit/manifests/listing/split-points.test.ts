/** Goal: no point of a split has an empty folder name in it, which some stores take for another place. Method: keys beside the slash. */
import { numericPoint } from '../../../../manifests/listing/split-points';
import { KEY_ORDERS } from '../../../../storage/key-order';

test.each([
  ['herd/2022/ a', undefined],
  ['herd/2022/.a', undefined],
  ['herd/2022/-a', 'herd/2022/2'],
  ['herd/2022/!a', 'herd/2022/>'],
])('behind %j, before %j', (key, end) => {
  for (const order of Object.values(KEY_ORDERS)) {
    const point = numericPoint(key, end, order);
    expect(point?.endsWith('/') ?? false).toBe(false);
    if (point !== undefined) expect(order(key, point)).toBeLessThan(0);
  }
});

test('a slash halfway is passed over', () => {
  // Halfway between `-` and `1` is the slash.
  expect(numericPoint('herd/-a', 'herd/1', KEY_ORDERS.bytes)).toBe('herd/0');
});
