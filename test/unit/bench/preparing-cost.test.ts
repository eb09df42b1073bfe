/** Goal: a list of a thousand million keys costs no more at Temporal than is promised. Method: its parts, played with the real bounds. */
import { actionsOf, preparingCost } from '../../../bench/suites/preparing-cost';
import { LIMITS } from '../../../contracts/limits';

const ROWS = 1_000_000_000;
const ACTIONS_MAX = 20_000;

test.each([
  ['a listing by one core', LIMITS.listing.partsAim, 200_000],
  ['a listing by four cores', LIMITS.listing.partsAim, 800_000],
  ['an inventory', LIMITS.source.partsMax, 1_000_000],
  ['a listing at half the speed that is promised', LIMITS.listing.partsAim, 110_000],
])('%s', (_name, parts, rowsPerSecond) => {
  const cost = preparingCost({ rows: ROWS, parts, rowsPerSecond, retries: 100 });
  expect(cost.seconds).toBeGreaterThan(ROWS / rowsPerSecond - 1);
  expect(cost.memo).toBeLessThanOrEqual(parts);
  expect(actionsOf(cost)).toBeLessThanOrEqual(ACTIONS_MAX);
  // Beats of a second would not do for a listing by one core.
  expect(cost.heartbeats * LIMITS.source.preparingBeatMs).toBeGreaterThan(cost.seconds * 1_000);
});

test('beats are counted for each part that is being read', () => {
  const seconds = 40;
  const { heartbeats, memo, activities } = preparingCost({ rows: seconds, parts: 1, rowsPerSecond: 1, retries: 0 });
  expect({ heartbeats, memo, activities }).toEqual({
    heartbeats: (seconds * 1_000) / LIMITS.source.preparingBeatMs,
    memo: 1,
    activities: 3,
  });
});
