/**
 * Goal: no row, count or pending task is lost between building, storing, resuming and settling a part.
 * Method: random tasks and outcomes, held to a plain list; examples of damaged bytes.
 */
import fc from 'fast-check';
import type { Tally, Task, TaskOutcome } from '../../../contracts/engine/outcome';
import type { JobReport } from '../../../contracts/job';
import { decodePart, encodePart, PartBuilder, type PartScope, partScope, slicePart } from '../../../reports';
import { anyFinal, anyTask, readRows, valuesOf } from './samples';

type Entry = [Task, TaskOutcome];

const pending = fc.constant<TaskOutcome>({ status: 'pending' });
const skipped = fc.constant<TaskOutcome>({ status: 'succeeded', httpStatus: 200, message: 'Skipped', skipped: true });
const entries = fc.array(fc.tuple(anyTask, fc.oneof(anyFinal, pending, skipped)), { maxLength: 20 });
const scopes = fc.constantFrom<PartScope>('AllTasks', 'FailedTasksOnly', 'NoTasks');

function added(builder: PartBuilder, list: readonly Entry[]): PartBuilder {
  for (const [task, outcome] of list) builder.add(task, outcome);
  return builder;
}

function rowsOf(list: readonly Entry[], status: 'succeeded' | 'failed'): string[][] {
  return list.flatMap(([task, outcome]) => (outcome.status === status ? [valuesOf(task, outcome)] : []));
}

function tallyOf(list: readonly Entry[]): Tally {
  const count = (status: string) => list.filter(([, outcome]) => outcome.status === status).length;
  const skipped = list.filter(([, outcome]) => isSkipped(outcome)).length;
  const counts = { succeeded: count('succeeded'), failed: count('failed'), pending: count('pending') };
  return skipped === 0 ? counts : { ...counts, skipped };
}

function isSkipped(outcome: TaskOutcome): boolean {
  return outcome.status === 'succeeded' && outcome.skipped === true;
}

function expectPart(bytes: Buffer, list: readonly Entry[], scope: PartScope): void {
  const succeeded = scope === 'AllTasks' ? rowsOf(list, 'succeeded') : [];
  const failed = scope === 'NoTasks' ? [] : rowsOf(list, 'failed');
  const part = decodePart(bytes);
  expect(part).toMatchObject({ scope, tally: tallyOf(list) });
  expect(part.pending).toEqual(list.flatMap(([task, { status }]) => (status === 'pending' ? [task] : [])));
  expect(readRows(part.succeeded)).toEqual(succeeded);
  expect(readRows(part.failed)).toEqual(failed);
  const skipped = scope === 'FailedTasksOnly' ? list.filter(([, outcome]) => isSkipped(outcome)) : [];
  expect(readRows(part.skipped ?? '')).toEqual(rowsOf(skipped, 'succeeded'));
  const sections = slicePart(bytes);
  expect(sections.succeeded).toEqual({ rows: succeeded.length, bytes: Buffer.from(part.succeeded) });
  expect(sections.failed).toEqual({ rows: failed.length, bytes: Buffer.from(part.failed) });
}

test('a part that is interrupted and resumed holds what one without a break holds', () => {
  fc.assert(
    fc.property(entries, entries, scopes, (before, after, scope) => {
      const first = added(new PartBuilder(scope), before);
      const open = first.encode();
      expectPart(open, before, scope);
      const resumed = added(PartBuilder.resume(open), after);
      const all = [...before, ...after];
      expect(resumed.tally).toEqual(tallyOf(all));
      expectPart(resumed.encode(), all, scope);
      // A checkpoint leaves the builder as it was.
      expectPart(added(first, after).encode(), all, scope);
    }),
  );
});

test('pending tasks are taken out, and settled or put back', () => {
  fc.assert(
    fc.property(entries, fc.infiniteStream(fc.oneof(anyFinal, pending)), (list, later) => {
      const builder = PartBuilder.resume(added(new PartBuilder('AllTasks'), list).encode());
      const settled = builder.takePending().map((task): Entry => [task, later.next().value as TaskOutcome]);
      const kept = list.filter(([, { status }]) => status !== 'pending');
      expect(builder.tally).toEqual(tallyOf(kept));
      expectPart(added(builder, settled).encode(), [...kept, ...settled], 'AllTasks');
    }),
  );
});

test('a decoded part encodes to the same bytes', () => {
  fc.assert(
    fc.property(entries, scopes, (list, scope) => {
      const bytes = added(new PartBuilder(scope), list).encode();
      expect(encodePart(decodePart(bytes))).toEqual(bytes);
    }),
  );
});

test.each<[JobReport, PartScope]>([
  [{ Enabled: false }, 'FailedTasksOnly'],
  [{ Enabled: true, ReportScope: 'FailedTasksOnly' }, 'FailedTasksOnly'],
  [{ Enabled: true, ReportScope: 'AllTasks' }, 'AllTasks'],
])('scope of %j is %s', (report, scope) => {
  expect(partScope(report)).toBe(scope);
});

describe('damaged bytes are refused', () => {
  const whole = added(new PartBuilder('AllTasks'), [
    [
      { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 },
      { status: 'succeeded', httpStatus: 200, message: 'Successful' },
    ],
  ]).encode();
  test.each([
    ['cut', whole.subarray(0, -1), 'bytes instead of'],
    ['too long', Buffer.concat([whole, Buffer.from('x')]), 'bytes instead of'],
    ['empty', Buffer.alloc(0), 'instead of its header'],
    ['something else', Buffer.from('<Error/>\n'), 'begins with "<Error/>'],
    ['another version', Buffer.from('{"v":2}\n'), 'begins with "{"v":2}'],
  ])('%s', (_name, bytes, message) => {
    expect(() => slicePart(bytes)).toThrow(expect.objectContaining({ code: 'InternalError' }) as Error);
    expect(() => decodePart(bytes)).toThrow(message);
  });
});
