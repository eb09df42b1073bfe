/**
 * Goal: of objects that want the same key, or each other's, none is lost, whoever comes first and wherever a run is cut off.
 * Method: runs held at the worst moment on the in-memory store, with and without the conditions that not all stores know.
 */
import fc from 'fast-check';
import type { DeleteObjectInput } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';
import { bind, CarelessStore, newStore, OK, prepared, taskOf, text } from './move-bench';

type Move = ReturnType<typeof bind>;

describe('two objects with one target', () => {
  const given = { TargetKey: '{basename}' };

  /** The first has seen that there is no target; the second does what it can meanwhile; then the first goes on. */
  async function race(store: MemoryStore, first: Move, second: Move): Promise<string[]> {
    store.seed('source', 'x/a', 'from x');
    store.seed('source', 'y/a', 'from y');
    const gate = store.faults.hold({ method: 'copyObject' });
    const one = first(taskOf('x/a'));
    await gate.reached;
    const two = second(taskOf('y/a'));
    await new Promise((go) => setTimeout(go, 50));
    gate.release();
    const rows = await Promise.all([one, two]);
    const left = [text(store, 'source', 'x/a'), text(store, 'source', 'y/a'), text(store, 'target', 'a')];
    expect(left.filter((body) => body !== undefined).sort()).toEqual(['from x', 'from y']);
    return rows.map(({ status }) => status).sort();
  }

  test.each([
    ['a store that knows conditions', newStore],
    ['one that does not', () => prepared(new CarelessStore())],
  ] as const)('one is moved, the other stays: %s', async (_name, make) => {
    const store = make();
    const move = bind(store, given);
    expect(await race(store, move, move)).toEqual(['failed', 'succeeded']);
  });

  test('in two processes the condition of the copy decides', async () => {
    // Each process has a store object of its own, so that they do not wait for each other.
    const store = newStore();
    expect(await race(store, bind(store, given), bind(new Proxy(store, {}), given))).toEqual(['failed', 'succeeded']);
  });

  test('a chain of renames in one batch, run in any order, loses nothing', async () => {
    const bodies = ['0', '1', '2', '3'];
    const order = fc.shuffledSubarray(['a', 'ab', 'abb', 'abbb'], { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), fc.boolean(), async (keys, careless, overwrite) => {
        const store = prepared(careless ? new CarelessStore() : new MemoryStore());
        for (const [index, key] of ['a', 'ab', 'abb', 'abbb'].entries()) store.seed('target', key, `${index}`);
        const move = bind(store, {
          ReplacePrefix: { From: 'a', To: 'ab' },
          IfTargetExists: overwrite ? 'OVERWRITE' : 'FAIL',
        });
        await Promise.all(keys.map((key) => move(taskOf(key, { bucket: 'target' }))));
        const left = store.keys('target').map((key) => text(store, 'target', key));
        // With OVERWRITE, what lay at a target may be replaced before its own turn comes: asked for. Else all is there.
        if (!overwrite) expect(left.sort()).toEqual(bodies);
        else expect(new Set(left).size).toBe(left.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a delete that is answered with 500', () => {
  const FAILED = new StoreError('InternalError', 500, 'we encountered an error');

  test.each([
    ['', FAILED],
    // The client has asked again by itself.
    [', and with 412 the next time', new StoreError('PreconditionFailed', 412, 'a condition did not hold')],
  ])('after its effect%s: the object is moved', async (_what, error) => {
    class FailingAfter extends MemoryStore {
      override async deleteObject(input: DeleteObjectInput, options?: object): Promise<never> {
        await super.deleteObject(input, options);
        throw error;
      }
    }
    const store = prepared(new FailingAfter());
    store.seed('source', 'a', 'text');
    expect(await bind(store)(taskOf('a'))).toEqual(OK);
    expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
  });

  test('without effect: the row says that the source is there', async () => {
    const store = newStore();
    store.seed('source', 'a', 'text');
    store.faults.fail(FAILED, { method: 'deleteObject' });
    expect(await bind(store)(taskOf('a'))).toMatchObject({
      status: 'failed',
      httpStatus: 500,
      message: expect.stringContaining('the source was not deleted'),
    });
    expect(text(store, 'source', 'a')).toBe('text');
  });
});

describe('crashes', () => {
  test('after any request: the next run ends the move', async () => {
    for (let requests = 0; requests < 12; requests += 1) {
      const store = newStore();
      store.seed('source', 'a', 'text', { tags: [{ Key: 'k', Value: 'v' }] });
      const controller = new AbortController();
      class Dying extends Error {}
      let left = requests;
      const dying = new Proxy(store, {
        get(target, name, receiver) {
          const member: unknown = Reflect.get(target, name, receiver);
          if (typeof member !== 'function' || name === 'describe') return member;
          return async (...args: unknown[]) => {
            if (left <= 0) throw new Dying();
            left -= 1;
            return (member as (...given: unknown[]) => unknown).apply(target, args);
          };
        },
      });
      const first = await bind(dying)(taskOf('a'), controller.signal).catch((error: unknown) => error);
      const second = await bind(store)(taskOf('a'));
      expect(second).toMatchObject({ status: 'succeeded' });
      expect([text(store, 'source', 'a'), text(store, 'target', 'a')]).toEqual([undefined, 'text']);
      expect(store.calls.filter(({ method }) => method === 'copyObject')).toHaveLength(1);
      if (!(first instanceof Dying)) return;
    }
    throw new Error('more requests than a move has');
  });
});
