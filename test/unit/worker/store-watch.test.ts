/** Goal: the log and the jobs hear once of a silent store, and once of its end. Method: a clock and silences of the test. */
import type { SilentStore } from '../../../storage/http/hearing';
import { StoreWatch } from '../../../worker/store-watch';

const BEGAN_MS = Date.parse('2026-11-30T12:00:00Z');
const STORE: SilentStore = {
  place: 'default (http://store, us-east-1)',
  operation: 'PutObject',
  resource: 'herd',
  sinceMs: BEGAN_MS,
  owners: ['job-1'],
};

function watching() {
  const lines: string[] = [];
  const told: string[] = [];
  const test = { now: BEGAN_MS, silent: [STORE] as readonly SilentStore[] };
  const watch = new StoreWatch({
    silentStores: () => test.silent,
    tellJob: async (jobId, text) => void told.push(`${jobId}: ${text ?? 'answers'}`),
    log: {
      warn: (message, details) => void lines.push(`warn ${message} ${JSON.stringify(details)}`),
      info: (message) => void lines.push(`info ${message}`),
    },
    now: () => test.now,
  });
  const lookAfter = (seconds: number): void => {
    test.now += seconds * 1_000;
    watch.look();
  };
  return { test, lines, told, lookAfter };
}

test('nothing is said for ten seconds, then once, with store, call and time', () => {
  const { lines, told, lookAfter } = watching();
  lookAfter(9);
  expect([...lines, ...told]).toEqual([]);
  lookAfter(1);
  lookAfter(1);
  expect(lines).toEqual([
    'warn a store does not answer {"store":"default (http://store, us-east-1)","operation":"PutObject","bucket":"herd","since":"2026-11-30T12:00:00.000Z","jobs":["job-1"]}',
  ]);
  expect(told).toEqual([
    'job-1: the store default (http://store, us-east-1): no answer since 2026-11-30T12:00:00.000Z (PutObject, bucket herd)',
  ]);
});

test('that it is over is said once', () => {
  const { test: at, lines, told, lookAfter } = watching();
  lookAfter(10);
  at.silent = [];
  lookAfter(1);
  lookAfter(1);
  expect(lines.slice(1)).toEqual(['info a store that did not answer is asked no more, or answers']);
  expect(told.slice(1)).toEqual(['job-1: answers']);
});

test('a store that comes and goes fills no history: the pauses between two words grow', () => {
  const { test: at, told, lookAfter } = watching();
  for (let minute = 0; minute < 240; minute += 1) {
    at.silent = [{ ...STORE, sinceMs: at.now }];
    lookAfter(30);
    at.silent = [];
    lookAfter(30);
  }
  expect(told.length).toBeLessThan(30);
  expect(told.filter((line) => line.endsWith('answers'))).toHaveLength(told.length / 2);
});
