/** Goal: a process knows for how long Temporal can't have heard it, also after the silence. Method: the link with answers as told, on faked clocks. */
import { LIMITS } from '../../../contracts/limits';
import { TemporalLink } from '../../../worker/link';

let answers: boolean;
let link: TemporalLink;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
  answers = true;
  link = new TemporalLink(() => (answers ? Promise.resolve() : Promise.reject(new Error('away'))));
  link.start();
});

afterEach(() => {
  link.stop();
  jest.useRealTimers();
});

test('silence grows while no answer comes, and ends with the next one', async () => {
  await jest.advanceTimersByTimeAsync(3_000);
  expect(link.silentMs()).toBeLessThanOrEqual(LIMITS.link.intervalMs);
  answers = false;
  await jest.advanceTimersByTimeAsync(20_000);
  expect(link.silentMs()).toBeGreaterThanOrEqual(20_000);
  answers = true;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(link.silentMs()).toBeLessThanOrEqual(LIMITS.link.intervalMs);
});

test('a silence is remembered for some seconds, and then forgotten', async () => {
  answers = false;
  await jest.advanceTimersByTimeAsync(20_000);
  answers = true;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(link.recentSilenceMs()).toBeGreaterThanOrEqual(20_000);
  await jest.advanceTimersByTimeAsync(LIMITS.link.recentMs);
  expect(link.recentSilenceMs()).toBeLessThanOrEqual(2 * LIMITS.link.intervalMs);
});
