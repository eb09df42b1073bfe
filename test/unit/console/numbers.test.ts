/**
 * Goal: counts and lengths of time read as they are. Method: values at the edges.
 */
import { counted, grouped, percent } from '../../../console/parts/numbers';
import { duration, utcTime } from '../../../console/parts/times';
import { timesIn } from '../../../console/parts/times-in-text';

test('100 % means all, 0 % none', () => {
  expect([percent(999_999, 1_000_000), percent(1, 1_000_000), percent(0, 5), percent(5, 5), percent(0, 0)]).toEqual([
    '99 %',
    '1 %',
    '0 %',
    '100 %',
    '0 %',
  ]);
});

test('counts', () => {
  expect([grouped(1_234_567), counted(1, 'job'), counted(3_412, 'job')]).toEqual(['1,234,567', '1 job', '3,412 jobs']);
});

test('a length of time has its two largest units', () => {
  expect([0.4, 59.6, 725, 3_600, 3_661, 273_600, -5].map(duration)).toEqual([
    '0 s',
    '1 min',
    '12 min 5 s',
    '1 h',
    '1 h 1 min',
    '3 d 4 h',
    '0 s',
  ]);
});

test('a time of day in UTC is its next moment, which pages show in the zone of the viewer', () => {
  const now = Date.parse('2026-12-01T23:10:30Z');
  const text = 'restore: 3 of 5 objects, next look';
  expect(timesIn(`${text} 23:30 UTC`, now)).toEqual([`${text} `, Date.parse('2026-12-01T23:30:00Z')]);
  expect(timesIn(`${text} 00:05 UTC.`, now)).toEqual([`${text} `, Date.parse('2026-12-02T00:05:00Z'), '.']);
  expect(timesIn('23:10 UTC', now)).toEqual([Date.parse('2026-12-01T23:10:00Z')]);
  expect(timesIn('resume', now)).toEqual(['resume']);
});

test('UTC is what stands on hover', () => {
  expect(utcTime(new Date('2026-12-01T23:59:58.999Z'))).toBe('2026-12-01 23:59:58 UTC');
});
