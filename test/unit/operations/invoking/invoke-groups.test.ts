/**
 * Goal: several tasks in one invocation end as the function says of each, whatever it leaves out, mixes up or refuses, and only
 * what failed for now is asked again. Method: an in-memory function whose handler answers as wanted; back-off on fake timers.
 */
import { defined } from '../../../../contracts/defined';
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { Json, JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import type { PerformGroup } from '../../../../operations/operation';
import { StoreError } from '../../../../storage/store-error';
import { fakeClock, hurried } from '../../../contract/clock';
import {
  answer,
  type FunctionHandler,
  type FunctionRequest,
  MemoryFunctions,
} from '../../../support/memory-store/functions';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';

const FunctionArn = 'check';
const TOO_LARGE = new StoreError('RequestTooLargeException', 413, 'Request must be smaller than 6291456 bytes');

fakeClock();

function groupOf(functions: MemoryFunctions, given: JsonObject = {}, step?: number): PerformGroup {
  const operation = parseOperation({ LambdaInvoke: { FunctionArn, TasksPerInvocation: 10, ...given } });
  const context = {
    jobId: 'job-1',
    ...defined({ step }),
    ...memoryRoleStores(new MemoryStore(), { functions }),
  };
  const group = operation.bindGroup?.(context);
  if (!group) throw new Error('no group');
  return group;
}

function tasksOf(keys: readonly string[], bucket = 'photos'): Task[] {
  return keys.map((key, index) => ({ bucket, key, manifestKey: key, row: 40 + index }));
}

function perform(
  functions: MemoryFunctions,
  tasks: readonly Task[],
  given: JsonObject = {},
): Promise<readonly TaskOutcome[]> {
  return hurried(groupOf(functions, given).perform(tasks, new AbortController().signal));
}

/** What to say of each key; `undefined` leaves it out of the results. */
function saying(codeOf: (key: string, call: number) => string | undefined, more: JsonObject = {}): MemoryFunctions {
  const functions = new MemoryFunctions();
  functions.handler = (request) =>
    answer({
      ...more,
      results: request.tasks.flatMap(({ taskId, s3Key }) => {
        const resultCode = codeOf(s3Key, functions.requests.length);
        return resultCode === undefined
          ? []
          : [{ taskId, resultCode, resultString: `${s3Key}, call ${functions.requests.length}` }];
      }),
    });
  return functions;
}

/** As handlers for AWS are written. */
function firstOnly(handler: FunctionHandler): FunctionHandler {
  return (request) => handler({ ...request, tasks: request.tasks.slice(0, 1) });
}

function keysOf({ requests }: MemoryFunctions): string[] {
  return requests.map(({ tasks }) => tasks.map(({ s3Key }) => s3Key).join(' '));
}

function shown(outcomes: readonly TaskOutcome[]): string[] {
  return outcomes.map((outcome) => {
    if (outcome.status !== 'failed') return outcome.status === 'pending' ? 'pending' : outcome.message;
    return `${outcome.httpStatus} ${outcome.errorCode} ${outcome.message}`;
  });
}

describe('one request', () => {
  test('has all tasks, also of several buckets, in both schemas', async () => {
    const functions = saying(() => 'Succeeded');
    const tasks = [...tasksOf(['a']), { ...tasksOf(['b'], 'videos')[0]!, row: 41, versionId: 'v7' }];
    await groupOf(functions).perform(tasks, new AbortController().signal);
    await groupOf(functions, { InvocationSchemaVersion: '2.0' }).perform(tasks, new AbortController().signal);
    const [older, newer] = functions.requests;
    expect(older?.tasks).toEqual([
      { taskId: expect.any(String), s3Key: 'a', s3VersionId: null, s3BucketArn: 'arn:aws:s3:::photos' },
      { taskId: expect.any(String), s3Key: 'b', s3VersionId: 'v7', s3BucketArn: 'arn:aws:s3:::videos' },
    ]);
    expect(newer?.tasks.map(({ s3Bucket }) => s3Bucket)).toEqual(['photos', 'videos']);
    expect(newer?.tasks.map(({ taskId }) => taskId)).toEqual(older?.tasks.map(({ taskId }) => taskId));
  });

  test('is the size that is asked for; one task each is no group', () => {
    expect(groupOf(new MemoryFunctions(), { TasksPerInvocation: 1_000 }).tasksMax).toBe(1_000);
    expect(() => groupOf(new MemoryFunctions(), { TasksPerInvocation: 1 })).toThrow('no group');
  });

  test('of one task is, byte by byte, what it is without groups', async () => {
    const functions = saying(() => 'Succeeded');
    await perform(functions, tasksOf(['a']));
    const operation = parseOperation({ LambdaInvoke: { FunctionArn } });
    const context = { jobId: 'job-1', ...memoryRoleStores(new MemoryStore(), { functions }) };
    await operation.bind(context)(tasksOf(['a'])[0]!, new AbortController().signal);
    const [inGroup, alone] = functions.faults.calls.map(({ input }) => input);
    expect(inGroup).toBe(alone);
    // The ids of the first version that was in use: functions may have kept them.
    expect(alone).toBe(
      '{"invocationSchemaVersion":"1.0","invocationId":"TVfu6syVaSu4LLDAV+Wb67sqCO+/iThSt1SpdOP19v8=","job":{"id":"job-1"},' +
        '"tasks":[{"taskId":"qTfHCDmZuq2A2pIus7lGh51Fvro2+eweZRjRRhBHGqQ=","s3Key":"a","s3VersionId":null,"s3BucketArn":"arn:aws:s3:::photos"}]}',
    );
  });

  test('has other ids in each step of a pipeline', async () => {
    const functions = saying(() => 'Succeeded');
    for (const step of [undefined, 0, 1, 1]) {
      await groupOf(functions, {}, step).perform(tasksOf(['a', 'b']), new AbortController().signal);
    }
    const ids = functions.requests.map(({ invocationId, tasks }) => [
      invocationId,
      ...tasks.map(({ taskId }) => taskId),
    ]);
    expect(ids[3]).toEqual(ids[2]);
    expect(new Set(ids.slice(0, 3).flat()).size).toBe(9);
  });
});

describe('each task', () => {
  test('has its own result, in the order of the tasks whatever that of the results', async () => {
    const codes: Record<string, string> = { a: 'Succeeded', b: 'PermanentFailure', c: 'Succeeded' };
    const functions = saying((key) => codes[key]);
    const inOrder = functions.handler;
    functions.handler = async (request) => {
      const { results } = JSON.parse((await inOrder(request)).payload) as { results: object[] };
      return answer({ results: [...results].reverse() });
    };
    const outcomes = await perform(functions, tasksOf(['a', 'b', 'c']));
    expect(shown(outcomes)).toEqual(['a, call 1', '200 PermanentFailure b, call 1', 'c, call 1']);
  });

  test('of two results has the first; results of others are nobody’s', async () => {
    const functions = new MemoryFunctions();
    functions.handler = ({ tasks }) =>
      answer({
        results: [
          { taskId: 'other', resultCode: 'PermanentFailure', resultString: 'other' },
          ...tasks.map(({ taskId }) => ({ taskId, resultCode: 'Succeeded', resultString: 'first' })),
          ...tasks.map(({ taskId }) => ({ taskId, resultCode: 'PermanentFailure', resultString: 'second' })),
        ],
      });
    expect(shown(await perform(functions, tasksOf(['a', 'b'])))).toEqual(['first', 'first']);
    expect(functions.requests).toHaveLength(1);
  });

  test('that failed for now is asked again, with the others that did, and no more often than three times', async () => {
    const lasts: Record<string, number> = { a: 0, b: 1, c: 2, d: 99 };
    const functions = saying((key, call) => (call > lasts[key]! ? 'Succeeded' : 'TemporaryFailure'));
    const outcomes = await perform(functions, tasksOf(['a', 'b', 'c', 'd']));
    expect(keysOf(functions)).toEqual(['a b c d', 'b c d', 'c d', 'd']);
    expect(shown(outcomes)).toEqual(['a, call 1', 'b, call 2', 'c, call 3', '200 TemporaryFailure d, call 4']);
  });

  test.each([
    [
      'Succeeded',
      [
        'a, call 1',
        '200 PermanentFailure Lambda returned no result for this task, one of 2 in the request: treatMissingKeysAs Succeeded counts with TrustMissingResults only',
      ],
      1,
    ],
    ['PermanentFailure', ['a, call 1', '200 PermanentFailure Lambda returned no result for this task'], 1],
    ['TemporaryFailure', ['a, call 1', '200 TemporaryFailure Lambda returned no result for this task'], 4],
    [null, ['a, call 1', '200 TemporaryFailure Lambda returned no result for this task'], 4],
  ])('that is missing is treated as %s', async (treatMissingKeysAs, rows, calls) => {
    const functions = saying((key) => (key === 'a' ? 'Succeeded' : undefined), { treatMissingKeysAs });
    expect(shown(await perform(functions, tasksOf(['a', 'b'])))).toEqual(rows);
    expect(keysOf(functions)).toEqual(['a b', 'b', 'b', 'b'].slice(0, calls));
  });

  test.each([
    [true, 'Lambda returned no result for this task'],
    [false, expect.stringMatching(/^200 PermanentFailure .* TrustMissingResults only$/)],
  ])('that is missing has succeeded when the job trusts the function: %s', async (TrustMissingResults, row) => {
    const functions = saying((key) => (key === 'a' ? 'Succeeded' : undefined), { treatMissingKeysAs: 'Succeeded' });
    expect(shown(await perform(functions, tasksOf(['a', 'b']), { TrustMissingResults }))).toEqual(['a, call 1', row]);
  });

  test('that is asked again alone may be left out, as on AWS', async () => {
    const functions = saying((key, call) => (key === 'a' || call === 1 ? 'TemporaryFailure' : undefined), {
      treatMissingKeysAs: 'Succeeded',
    });
    functions.handler = firstOnly(functions.handler);
    expect(shown(await perform(functions, tasksOf(['b'])))).toEqual(['Lambda returned no result for this task']);
    expect(keysOf(functions)).toEqual(['b', 'b']);
  });

  test('is not said to have succeeded by a handler that reads the first task only', async () => {
    const functions = saying(() => 'Succeeded', { treatMissingKeysAs: 'Succeeded' });
    functions.handler = firstOnly(functions.handler);
    const outcomes = await perform(functions, tasksOf(['a', 'b', 'c']));
    expect(outcomes.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'failed']);
  });

  const invalid = '200 PermanentFailure Invalid response returned in Lambda payload:';
  test.each<[what: string, results: (ids: string[]) => Json[], rows: string[]]>([
    [
      'text that is a number',
      ([a, b]) => [
        { taskId: a!, resultCode: 'Succeeded', resultString: 42 },
        { taskId: b!, resultCode: 'Succeeded', resultString: 'b' },
      ],
      [`${invalid} results.0.resultString: Invalid input: expected string, received number`, 'b'],
    ],
    [
      'a code of its own',
      ([a, b]) => [
        { taskId: a!, resultCode: 'Succeeded', resultString: 'a' },
        { taskId: b!, resultCode: 'OK' },
      ],
      [
        'a',
        `${invalid} results.1.resultCode: Invalid option: expected one of "Succeeded"|"TemporaryFailure"|"PermanentFailure"`,
      ],
    ],
    [
      'a second, good one',
      ([a, b]) => [
        { taskId: a!, resultCode: 'Succeeded', resultString: 42 },
        ...[a!, b!].map((taskId) => ({ taskId, resultCode: 'Succeeded', resultString: taskId === a ? 'a' : 'b' })),
      ],
      [`${invalid} results.0.resultString: Invalid input: expected string, received number`, 'b'],
    ],
    [
      'a task of nobody',
      ([a]) => [
        { taskId: a!, resultCode: 'Succeeded', resultString: 'a' },
        { taskId: 'x', resultCode: 'OK' },
      ],
      [
        'a',
        `${invalid} results.1.resultCode: Invalid option: expected one of "Succeeded"|"TemporaryFailure"|"PermanentFailure"`,
      ],
    ],
    [
      'no task that it names',
      ([a]) => [{ taskId: a!, resultCode: 'Succeeded', resultString: 'a' }, { resultCode: 'Succeeded' }],
      ['a', `${invalid} results.1.taskId: Invalid input: expected string, received undefined`],
    ],
    [
      'nothing in it',
      ([a]) => [{ taskId: a!, resultCode: 'Succeeded', resultString: 'a' }, null],
      ['a', `${invalid} results.1: Invalid input: expected object, received null`],
    ],
  ])('whose result has %s fails alone', async (_what, resultsOf, rows) => {
    const functions = new MemoryFunctions();
    functions.handler = ({ tasks }) =>
      answer({ treatMissingKeysAs: 'Succeeded', results: resultsOf(tasks.map(({ taskId }) => taskId)) });
    expect(shown(await perform(functions, tasksOf(['a', 'b'])))).toEqual(rows);
    expect(functions.requests).toHaveLength(1);
  });

  test('keeps its taskId for ever; an invocationId stands for the tasks that come with it', async () => {
    const run = async (): Promise<FunctionRequest[]> => {
      const functions = saying((key, call) => (key === 'c' || call > 2 ? 'Succeeded' : 'TemporaryFailure'));
      await perform(functions, tasksOf(['a', 'b', 'c']));
      return functions.requests;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    const [all, part, same] = first.map(({ invocationId }) => invocationId);
    expect(part).not.toBe(all);
    expect(same).toBe(part);
    expect(first[1]?.tasks).toEqual(first[0]?.tasks.slice(0, 2));
  });
});

describe('all tasks of the request', () => {
  const both = (row: string): string[] => [row, row];

  test.each([
    [
      'an error of the function',
      { functionError: 'Unhandled', payload: '{"errorMessage":"boom"}' },
      'Lambda returned function error: {"errorMessage":"boom"}',
    ],
    [
      'a time-out',
      { functionError: 'Unhandled', payload: '{"errorMessage":"Task timed out after 3.00 seconds"}' },
      'Lambda returned function error: {"errorMessage":"Task timed out after 3.00 seconds"}',
    ],
    ['no JSON', { payload: 'done' }, 'Invalid JSON returned in Lambda payload'],
  ])('fail with %s, at once', async (_what, said, message) => {
    const functions = new MemoryFunctions();
    functions.handler = () => ({ httpStatus: 200, ...said });
    expect(shown(await perform(functions, tasksOf(['a', 'b'])))).toEqual(both(`200 PermanentFailure ${message}`));
    expect(functions.requests).toHaveLength(1);
  });

  test('share a long stack trace only so far', async () => {
    const functions = new MemoryFunctions();
    functions.handler = () => ({ httpStatus: 200, functionError: 'Unhandled', payload: 'x'.repeat(100_000) });
    for (const outcome of await perform(functions, tasksOf(['a', 'b']))) {
      expect(outcome).toMatchObject({ message: `Lambda returned function error: ${'x'.repeat(1_000)}` });
    }
  });

  test.each([
    ['a throttle', new StoreError('TooManyRequestsException', 429, 'Rate Exceeded.')],
    ['an error of the service', new StoreError('ServiceException', 500, 'oops')],
    ['a lost answer', new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true })],
    ['nobody listening', new StoreError('ConnectionRefused', 0, 'nothing listens there')],
  ])('are asked again after %s', async (_what, error) => {
    const functions = saying(() => 'Succeeded');
    functions.faults.fail(error, { times: 3 });
    expect(shown(await perform(functions, tasksOf(['a', 'b'])))).toEqual(['a, call 4', 'b, call 4']);
    expect(new Set(functions.faults.calls.map(({ input }) => input)).size).toBe(1);
  });

  test('are taken up again later when nobody listens for longer', async () => {
    const functions = saying(() => 'Succeeded');
    functions.faults.down();
    await expect(perform(functions, tasksOf(['a', 'b']))).rejects.toMatchObject({ storeDown: true });
    expect(functions.faults.calls).toHaveLength(4);
  });
});

describe('a request that is too large', () => {
  function takingAtMost(tasksMax: number): MemoryFunctions {
    const functions = saying((key, call) => (key === 'c' && call < 8 ? 'TemporaryFailure' : 'Succeeded'));
    const taking = functions.handler;
    functions.handler = (request) => {
      if (request.tasks.length > tasksMax) throw TOO_LARGE;
      return taking(request);
    };
    return functions;
  }

  test('is made in halves, and again in halves; what failed for now is asked again alone', async () => {
    const functions = takingAtMost(2);
    const outcomes = await perform(functions, tasksOf(['a', 'b', 'c', 'd', 'e', 'f', 'g']));
    expect(keysOf(functions)).toEqual(['a b c d e f g', 'a b c d', 'a b', 'c d', 'e f g', 'e f', 'g', 'c']);
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 'succeeded'));
    expect(shown(outcomes)[2]).toBe('c, call 8');
  });

  test('with one task is a row', async () => {
    const functions = takingAtMost(0);
    expect(shown(await perform(functions, tasksOf(['a', 'b'])))).toEqual([
      `413 RequestTooLargeException ${TOO_LARGE.message}`,
      `413 RequestTooLargeException ${TOO_LARGE.message}`,
    ]);
    expect(keysOf(functions)).toEqual(['a b', 'a', 'b']);
  });
});

describe('the plan', () => {
  test.each([
    [1, 200],
    [2, 400],
    [5, 1_000],
    [100, 1_000],
    [300, 900],
    [501, 501],
    [1_000, 1_000],
  ])('with %i tasks per invocation has batches of %i rows', (TasksPerInvocation, batchRows) => {
    const { plan } = parseOperation({ LambdaInvoke: { FunctionArn, TasksPerInvocation } });
    expect(plan).toMatchObject({ batchRows, requestsInFlight: 32 });
    const rounds = Math.ceil(batchRows / TasksPerInvocation / 32);
    expect(plan.batchTimeoutMs).toBeGreaterThanOrEqual(rounds * 4 * 15 * 60_000);
  });
});
