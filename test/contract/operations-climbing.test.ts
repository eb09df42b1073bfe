/**
 * Keys that lead out of their bucket are a failed row of every operation, and nothing is asked of the store; nor do they take
 * others down that are in the same request. Over the whole registry, on the in-memory store, whose requests are refused by the
 * function that refuses those of the client. What a manifest names so is refused before any operation (csv-rows.test.ts).
 */
import { CLIMBING } from '../../contracts/object-key';
import { fakeClock, hurried } from './clock';
import { CLIMBING_KEYS } from './odd-keys';
import { Bench, OBJECT_OPERATIONS, setupOf, SOURCE, VERSIONED } from './operation-bench';

/** What is asked of a bucket before its objects are looked at. */
const OF_BUCKETS = ['replicationRules', 'hasObjectLock'];

const onObjects = OBJECT_OPERATIONS.filter((operation) => !setupOf(operation).objectNotNeeded);

fakeClock();

describe.each(onObjects.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
  test.each(CLIMBING_KEYS)('the key %j', async (key) => {
    const bench = new Bench(operation);
    expect(await hurried(bench.perform(bench.task(key)))).toEqual(CLIMBING);
    expect(bench.methods().filter((method) => !OF_BUCKETS.includes(method))).toEqual([]);
  });

  test('a version id that climbs', async () => {
    const bench = new Bench(operation);
    bench.seed('a', VERSIONED);
    const outcome = await hurried(bench.perform(bench.task('a', VERSIONED, '../../victim')));
    // Some take no versions at all, and say so.
    expect(outcome).toMatchObject({ status: 'failed', httpStatus: 400 });
    expect(bench.methods().filter((method) => !OF_BUCKETS.includes(method))).toEqual([]);
  });

  if (setupOf(operation).group) {
    test('among others in one request', async () => {
      const bench = new Bench(operation, { parameters: setupOf(operation).group?.parameters });
      const [good, other] = [bench.seed('a'), bench.seed('b')];
      const tasks = [good, ...CLIMBING_KEYS.map((key) => bench.task(key, SOURCE)), other];
      const { signal } = new AbortController();
      const outcomes = await hurried(bench.bindGroup().perform(tasks, signal));
      expect(outcomes).toEqual([
        expect.objectContaining({ status: 'succeeded' }),
        ...CLIMBING_KEYS.map(() => CLIMBING),
        expect.objectContaining({ status: 'succeeded' }),
      ]);
      expect([bench.done(good), bench.done(other)]).toEqual([true, true]);
    });
  }
});
