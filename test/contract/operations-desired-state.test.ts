/**
 * An object that is as the operation would leave it is skipped on demand, and says so. Over the operations that can tell, on the
 * in-memory store: what is asked of the store shows whether the work was done.
 */
import { OPERATIONS, parseOperation } from '../../operations';
import { canSkip } from '../../operations/describe';
import { fakeClock, hurried } from './clock';
import { Bench, parametersOf, VERSIONED } from './operation-bench';

const beside = { SkipIfInDesiredState: true };
/** Methods of a store that change nothing. */
const READING = /^(head|describe|get|list|has|read|replicationRules|bucketExists)/;

fakeClock();

for (const operation of OPERATIONS) {
  describe(operation.name, () => {
    if (!canSkip(operation)) {
      test('refuses the option, for it can not tell', () => {
        const element = { [operation.name]: parametersOf(operation), ...beside };
        expect(() => parseOperation(element)).toThrow(/SkipIfInDesiredState/);
      });
      return;
    }

    test('does what is not done, and skips what is', async () => {
      const bench = new Bench(operation, { beside });
      const task = bench.seed('a');
      expect(await hurried(bench.perform(task))).toMatchObject({ status: 'succeeded' });
      expect(bench.done(task)).toBe(true);
      const before = bench.contents('a');
      const asked = bench.methods().length;
      expect(await hurried(bench.perform(task))).toEqual({
        status: 'succeeded',
        httpStatus: 200,
        message: 'AlreadyInDesiredState',
        skipped: true,
      });
      expect(
        bench
          .methods()
          .slice(asked)
          .filter((method) => !READING.test(method)),
      ).toEqual([]);
      expect(bench.contents('a')).toBe(before);
    });

    test('looks at the version that the row names', async () => {
      const bench = new Bench(operation, { beside });
      const old = bench.seed('a', VERSIONED, { body: 'older body' });
      const newest = bench.seed('a', VERSIONED);
      await hurried(bench.perform(newest));
      expect(await hurried(bench.perform(old))).not.toMatchObject({ message: 'AlreadyInDesiredState' });
    });

    test('what can not be looked at fails in the words of the store', async () => {
      const bench = new Bench(operation, { beside });
      const alone = new Bench(operation);
      const outcome = await hurried(bench.perform(bench.task('nowhere')));
      const unasked = await hurried(alone.perform(alone.task('nowhere')));
      // An object that is to be removed is not there.
      const { removesObject } = parseOperation({ [operation.name]: parametersOf(operation) });
      expect(outcome).toEqual(
        removesObject ? { ...unasked, message: 'AlreadyInDesiredState', skipped: true } : unasked,
      );
    });
  });
}
