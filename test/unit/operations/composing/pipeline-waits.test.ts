/**
 * Goal: a task that waits in a step goes on there and nowhere else, on the right object, and what was done before is not done again. Method:
 * operations that remember what they did; what a look would find is said by the test.
 */
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { Waiting } from '../../../../contracts/engine/waiting';
import type { JsonObject } from '../../../../contracts/job';
import { elementParser } from '../../../../operations/composing/element-parser';
import type { LookContext } from '../../../../operations/operation';
import { FakeOperations } from '../../../support/fake-operations';
import { memoryRoleStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';
import { MemoryTaskNotes } from '../../../support/memory-store/task-notes';

const { signal } = new AbortController();
const TASK: Task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 7 };
const SUCCESS = { status: 'succeeded', httpStatus: 200, message: 'Successful' };

function bench(Steps: readonly JsonObject[], options: JsonObject = {}) {
  const store = new MemoryStore({ buckets: ['b', 't'] });
  store.seed('b', 'k', 'x');
  store.seed('t', 'k', 'x');
  const fakes = new FakeOperations();
  const parse = elementParser([
    fakes.make('Act'),
    fakes.make('Copy', { makesObjects: true }),
    fakes.make('Delete', { removesObject: true }),
  ]);
  const operation = parse({ Pipeline: { Steps: [...Steps] }, ...options });
  const context = { jobId: 'job', ...memoryRoleStores(store), notes: new MemoryTaskNotes() };
  const perform = operation.bind(context);
  return {
    operation,
    fakes,
    begin: () => perform(TASK, signal),
    goOn: (outcome: TaskOutcome, found = 'luck') =>
      perform({ ...TASK, waited: { waiting: waitingOf(outcome), found } }, signal),
  };
}

function waitingOf(outcome: TaskOutcome): Waiting {
  if (outcome.status !== 'pending' || !outcome.waiting) throw new Error('the task does not wait');
  return outcome.waiting;
}

const WAITS = { Act: { Waits: true } };

test('a step that waits may stand anywhere; the plan is that of its looks', () => {
  expect(bench([WAITS, { Copy: { To: 't' } }]).operation.plan.wait).toEqual({
    kind: 'lists',
    what: 'luck',
    firstLookMs: 1,
    intervalMs: 2,
    intervalMaxMs: 3,
  });
});

test('after the wait come the steps behind it', async () => {
  const { begin, goOn, fakes } = bench([{ Copy: { To: 't', Says: 'copied' } }, WAITS, { Act: { Says: 'done' } }]);
  const waits = await begin();
  expect(waits).toMatchObject({
    status: 'pending',
    waiting: { step: { step: 1, next: 2, done: [[0, 'copied']], object: { bucket: 't', key: 'k' } } },
  });
  expect(await goOn(waits)).toEqual({ ...SUCCESS, message: 'Step 1 (Copy): copied; Step 3 (Act): done' });
  expect(fakes.done).toEqual(['Copy b/k', 'Act t/k', 'Act t/k', 'Act t/k']);
});

test('a pipeline may wait twice', async () => {
  const { begin, goOn, fakes } = bench([WAITS, { Copy: { To: 't' } }, WAITS]);
  const second = await goOn(await begin());
  expect(second).toMatchObject({ waiting: { step: { step: 2, object: { bucket: 't', key: 'k' } } } });
  expect(await goOn(second)).toEqual(SUCCESS);
  expect(fakes.done).toEqual(['Act b/k', 'Act b/k', 'Copy b/k', 'Act t/k', 'Act t/k']);
});

test('conditions are not asked again after the wait', async () => {
  const small = { ObjectSizeLessThanBytes: 10 };
  const { begin, goOn } = bench([{ ...WAITS, When: small }, { Delete: {} }], { When: small });
  expect(await goOn(await begin())).toEqual(SUCCESS);
});

test('what was waited for is waited for again when a step finds it gone, and that step comes next', async () => {
  const steps = [WAITS, { Act: { Says: 'one' } }, { Act: { Fails: 'out of luck' } }];
  const { begin, goOn } = bench(steps);
  const again = await goOn(await begin());
  expect(again).toMatchObject({ status: 'pending', waiting: { step: { step: 0, next: 2, done: [[1, 'one']] } } });
});

test('each step looks at its own tasks, and names itself', async () => {
  const { operation } = bench([WAITS, WAITS]);
  const look = operation.bindLook?.({} as LookContext);
  const waiting = (step: number) => ({
    row: step,
    object: TASK,
    waiting: { since: '', state: {}, step: { step, next: step + 1, done: [], object: TASK } },
  });
  expect(await look?.([waiting(1), waiting(0)], signal)).toEqual([{ found: 'luck' }, { found: 'luck' }]);
});
