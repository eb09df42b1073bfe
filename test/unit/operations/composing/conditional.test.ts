/**
 * Goal: an operation with options acts on the objects it is for and on no others, and says so in their rows, also when the
 * store refuses the look or loses its answer. Method: an operation that remembers what it did, on the in-memory store.
 */
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { elementParser } from '../../../../operations/composing/element-parser';
import type { PerformTask } from '../../../../operations/operation';
import { FakeOperations } from '../../../support/fake-operations';
import { memoryRoleStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';

const SUCCESS: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const SKIPPED: TaskOutcome = {
  status: 'succeeded',
  httpStatus: 200,
  message: 'Skipped: the condition does not hold',
  skipped: true,
};
const ALREADY: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'AlreadyInDesiredState', skipped: true };
const task: Task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 };
const { signal } = new AbortController();

function bench(options: { readonly denied?: readonly string[] } = {}) {
  const store = new MemoryStore({ buckets: ['b'] });
  store.seed('b', 'k', 'x', { size: 100, tags: [{ Key: 'a', Value: 'b' }] });
  const fakes = new FakeOperations();
  const act = fakes.make('Act', { hasDesiredState: true });
  const parse = elementParser([act, fakes.make('Blind')]);
  const bind = (element: JsonObject): PerformTask => {
    const operation = parse(element);
    return operation.bind({ jobId: 'job', ...memoryRoleStores(store, options) });
  };
  return { store, fakes, act, parse, bind, run: (element: JsonObject) => bind(element)(task, signal) };
}

describe('When', () => {
  test('acts where it holds, skips where not', async () => {
    const { run, fakes } = bench();
    expect(await run({ Act: {}, When: { ObjectSizeLessThanBytes: 100 } })).toEqual(SKIPPED);
    expect(fakes.done).toEqual([]);
    expect(await run({ Act: {}, When: { ObjectSizeLessThanBytes: 101 } })).toEqual(SUCCESS);
    expect(fakes.done).toEqual(['Act b/k']);
  });

  test('what the operation says goes into the row as it is', async () => {
    const { run } = bench();
    const When = { KeyNameConstraint: { MatchAnyPrefix: ['k'] } };
    expect(await run({ Act: { Fails: 'no' }, When })).toMatchObject({ status: 'failed', message: 'no' });
    expect(await run({ Act: { Says: '{}' }, When })).toMatchObject({ status: 'succeeded', message: '{}' });
    expect(await run({ Act: { Waits: true }, When })).toMatchObject({ status: 'pending' });
  });

  test.each<[When: JsonObject, method: string]>([
    [{ ObjectSizeLessThanBytes: 5 }, 'describeObject'],
    [{ MatchAllTags: [{ Key: 'a', Value: 'b' }] }, 'getObjectTagging'],
  ])('%j: an object that is not there is a failed row in the words of the store', async (When, method) => {
    const { bind, store, fakes } = bench();
    const missing = await bind({ Act: {}, When })({ ...task, key: 'missing' }, signal);
    expect(missing).toMatchObject({ status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey' });
    expect(store.calls.map((call) => call.method)).toEqual([method]);
    expect(fakes.done).toEqual([]);
  });

  describe('on what is not there, of an operation that removes objects', () => {
    const missing = { ...task, key: 'missing' };
    const When = { ObjectSizeLessThanBytes: 5 };

    function remover(options: { readonly hasDesiredState: boolean }) {
      const { store, fakes } = bench();
      const parse = elementParser([fakes.make('Remove', { ...options, removesObject: true })]);
      const run = (element: JsonObject, of: Task): Promise<TaskOutcome> => {
        const operation = parse(element);
        return operation.bind({ jobId: 'job', ...memoryRoleStores(store) })(of, signal);
      };
      return { fakes, run };
    }

    test('nothing is left to do: a run that was cut off may have done it', async () => {
      const { run, fakes } = remover({ hasDesiredState: true });
      const Remove = { Desired: ['b/missing'] };
      expect(await run({ Remove, When }, missing)).toEqual(SUCCESS);
      expect(await run({ Remove, When, SkipIfInDesiredState: true }, missing)).toEqual(ALREADY);
      expect(fakes.done).toEqual([]);
    });

    test('what is left of it, as older versions, is not removed unseen', async () => {
      const { run, fakes } = remover({ hasDesiredState: true });
      expect(await run({ Remove: {}, When }, missing)).toMatchObject({ status: 'failed', errorCode: 'NoSuchKey' });
      expect(fakes.done).toEqual([]);
    });

    test('one that can not tell beforehand is carried out', async () => {
      const { run, fakes } = remover({ hasDesiredState: false });
      expect(await run({ Remove: { Says: 'moved before' }, When }, missing)).toMatchObject({ message: 'moved before' });
      expect(fakes.done).toEqual(['Remove b/missing']);
    });

    test('a missing bucket is a failed row', async () => {
      for (const hasDesiredState of [true, false]) {
        const { run, fakes } = remover({ hasDesiredState });
        const outcome = await run({ Remove: { Desired: ['none/k'] }, When }, { ...task, bucket: 'none' });
        expect(outcome).toMatchObject({ status: 'failed', httpStatus: 404, errorCode: 'NoSuchBucket' });
        expect(fakes.done).toEqual([]);
      }
    });
  });

  test('a bucket that the role may not read is a failed row', async () => {
    const { run, fakes } = bench({ denied: ['b'] });
    const outcome = await run({ Act: {}, When: { ObjectSizeLessThanBytes: 5 } });
    expect(outcome).toMatchObject({ status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' });
    expect(fakes.done).toEqual([]);
  });

  test.each(['describeObject', 'getObjectTagging'])('one lost answer to %s is asked for again', async (method) => {
    const { run, store } = bench();
    store.faults.loseAnswer({ method });
    const When = { ObjectSizeLessThanBytes: 101, MatchAllTags: [{ Key: 'a', Value: 'b' }] };
    expect(await run({ Act: {}, When })).toEqual(SUCCESS);
    expect(store.calls.filter((call) => call.method === method)).toHaveLength(2);
  });

  test('answers that are lost twice fail the row when the store serves otherwise, and nothing is done', async () => {
    const { run, store, fakes } = bench();
    store.faults.loseAnswer({ method: 'getObjectTagging', times: 2 });
    const outcome = await run({ Act: {}, When: { MatchAllTags: [{ Key: 'a', Value: 'b' }] } });
    expect(outcome).toMatchObject({
      status: 'failed',
      httpStatus: 0,
      errorCode: 'RequestTimeout',
      message: expect.stringMatching(/^No answer was received to a question about the object; nothing was done: /),
    });
    expect(fakes.done).toEqual([]);
  });

  test('a store that answers nothing at all fails no row: the task is taken up again', async () => {
    const { run, store } = bench();
    store.faults.loseAnswer({ times: Infinity });
    const outcome = run({ Act: {}, When: { MatchAllTags: [{ Key: 'a', Value: 'b' }] } });
    await expect(outcome).rejects.toMatchObject({ code: 'RequestTimeout', answerLost: true });
    const other = bench();
    other.store.faults.down();
    await expect(other.run({ Act: {}, When: { ObjectSizeLessThanBytes: 5 } })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  test('an aborted task rejects with the reason', async () => {
    const { bind, store, fakes } = bench();
    const aborted = AbortSignal.abort(new Error('stopped'));
    await expect(bind({ Act: {}, When: { OlderThanDays: 1 } })(task, aborted)).rejects.toThrow('stopped');
    expect(store.calls).toEqual([]);
    const gate = store.faults.hold({ method: 'describeObject' });
    const abort = new AbortController();
    const running = bind({ Act: {}, When: { OlderThanDays: 1 } })(task, abort.signal);
    await gate.reached;
    abort.abort(new Error('given up'));
    await expect(running).rejects.toThrow('given up');
    expect(fakes.done).toEqual([]);
  });
});

describe('SkipIfInDesiredState', () => {
  test('acts only on what needs it', async () => {
    const { run, fakes } = bench();
    expect(await run({ Act: { Desired: ['b/k'] }, SkipIfInDesiredState: true })).toEqual(ALREADY);
    expect(fakes.done).toEqual([]);
    expect(await run({ Act: {}, SkipIfInDesiredState: true })).toEqual(SUCCESS);
    expect(fakes.done).toEqual(['Act b/k']);
  });

  test('with a condition, this decides first', async () => {
    const { run } = bench();
    const Act = { Desired: ['b/k'] };
    const no = { ObjectSizeLessThanBytes: 5 };
    expect(await run({ Act, When: no, SkipIfInDesiredState: true })).toEqual(SKIPPED);
    expect(await run({ Act, When: { Not: no }, SkipIfInDesiredState: true })).toEqual(ALREADY);
  });

  test('an operation that can not tell is refused by name, and so is what is no boolean', () => {
    const { parse } = bench();
    expect(() => parse({ Blind: {}, SkipIfInDesiredState: true })).toThrow(
      "Operation.SkipIfInDesiredState: Blind can't tell whether an object is in the desired state",
    );
    expect(() => parse({ Act: {}, SkipIfInDesiredState: 'yes' })).toThrow(
      'Operation.SkipIfInDesiredState: must be true or false',
    );
  });
});

describe('the element', () => {
  test.each<[element: JsonObject, message: string]>([
    [{ When: { OlderThanDays: 1 } }, 'Operation: exactly one operation must be given, found none'],
    [{ Act: {}, Blind: {} }, 'Operation: exactly one operation must be given, found Act, Blind'],
    [{ Act: {}, AppliesTo: 'Source' }, 'Operation.AppliesTo: has a meaning only in a step of a pipeline'],
    [{ Act: {}, When_: {}, Whenn: {} }, 'Operation.When_: unknown member; Operation.Whenn: unknown member'],
    [{ Act: { Colour: 1 }, When: { OlderThanDays: 1 } }, 'Operation.Act.Colour: unknown member'],
    [{ Nothing: {} }, 'Operation.Nothing: no such operation; supported are Act, Blind, Pipeline'],
  ])('%j is refused', (element, message) => {
    expect(() => bench().parse(element)).toThrow(message);
  });

  test('buckets, calls and precheck are those of the operation', async () => {
    const prechecked: unknown[] = [];
    const fakes = new FakeOperations();
    const act = fakes.make('Act', {
      makesObjects: true,
      calls: { urls: ['https://example.com'] },
      precheck: async (bucket) => void prechecked.push(bucket),
    });
    const operation = elementParser([act])({ Act: { To: 't' }, When: { OlderThanDays: 1 } });
    expect(operation.buckets).toEqual({ write: ['t'] });
    expect(operation.calls).toEqual({ urls: ['https://example.com'] });
    const context = { jobId: 'job', ...memoryRoleStores(new MemoryStore()) };
    await operation.precheck?.('b', context);
    expect(prechecked).toEqual(['b']);
    expect(operation.bindGroup).toBeUndefined();
  });

  test('of a group those that the options leave over are carried out together, and every task has its own row', async () => {
    const sent: string[][] = [];
    const act = new FakeOperations().make('Act', {
      bindGroup: () => ({
        tasksMax: 10,
        perform: (tasks) => {
          sent.push(tasks.map(({ key }) => key));
          return Promise.resolve(
            tasks.map(({ key }) => ({ status: 'succeeded', httpStatus: 200, message: `did ${key}` })),
          );
        },
      }),
    });
    const store = new MemoryStore({ buckets: ['b'] });
    for (const [key, body] of [
      ['small', '1'],
      ['large-1', '12345'],
      ['large-2', '123456'],
    ] as const) {
      store.seed('b', key, body);
    }
    const element = { Act: {}, When: { ObjectSizeGreaterThanBytes: 3 } };
    const operation = elementParser([act])(element);
    const group = operation.bindGroup?.({ jobId: 'job', ...memoryRoleStores(store) });
    const keys = ['large-1', 'small', 'missing', 'large-2'];
    const tasks = keys.map((key, row) => ({ bucket: 'b', key, manifestKey: key, row }));
    const outcomes = await group?.perform(tasks, new AbortController().signal);
    expect(outcomes).toEqual([
      expect.objectContaining({ message: 'did large-1' }),
      expect.objectContaining({ status: 'succeeded', message: 'Skipped: the condition does not hold' }),
      expect.objectContaining({ status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey' }),
      expect.objectContaining({ message: 'did large-2' }),
    ]);
    expect(sent).toEqual([['large-1', 'large-2']]);
    expect(group?.tasksMax).toBe(10);
    const none = await group?.perform(tasks.slice(1, 2), new AbortController().signal);
    expect(none).toHaveLength(1);
    expect(sent).toHaveLength(1);
  });

  test('a group that loses an outcome is a defect', async () => {
    const act = new FakeOperations().make('Act', {
      bindGroup: () => ({ tasksMax: 10, perform: () => Promise.resolve([]) }),
    });
    const store = new MemoryStore({ buckets: ['b'] });
    store.seed('b', 'k');
    const operation = elementParser([act])({ Act: {}, When: { ObjectSizeLessThanBytes: 100 } });
    const group = operation.bindGroup?.({ jobId: 'job', ...memoryRoleStores(store) });
    const task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 };
    await expect(group?.perform([task], new AbortController().signal)).rejects.toThrow('0 outcomes came back');
  });
});
