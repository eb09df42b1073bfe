/**
 * Goal: the steps of a pipeline run in order on the right object, the row tells which failed, and what can't go well is
 * refused before it begins. Method: operations that remember what they did, on the in-memory store.
 */
import type { Task } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import { elementParser } from '../../../../operations/composing/element-parser';
import type { UploadNote } from '../../../../operations/operation';
import { FakeOperations } from '../../../support/fake-operations';
import { memoryRoleStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';
import { MemoryTaskNotes } from '../../../support/memory-store/task-notes';

const SUCCESS = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const PASSED_OVER = ['AlreadyInDesiredState', 'Skipped: the condition does not hold'];

function saying(message: string) {
  return { ...SUCCESS, message, ...(PASSED_OVER.includes(message) ? { skipped: true } : {}) };
}
const { signal } = new AbortController();
const task: Task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 7, versionId: 'null' };

type Steps = readonly JsonObject[];

function bench() {
  const store = new MemoryStore({ buckets: ['b', 't', 'u'] });
  store.seed('b', 'k', 'x', { size: 100, tags: [{ Key: 'a', Value: 'b' }] });
  store.seed('t', 'k', 'x', { size: 5 });
  const fakes = new FakeOperations();
  const prechecked: string[] = [];
  const parse = elementParser([
    fakes.make('Act', { hasDesiredState: true }),
    fakes.make('Copy', { makesObjects: true, hasDesiredState: true }),
    fakes.make('Move', { makesObjects: true, removesObject: true }),
    fakes.make('Delete', { removesObject: true }),
    fakes.make('Call', { worksWithoutObject: true, calls: { functions: ['f'], urls: ['u'] } }),
    fakes.make('Lock', { precheck: async (bucket) => void prechecked.push(bucket) }),
    fakes.make('Slow', { plan: { batchTimeoutMs: 1_000, batchRows: 10, requestsInFlight: 3 } }),
  ]);
  const notes = new MemoryTaskNotes();
  const context = { jobId: 'job', ...memoryRoleStores(store), notes };
  const parsed = (...Steps: Steps) => parse({ Pipeline: { Steps } });
  const run = (...steps: Steps) => {
    const operation = parsed(...steps);
    return operation.bind(context)(task, signal);
  };
  return { store, fakes, notes, prechecked, parse, parsed, context, run };
}

const IF_SMALL = { ObjectSizeLessThanBytes: 10 };
const IF_LARGE = { ObjectSizeGreaterThanBytes: 10 };

describe('rows', () => {
  test('all steps, in order', async () => {
    const { run, fakes } = bench();
    expect(await run({ Act: {} }, { Call: {} }, { Act: {} })).toEqual(SUCCESS);
    expect(fakes.done).toEqual(['Act b/k', 'Call b/k', 'Act b/k']);
  });

  test('a failure ends the pipeline, and its step stands in the row', async () => {
    const { run, fakes } = bench();
    expect(await run({ Act: {} }, { Call: { Fails: 'no luck' } }, { Act: {} })).toEqual({
      status: 'failed',
      httpStatus: 409,
      errorCode: 'Conflict',
      message: 'Step 2 (Call): no luck',
    });
    expect(fakes.done).toEqual(['Act b/k', 'Call b/k']);
  });

  test('so does a look that the store refuses', async () => {
    const { run, fakes } = bench();
    expect(await run({ Copy: { To: 'nowhere' } }, { Act: {}, When: IF_SMALL })).toMatchObject({
      status: 'failed',
      httpStatus: 404,
      errorCode: 'NoSuchBucket',
      message: expect.stringMatching(/^Step 2 \(Act\): /),
    });
    expect(fakes.done).toEqual(['Copy b/k']);
  });

  test.each<[steps: Steps, message: string]>([
    [[{ Act: { Says: '{"crc":1}' } }, { Call: {} }], '{"crc":1}'],
    [[{ Act: {} }, { Call: { Says: '' } }], 'Successful'],
    [[{ Act: { Says: 'one' } }, { Call: { Says: 'two' } }], 'Step 1 (Act): one; Step 2 (Call): two'],
    [[{ Act: { Says: 'one' } }, { Call: {} }, { Act: { Says: 'two' } }], 'Step 1 (Act): one; Step 3 (Act): two'],
    [[{ Act: { Desired: ['b/k'] }, SkipIfInDesiredState: true }], 'AlreadyInDesiredState'],
    // Something was done: the bare word would deny it.
    [[{ Act: { Desired: ['b/k'] }, SkipIfInDesiredState: true }, { Call: {} }], 'Step 1 (Act): AlreadyInDesiredState'],
    [
      [
        { Act: { Desired: ['b/k'] }, SkipIfInDesiredState: true },
        { Act: {}, When: IF_SMALL },
      ],
      'AlreadyInDesiredState',
    ],
    [[{ Act: {}, When: IF_SMALL }], 'Skipped: the condition does not hold'],
    [
      [
        { Act: {}, When: IF_SMALL },
        { Call: {}, When: IF_SMALL },
      ],
      'Skipped: the condition does not hold',
    ],
    [
      [
        { Act: { Says: 'one' }, When: IF_SMALL },
        { Act: { Says: 'two' }, When: IF_LARGE },
      ],
      'two',
    ],
  ])('%j: %s', async (steps, message) => {
    expect(await bench().run(...steps)).toEqual(saying(message));
  });

  test('the whole pipeline may have a condition', async () => {
    const { parse, context, fakes } = bench();
    const operation = parse({ Pipeline: { Steps: [{ Act: {} }] }, When: IF_SMALL });
    expect(operation.plan.operation).toBe('Pipeline');
    expect(await operation.bind(context)(task, signal)).toEqual(saying('Skipped: the condition does not hold'));
    expect(fakes.done).toEqual([]);
  });
});

describe('the object of a step', () => {
  test('is the newest that was made, or the manifest’s', async () => {
    const { run, fakes } = bench();
    await run(
      { Act: {} },
      { Copy: { To: 't' } },
      { Act: {} },
      { Call: {}, AppliesTo: 'Source' },
      { Act: {} },
      { Copy: { To: 'u' }, AppliesTo: 'Source' },
      { Act: {}, AppliesTo: 'Result' },
    );
    expect(fakes.done).toEqual(['Act b/k', 'Copy b/k', 'Act t/k', 'Call b/k', 'Act t/k', 'Copy b/k', 'Act u/k']);
  });

  test('a made one has no version of the source, and is of the same row', async () => {
    const { run, fakes } = bench();
    await run({ Copy: { To: 't' } }, { Act: {} }, { Copy: {} }, { Act: {} }, { Act: {}, AppliesTo: 'Source' });
    const made = { bucket: 't', key: 'k', manifestKey: 'k', row: 7 };
    expect(fakes.calls.map((call) => call.task)).toEqual([task, made, made, made, task]);
  });

  test('an operation that leaves the object where it is may keep its version', async () => {
    const { run, fakes } = bench();
    await run({ Copy: {} }, { Act: {} });
    expect(fakes.calls.map((call) => call.task)).toEqual([task, task]);
  });

  test('under another key, the manifest’s spelling is that of the new one', async () => {
    const { store, context } = bench();
    const fakes = new FakeOperations();
    const rename = fakes.make('Rename', { bindResult: () => (of) => ({ ...of, key: 'new/a +%ü' }) });
    const parse = elementParser([rename, fakes.make('Act')]);
    store.seed('b', 'new/a +%ü');
    const operation = parse({ Pipeline: { Steps: [{ Rename: {} }, { Act: {} }] } });
    await operation.bind(context)(task, signal);
    expect(fakes.calls[1]?.task).toEqual({
      bucket: 'b',
      key: 'new/a +%ü',
      manifestKey: 'new/a%20%2B%25%C3%BC',
      row: 7,
    });
  });

  test('conditions are about the object of their step', async () => {
    const { run, fakes } = bench();
    await run(
      { Copy: { To: 't' }, When: IF_LARGE },
      { Act: {}, When: IF_SMALL },
      { Call: {}, AppliesTo: 'Source', When: IF_SMALL },
    );
    expect(fakes.done).toEqual(['Copy b/k', 'Act t/k']);
  });

  test('a step that was passed over has made nothing; one that found everything as it should be has', async () => {
    const { run, fakes } = bench();
    await run({ Copy: { To: 't' }, When: IF_SMALL }, { Act: {} });
    await run({ Copy: { To: 't', Desired: ['b/k'] }, SkipIfInDesiredState: true }, { Call: {} });
    expect(fakes.done).toEqual(['Act b/k', 'Call t/k']);
  });
});

describe('looks', () => {
  test('are shared by steps until one has acted', async () => {
    const { run, store, fakes } = bench();
    await run(
      { Act: {}, When: IF_SMALL },
      { Act: {}, When: { ObjectSizeLessThanBytes: 20 } },
      { Act: { Desired: ['b/k'] }, SkipIfInDesiredState: true, When: IF_LARGE },
      { Call: {}, When: IF_LARGE },
      { Call: {}, When: IF_LARGE },
    );
    expect(fakes.done).toEqual(['Call b/k', 'Call b/k']);
    expect(store.calls.map(({ method }) => method)).toEqual(['describeObject', 'describeObject']);
  });

  test('of another object are its own', async () => {
    const { run, store } = bench();
    await run({ Copy: { To: 't' }, When: IF_LARGE }, { Act: {}, When: IF_SMALL });
    expect(store.calls.map(({ method, bucket }) => `${method} ${bucket}`)).toEqual([
      'describeObject b',
      'describeObject t',
    ]);
  });
});

describe('steps know nothing of each other', () => {
  test('each has its number, and notes of its own', async () => {
    const { run, fakes, notes } = bench();
    await run({ Act: {} }, { Act: {} });
    const [first, second] = fakes.calls.map(({ context }) => context);
    expect([first?.step, second?.step]).toEqual([0, 1]);
    const note = (key: string): UploadNote => ({ bucket: 'b', key, begunAt: '', sourceEtag: '', partBytes: 1 });
    await first?.uploads.write(7, note('one'));
    await second?.uploads.write(7, note('two'));
    expect(await first?.uploads.find(7)).toEqual(note('one'));
    await first?.notes.write(7, { own: 1 });
    await second?.notes.write(7, { own: 2 });
    expect(notes.written.map(({ note }) => note)).toEqual([{ own: 1 }, { own: 2 }]);
    expect(new Set(notes.written.map(({ row }) => row)).size).toBe(2);
    const again = notes.again();
    expect(await again.find(7)).toEqual([]);
    await second?.uploads.forget(7);
    expect(await second?.uploads.find(7)).toBeUndefined();
    expect(await first?.uploads.find(7)).toEqual(note('one'));
  });
});

describe('the plan', () => {
  test('is that of the neediest step; times add up, to a day at most', () => {
    const { parsed } = bench();
    const { plan } = parsed({ Act: {} }, { Slow: {} });
    expect(plan).toEqual({
      operation: 'Pipeline',
      batchRows: 10,
      requestsInFlight: 3,
      batchTimeoutMs: LIMITS.batch.timeoutMs + 1_000,
      chunksInFlight: LIMITS.chunks.inFlight,
      batchesInFlight: LIMITS.chunks.batchesInFlight,
    });
    const fakes = new FakeOperations();
    const long = elementParser([fakes.make('Long', { plan: { batchTimeoutMs: 20 * 3_600_000 } })]);
    const twice = long({ Pipeline: { Steps: [{ Long: {} }, { Long: {} }] } });
    expect(twice.plan.batchTimeoutMs).toBe(LIMITS.copy.batchTimeoutMs);
  });

  test('buckets, calls and prechecks are those of all steps', async () => {
    const { parsed, prechecked, context } = bench();
    const operation = parsed(
      { Lock: {} },
      { Copy: { To: 't' } },
      { Call: {}, When: IF_SMALL },
      { Lock: {} },
      { Copy: {} },
      { Lock: {} },
      { Copy: { To: 'u' }, AppliesTo: 'Source' },
      { Lock: {} },
      { Lock: {}, AppliesTo: 'Source', When: IF_SMALL },
    );
    expect(operation.buckets).toEqual({ read: ['t'], write: ['t', 'u'] });
    expect(operation.calls).toEqual({ functions: ['f'], urls: ['u'] });
    await operation.precheck?.('b', context);
    expect(prechecked).toEqual(['b', 't', 't', 'u', 'b']);
    expect(parsed({ Act: {} }).precheck).toBeUndefined();
  });
});

describe('the element', () => {
  const many = (count: number): JsonObject[] => Array.from({ length: count }, () => ({ Act: {} }));
  test.each<[pipeline: unknown, message: string]>([
    [undefined, 'Operation: exactly one operation must be given, found none'],
    [{}, 'Operation.Pipeline.Steps: is required'],
    [{ Steps: [] }, 'Operation.Pipeline.Steps: must have at least one step'],
    [{ Steps: many(11) }, 'Operation.Pipeline.Steps: at most 10 steps'],
    [{ Steps: many(1), Colour: 1 }, 'Operation.Pipeline.Colour: unknown member'],
    [{ Steps: { Act: {} } }, 'Operation.Pipeline.Steps: '],
    [{ Steps: ['Act'] }, 'Operation.Pipeline.Steps.0: must be an object with one member'],
    [{ Steps: [{}] }, 'Operation.Pipeline.Steps.0: exactly one operation must be given, found none'],
    [
      { Steps: [{ Act: {} }, { Act: {}, Call: {} }] },
      'Operation.Pipeline.Steps.1: exactly one operation must be given',
    ],
    [{ Steps: [{ Act: {}, Whenn: {} }] }, 'Operation.Pipeline.Steps.0.Whenn: unknown member'],
    [{ Steps: [{ Act: { Colour: 1 } }] }, 'Operation.Pipeline.Steps.0.Act.Colour: unknown member'],
    [{ Steps: [{ None: {} }] }, 'Operation.Pipeline.Steps.0.None: no such operation'],
    [{ Steps: [{ Pipeline: { Steps: many(1) } }] }, "Operation.Pipeline.Steps.0.Pipeline: a pipeline can't be a step"],
    [{ Steps: [{ Act: {}, When: {} }] }, 'Operation.Pipeline.Steps.0.When: must name at least one condition'],
    [{ Steps: [{ Act: {}, AppliesTo: 'Target' }] }, 'Operation.Pipeline.Steps.0.AppliesTo: must be Source or Result'],
    [
      { Steps: [{ Call: {}, SkipIfInDesiredState: true }] },
      "Operation.Pipeline.Steps.0.SkipIfInDesiredState: Call can't",
    ],
  ])('%j is refused', (Pipeline, message) => {
    const refused = (): unknown => bench().parse({ Pipeline });
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ code: 'BadRequestException' }));
  });

  test('SkipIfInDesiredState belongs to the steps', () => {
    expect(() => bench().parse({ Pipeline: { Steps: many(1) }, SkipIfInDesiredState: true })).toThrow(
      "Operation.SkipIfInDesiredState: Pipeline can't tell",
    );
  });
});

describe('an order of steps that can not go well', () => {
  test.each<[steps: Steps, message: string]>([
    [
      [{ Delete: {} }, { Act: {} }],
      'Operation.Pipeline.Steps.1.Act: its object is gone after Operation.Pipeline.Steps.0.Delete',
    ],
    [
      [{ Copy: { To: 't' }, When: { OlderThanDays: 1 } }, { Delete: {} }],
      'Steps.1.Delete: a former step makes another object of some objects only: say by AppliesTo which is to be removed',
    ],
    [
      [{ Copy: { To: 't' } }, { Delete: {} }, { Act: {} }],
      'Steps.2.Act: its object is gone after Operation.Pipeline.Steps.1.Delete',
    ],
    [
      [{ Move: { To: 't' } }, { Act: {}, AppliesTo: 'Source' }],
      'Steps.1.Act: its object is gone after Operation.Pipeline.Steps.0.Move: put it before that step, or say AppliesTo Result',
    ],
    [[{ Delete: {} }, { Call: {}, When: IF_SMALL }], 'Steps.1.Call: its object is gone'],
    [[{ Move: { To: 't' } }, { Copy: { To: 'u' }, AppliesTo: 'Source' }], 'Steps.1.Copy: its object is gone'],
  ])('%j', (steps, message) => {
    expect(() => bench().parsed(...steps)).toThrow(message);
  });

  test.each<[steps: Steps]>([
    [[{ Copy: { To: 't' } }, { Delete: {}, AppliesTo: 'Source' }, { Act: {} }]],
    [[{ Delete: {} }, { Call: {} }]],
    [[{ Delete: {} }, { Call: {}, When: { KeyNameConstraint: { MatchAnyPrefix: ['k'] } } }]],
    [[{ Move: { To: 't' } }, { Act: {} }, { Delete: {} }]],
    // For other objects, the next step may make sense.
    [
      [
        { Delete: {}, When: IF_SMALL },
        { Act: {}, When: IF_LARGE },
      ],
    ],
  ])('%j is none', (steps) => {
    expect(() => bench().parsed(...steps)).not.toThrow();
  });
});
