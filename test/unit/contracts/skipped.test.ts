/** Goal: skipped tasks are told apart from those succeeded, and a tally without any is as it was before they were counted. */
import { addTallies, EMPTY_TALLY, executed, subtractTallies, type Task } from '../../../contracts/engine/outcome';
import { PartBuilder, slicePart } from '../../../reports';

const OLD = { succeeded: 2, failed: 1, pending: 0 };
const NEW = { succeeded: 5, failed: 0, pending: 0, skipped: 3 };
const TASK: Task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 };

test('sums and differences, with tallies of former versions', () => {
  expect(addTallies(OLD, NEW)).toEqual({ succeeded: 7, failed: 1, pending: 0, skipped: 3 });
  expect(subtractTallies(addTallies(OLD, NEW), NEW)).toStrictEqual(OLD);
  expect(addTallies(OLD, EMPTY_TALLY)).toStrictEqual(OLD);
});

test('they are among those succeeded, and count once', () => {
  expect(executed(NEW)).toBe(5);
});

test('a part counts them, and goes on counting where it stopped', () => {
  const part = new PartBuilder('AllTasks');
  part.add(TASK, { status: 'succeeded', httpStatus: 200, message: 'Skipped', skipped: true });
  part.add(TASK, { status: 'succeeded', httpStatus: 200, message: 'Successful' });
  const again = PartBuilder.resume(part.encode());
  again.add(TASK, { status: 'succeeded', httpStatus: 200, message: 'Skipped', skipped: true });
  expect(again.tally).toEqual({ succeeded: 3, failed: 0, pending: 0, skipped: 2 });
  expect(slicePart(again.encode()).succeeded.rows).toBe(3);
});

test('none: the part is as it was', () => {
  const part = new PartBuilder('AllTasks');
  part.add(TASK, { status: 'succeeded', httpStatus: 200, message: 'Successful' });
  expect(part.tally).toStrictEqual({ succeeded: 1, failed: 0, pending: 0 });
});
