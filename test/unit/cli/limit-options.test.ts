/** Goal: options of limits say of restores what was meant, by tier. Method: the options as the command line gives them. */
import { limitsOf } from '../../../cli/options/limit-options';

test.each<[perSecond: string[] | undefined, perDay: string[] | undefined, restores: object]>([
  [['10'], undefined, { BULK: { RequestsPerSecond: 10 }, STANDARD: { RequestsPerSecond: 10 } }],
  [['BULK=0.5'], undefined, { BULK: { RequestsPerSecond: 0.5 } }],
  [
    ['10', 'standard=2'],
    ['bulk=5TiB'],
    { BULK: { RequestsPerSecond: 10, BytesPerDay: 5 * 1024 ** 4 }, STANDARD: { RequestsPerSecond: 2 } },
  ],
  [undefined, ['1000'], { BULK: { BytesPerDay: 1_000 }, STANDARD: { BytesPerDay: 1_000 } }],
])('%j %j', (restoresPerSecond, restoreBytesPerDay, Restores) => {
  expect(
    limitsOf({ ...(restoresPerSecond && { restoresPerSecond }), ...(restoreBytesPerDay && { restoreBytesPerDay }) }),
  ).toEqual({ Restores });
});

test.each([
  [{ restoresPerSecond: ['EXPEDITED=1'] }, "--restores-per-second: a tier is BULK or STANDARD, not 'EXPEDITED'"],
  [{ restoresPerSecond: ['fast'] }, '--restores-per-second must be a number'],
  [{ restoreBytesPerDay: ['BULK=much'] }, '--restore-bytes-per-day'],
])('%j is refused', (options, message) => {
  expect(() => limitsOf(options)).toThrow(message);
});

test('without options there are no limits', () => {
  expect(limitsOf({})).toEqual({});
});
