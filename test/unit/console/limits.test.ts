/** Goal: the form of a job's limits changes what it shows, and nothing else. */
import { limitsFrom } from '../../../console/pages/job/limits';

const EMPTY = { rate: '', bytes: '', concurrency: '', threshold: '' };

test('an empty field is no limit', () => {
  const before = { TasksPerSecond: 5, BytesPerSecond: 7, Concurrency: 3, FailureThreshold: { FailedTasks: 2 } };
  expect(limitsFrom(EMPTY, before)).toEqual({});
});

test('bytes per second are whole numbers of bytes', () => {
  expect(limitsFrom({ ...EMPTY, bytes: '50000000' }, {})).toEqual({ BytesPerSecond: 50_000_000 });
});

test('limits that the form does not have stay', () => {
  const before = { TasksPerSecond: 5, Restores: { BULK: { RequestsPerSecond: 5 } } };
  expect(limitsFrom({ ...EMPTY, rate: '9' }, before)).toEqual({ ...before, TasksPerSecond: 9 });
});
