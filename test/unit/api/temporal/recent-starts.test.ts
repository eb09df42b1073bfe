/** Goal: an account's latest starts are kept, whatever other accounts do, and not for ever. Method: a clock of our own. */
import { VISIBILITY_LAG_MS } from '../../../../api/temporal/list-order';
import { RecentStarts } from '../../../../api/temporal/recent-starts';

let now: number;
let starts: RecentStarts;

beforeEach(() => {
  now = 1_000_000;
  starts = new RecentStarts(() => now);
});

test('a flood of one account hides no job of another', () => {
  starts.add('quiet', 'fresh');
  for (let index = 0; index < 500; index += 1) starts.add('busy', `job-${index}`);
  expect(starts.of('quiet')).toEqual(['fresh']);
  expect(starts.of('busy')).toHaveLength(100);
  expect(starts.of('busy').at(-1)).toBe('job-499');
});

test('what a list has shown, or must show by now, is kept no more', () => {
  starts.add('a', 'shown');
  starts.add('a', 'old');
  starts.seen('b', 'old');
  starts.seen('a', 'shown');
  expect(starts.of('a')).toEqual(['old']);
  now += VISIBILITY_LAG_MS;
  starts.add('a', 'new');
  expect(starts.of('a')).toEqual(['new']);
});

test('of very many accounts, the one that started the longest ago is forgotten', () => {
  for (let index = 0; index < 1_000; index += 1) starts.add(`account-${index}`, 'job');
  starts.add('account-0', 'again');
  starts.add('account-1000', 'job');
  expect(starts.of('account-0')).toEqual(['job', 'again']);
  expect(starts.of('account-1')).toEqual([]);
  expect(starts.of('account-2')).toEqual(['job']);
});
