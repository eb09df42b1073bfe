/**
 * Goal: each operation asks for no more than it needs, and a row whose bucket the configuration refuses is a failed task,
 * not the end of the batch. Method: the whole registry on stores that note what they are asked for, and refuse at will.
 */
import { DroverError, type FailureCode } from '../../../contracts/engine/failures';
import { parseOperation } from '../../../operations';
import type { OperationDefinition } from '../../../operations/operation';
import type { Access } from '../../../storage/object-store';
import { Bench, OBJECT_OPERATIONS, parametersOf, SETUPS } from '../../contract/operation-bench';
import { memoryRoleStores } from '../../support/memory-store/store';

function run(
  operation: OperationDefinition,
  refuse: (bucket: string, access: Access) => FailureCode | undefined = () => undefined,
) {
  const bench = new Bench(operation);
  const task = bench.seed('key');
  const asked = new Set<string>();
  const perform = parseOperation({ [operation.name]: parametersOf(operation) }).bind({
    jobId: 'job',
    ...memoryRoleStores(bench.store, { functions: bench.functions, webhooks: bench.webhooks }),
    storeFor: (bucket, access) => {
      asked.add(`${access} ${bucket}`);
      const code = refuse(bucket, access);
      if (code) throw new DroverError(code, `${code}: ${access} ${bucket}`);
      return bench.store;
    },
  });
  return { bench, task, asked, outcome: perform(task, new AbortController().signal) };
}

describe.each(OBJECT_OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  const needed = SETUPS[name]?.needed ?? ['a row in SETUPS'];

  test('asks for what it needs', async () => {
    const { asked, outcome, task, bench } = run(operation);
    expect(await outcome).toMatchObject({ status: 'succeeded' });
    expect([...asked].sort()).toEqual(needed);
    expect(bench.done(task)).toBe(true);
  });

  test.each([
    ['BucketNotAllowed', 403, 'AccessDenied'],
    ['StoreNotConfigured', 404, 'NoSuchBucket'],
  ] as const)('fails the task, with the reason, when it does not get it (%s)', async (code, httpStatus, errorCode) => {
    expect(needed).toBeDefined();
    for (const access of needed) {
      const { bench, task, outcome } = run(operation, (bucket, wanted) =>
        `${wanted} ${bucket}` === access ? code : undefined,
      );
      expect(await outcome).toEqual({ status: 'failed', httpStatus, errorCode, message: `${code}: ${access}` });
      expect(bench.done(task)).toBe(false);
      // A look at the bucket's configuration may come first where it names the other bucket.
      const { callsBefore = [] } = bench.setup;
      expect(bench.store.calls.filter(({ method }) => !callsBefore.includes(method))).toEqual([]);
    }
  });
});
