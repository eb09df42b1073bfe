/**
 * Goal: every registered operation can have a condition and be a step, and those that make or remove objects hand over the
 * right one. Method: the registry's own examples, and some pipelines people ask for, on the in-memory store.
 */
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { OPERATIONS, parseOperation } from '../../../../operations';
import { memoryRoleStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';

const When = { KeyNameConstraint: { MatchAnyPrefix: ['none/'] } };
const examples = OPERATIONS.flatMap(({ name, examples: own }) =>
  own.map(({ title, parameters }) => [name, title, parameters] as const),
);

test.each(examples)('%s (%s) takes a condition, and is a step', async (name, _title, given) => {
  const plain = parseOperation({ [name]: given });
  const member = plain.inGroupsOnly;
  const pipeline = { Pipeline: { Steps: [{ [name]: given, When }] } };
  if (member !== undefined) expect(() => parseOperation(pipeline)).toThrow(`Pipeline.Steps.0.${name}.${member}: `);
  for (const element of [{ [name]: given, When }, ...(member === undefined ? [pipeline] : [])]) {
    const operation = parseOperation(element);
    expect(operation.plan).toEqual({ ...plain.plan, operation: name in element ? name : 'Pipeline' });
    const store = new MemoryStore({ buckets: ['b'] });
    store.seed('b', 'k');
    const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
    const task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 };
    expect(await perform(task, new AbortController().signal)).toMatchObject({
      status: 'succeeded',
      message: 'Skipped: the condition does not hold',
    });
    expect(store.calls).toEqual([]);
  }
});

describe('pipelines people ask for', () => {
  const TargetResource = 'arn:aws:s3:::archive';

  function world(): MemoryStore {
    const store = new MemoryStore({ buckets: ['b', 'archive'] });
    store.seed('b', 'large', 'x'.repeat(100), { tags: [{ Key: 'team', Value: 'blue' }] });
    store.seed('b', 'small', 'x');
    return store;
  }

  async function run(store: MemoryStore, Steps: JsonObject[], key: string): Promise<TaskOutcome> {
    const operation = parseOperation({ Pipeline: { Steps } });
    const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
    return perform({ bucket: 'b', key, manifestKey: key, row: 0 }, new AbortController().signal);
  }

  const SUCCESS = { status: 'succeeded', message: 'Successful' };

  test('copy, tag the copy, delete the source', async () => {
    const store = world();
    const steps = [
      { S3PutObjectCopy: { TargetResource } },
      { S3PutObjectTagging: { TagSet: [{ Key: 'copied', Value: 'yes' }] } },
      { S3DeleteObject: {}, AppliesTo: 'Source' },
    ];
    expect(await run(store, steps, 'large')).toMatchObject(SUCCESS);
    expect(store.peek('archive', 'large')?.tags).toEqual([{ Key: 'copied', Value: 'yes' }]);
    expect(store.peek('b', 'large')).toBeUndefined();
  });

  test('move, then tag what was moved', async () => {
    const store = world();
    const steps = [
      { S3MoveObject: { TargetResource, TargetKeyPrefix: 'moved' } },
      { S3PutObjectTagging: { TagSet: [{ Key: 'moved', Value: 'yes' }] } },
    ];
    expect(await run(store, steps, 'small')).toMatchObject(SUCCESS);
    expect(store.peek('archive', 'moved/small')?.tags).toEqual([{ Key: 'moved', Value: 'yes' }]);
    expect(store.peek('b', 'small')).toBeUndefined();
    // A second run, as after a crash, finds it moved and goes on.
    expect(await run(store, steps, 'small')).toMatchObject({ status: 'succeeded' });
  });

  test('different things for different objects', async () => {
    const store = world();
    const steps = [
      { S3DeleteObjectTagging: {}, When: { MatchAllTags: [{ Key: 'team', Value: 'blue' }] } },
      { S3DeleteObject: {}, When: { ObjectSizeLessThanBytes: 10 } },
    ];
    expect(await run(store, steps, 'large')).toMatchObject(SUCCESS);
    expect(await run(store, steps, 'small')).toMatchObject(SUCCESS);
    expect(store.peek('b', 'large')?.tags).toEqual([]);
    expect(store.peek('b', 'small')).toBeUndefined();
  });

  test('what is as it should be is left alone', async () => {
    const store = world();
    const TagSet = [{ Key: 'team', Value: 'blue' }];
    const steps = [{ S3PutObjectTagging: { TagSet }, SkipIfInDesiredState: true }];
    expect(await run(store, steps, 'large')).toMatchObject({ ...SUCCESS, message: 'AlreadyInDesiredState' });
    expect(store.calls.map(({ method }) => method)).not.toContain('putObjectTagging');
    expect(await run(store, steps, 'small')).toMatchObject(SUCCESS);
    expect(store.peek('b', 'small')?.tags).toEqual(TagSet);
  });

  test.each<[steps: JsonObject[], message: string]>([
    [
      [{ S3DeleteObject: {} }, { S3PutObjectTagging: { TagSet: [] } }],
      'Operation.Pipeline.Steps.1.S3PutObjectTagging: its object is gone after Operation.Pipeline.Steps.0.S3DeleteObject',
    ],
    [
      [{ S3PutObjectCopy: { TargetResource } }, { S3PutObjectTagging: { TagSet: [{ Key: 'a' }] } }],
      'Operation.Pipeline.Steps.1.S3PutObjectTagging.TagSet.0.Value: is required',
    ],
    [
      [
        {
          LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' },
          SkipIfInDesiredState: true,
        },
      ],
      "Operation.Pipeline.Steps.0.SkipIfInDesiredState: LambdaInvoke can't tell",
    ],
  ])('%j is refused', (Steps, message) => {
    expect(() => parseOperation({ Pipeline: { Steps } })).toThrow(message);
  });
});

describe('a second run, as after a crash, of what removes objects under a condition', () => {
  const When = { ObjectSizeGreaterThanBytes: 3, MatchAllTags: [{ Key: 'team', Value: 'blue' }] };
  const move = { S3MoveObject: { TargetResource: 'arn:aws:s3:::archive' } };
  const step = { S3VerifyObject: { SizeBytes: 4 } };
  const task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 };
  const never = { ...task, key: 'never', manifestKey: 'never', row: 1 };
  const { signal } = new AbortController();

  test.each<[string, JsonObject, again: string]>([
    ['a move', { ...move, When }, 'Successful: moved before'],
    ['a pipeline that begins with it', { Pipeline: { Steps: [move, step] }, When }, 'Successful: moved before'],
    ['a step', { Pipeline: { Steps: [{ ...move, When }, step] } }, 'Successful: moved before'],
    ['a deletion', { S3DeleteObject: {}, When }, 'Successful'],
  ])('%s', async (_name, element, again) => {
    const store = new MemoryStore({ buckets: ['b', 'archive'] });
    store.seed('b', 'k', 'text', { tags: [{ Key: 'team', Value: 'blue' }] });
    const operation = parseOperation(element);
    const context = { jobId: 'job', ...memoryRoleStores(store) };
    const perform = operation.bind(context);
    expect(await perform(task, signal)).toMatchObject({ status: 'succeeded', message: 'Successful' });
    expect(store.keys('b')).toEqual([]);
    expect(await perform(task, signal)).toMatchObject({ status: 'succeeded', message: again });
    const group = operation.bindGroup?.(context);
    if (group) expect(await group.perform([task, task], signal)).toMatchObject(Array(2).fill({ message: again }));
    if (!('S3DeleteObject' in element)) expect(await perform(never, signal)).toMatchObject({ errorCode: 'NoSuchKey' });
  });

  test('a deletion of all versions does not take a delete marker for the end', async () => {
    const store = new MemoryStore();
    store.createBucket('b', { versioned: true });
    store.seed('b', 'k', 'text');
    await store.deleteObject({ Bucket: 'b', Key: 'k' });
    const operation = parseOperation({ S3DeleteObject: { AllVersions: true }, When });
    const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
    expect(await perform(task, signal)).toMatchObject({ status: 'failed', httpStatus: 404 });
    expect(store.versions('b', 'k')).toHaveLength(2);
    expect(await perform(never, signal)).toMatchObject({ status: 'succeeded' });
  });
});
