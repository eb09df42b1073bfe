/** Goal: what is changed of a job is what the form has changed, and nothing else. Method: settings as the page has them before and after. */
import { changesOf, settingsOf } from '../../../console/pages/job/settings-of';

const JOB = {
  priority: 10,
  limits: { TasksPerSecond: 5, Restores: { BULK: { RequestsPerSecond: 5 } } },
  tags: [{ Key: 'team', Value: 'a' }],
};
const BEFORE = settingsOf(JOB);

test('nothing written, nothing changed; the order of members is none', () => {
  expect(changesOf(BEFORE, BEFORE)).toEqual({});
  const { TasksPerSecond, ...others } = BEFORE;
  expect(changesOf({ ...others, TasksPerSecond: TasksPerSecond! }, BEFORE)).toEqual({});
});

test('limits go together, those that stay included', () => {
  expect(changesOf({ ...BEFORE, TasksPerSecond: 9 }, BEFORE)).toEqual({
    limits: { TasksPerSecond: 9, Restores: { BULK: { RequestsPerSecond: 5 } } },
  });
  const { TasksPerSecond: _, ...unlimited } = BEFORE;
  expect(changesOf(unlimited, BEFORE)).toEqual({ limits: { Restores: { BULK: { RequestsPerSecond: 5 } } } });
});

test('the last tag can be taken away, and a first one given', () => {
  const { Tags, ...untagged } = BEFORE;
  expect(changesOf(untagged, BEFORE)).toEqual({ tags: [] });
  expect(settingsOf({ ...JOB, tags: [] })).toEqual(untagged);
  expect(changesOf({ ...untagged, Tags: Tags! }, untagged)).toEqual({ tags: JOB.tags });
});

test('a priority of 0 is one', () => {
  expect(changesOf({ ...BEFORE, Priority: 0 }, BEFORE)).toEqual({ priority: 0 });
});
