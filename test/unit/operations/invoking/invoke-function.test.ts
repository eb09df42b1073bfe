/**
 * Goal: LambdaInvoke speaks AWS's two payload schemas and takes every kind of answer for what AWS's reports say it is.
 * Method: an in-memory function whose handler answers as wanted; back-off on fake timers.
 */
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import { StoreError } from '../../../../storage/store-error';
import { answer, MemoryFunctions, results } from '../../../support/memory-store/functions';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';

const FunctionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:check';
const TASK: Task = { bucket: 'photos', key: 'a b/ü', manifestKey: 'a+b/%C3%BC', row: 41 };
const THROTTLED = new StoreError('TooManyRequestsException', 429, 'Rate Exceeded.');

async function invoke(
  functions: MemoryFunctions,
  options: { given?: JsonObject; task?: Task; jobId?: string; signal?: AbortSignal } = {},
): Promise<TaskOutcome> {
  const operation = parseOperation({ LambdaInvoke: { FunctionArn, ...options.given } });
  const context = { jobId: options.jobId ?? 'job-1', ...memoryRoleStores(new MemoryStore(), { functions }) };
  const outcome = operation.bind(context)(options.task ?? TASK, options.signal ?? new AbortController().signal);
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  outcome.then(settle, settle);
  while (!state.settled) await jest.advanceTimersByTimeAsync(500);
  return outcome;
}

function answering(...handlers: MemoryFunctions['handler'][]): MemoryFunctions {
  const functions = new MemoryFunctions();
  functions.handler = (request) => {
    const handler = handlers.length > 1 ? handlers.shift() : handlers[0];
    if (handler === undefined) throw new Error('no handler');
    return handler(request);
  };
  return functions;
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date'] });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('what the function receives', () => {
  test('schema 1.0, the default: the ARN of the bucket, the key as the manifest has it', async () => {
    const functions = new MemoryFunctions();
    await invoke(functions);
    expect(functions.faults.calls[0]?.key).toBe(FunctionArn);
    expect(functions.requests).toEqual([
      {
        invocationSchemaVersion: '1.0',
        invocationId: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string,
        job: { id: 'job-1' },
        tasks: [
          {
            taskId: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string,
            s3Key: 'a+b/%C3%BC',
            s3VersionId: null,
            s3BucketArn: 'arn:aws:s3:::photos',
          },
        ],
      },
    ]);
  });

  test('schema 2.0: the name of the bucket, and the user arguments', async () => {
    const functions = new MemoryFunctions();
    const given = { InvocationSchemaVersion: '2.0', UserArguments: { k1: 'v1' } };
    await invoke(functions, { given, task: { ...TASK, versionId: 'v7' } });
    expect(functions.requests[0]).toMatchObject({
      invocationSchemaVersion: '2.0',
      job: { id: 'job-1', userArguments: { k1: 'v1' } },
    });
    expect(functions.requests[0]?.tasks).toEqual([
      { taskId: expect.any(String) as string, s3Key: 'a+b/%C3%BC', s3VersionId: 'v7', s3Bucket: 'photos' },
    ]);
  });

  test('ids depend on job and row alone', async () => {
    const functions = new MemoryFunctions();
    await invoke(functions);
    await invoke(functions);
    await invoke(functions, { task: { ...TASK, row: 42 } });
    await invoke(functions, { jobId: 'job-2' });
    const ids = functions.requests.map(({ invocationId, tasks }) => `${invocationId} ${tasks[0]?.taskId}`);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(functions.requests[0]?.invocationId).not.toBe(functions.requests[0]?.tasks[0]?.taskId);
  });
});

describe('what the answer means', () => {
  test('Succeeded: its string is the result message', async () => {
    const functions = answering((request) => results(request, 'Succeeded', '["a, b", "c"]'));
    expect(await invoke(functions)).toEqual({ status: 'succeeded', httpStatus: 200, message: '["a, b", "c"]' });
  });

  test('Succeeded without a string', async () => {
    const functions = answering((request) => results(request, 'Succeeded'));
    expect(await invoke(functions)).toEqual({ status: 'succeeded', httpStatus: 200, message: '' });
  });

  test('PermanentFailure: failed at once', async () => {
    const functions = answering((request) => results(request, 'PermanentFailure', 'no such page'));
    const row = { status: 'failed', httpStatus: 200, errorCode: 'PermanentFailure', message: 'no such page' };
    expect(await invoke(functions)).toEqual(row);
    expect(functions.requests).toHaveLength(1);
  });

  test('TemporaryFailure: asked again with the same ids, until it succeeds', async () => {
    const temporary: MemoryFunctions['handler'] = (request) => results(request, 'TemporaryFailure', 'later');
    const functions = answering(temporary, temporary, (request) => results(request, 'Succeeded', 'now'));
    expect(await invoke(functions)).toEqual({ status: 'succeeded', httpStatus: 200, message: 'now' });
    expect(functions.requests).toHaveLength(3);
    expect(new Set(functions.requests.map((request) => JSON.stringify(request))).size).toBe(1);
  });

  test('TemporaryFailure for good: the string of the last of three redrives', async () => {
    const calls = { count: 0 };
    const functions = answering((request) => results(request, 'TemporaryFailure', `try ${(calls.count += 1)}`));
    const row = { status: 'failed', httpStatus: 200, errorCode: 'TemporaryFailure', message: 'try 4' };
    expect(await invoke(functions)).toEqual(row);
    expect(functions.requests).toHaveLength(4);
  });

  test.each([
    ['PermanentFailure', 'failed', 1],
    ['Succeeded', 'succeeded', 1],
    [undefined, 'failed', 4],
    [null, 'failed', 4],
  ])('a task missing from the results is treated as %s', async (treatMissingKeysAs, status, times) => {
    const functions = answering(() =>
      answer({ treatMissingKeysAs, results: [{ taskId: 'other', resultCode: 'Succeeded' }] }),
    );
    expect(await invoke(functions)).toMatchObject({ status, httpStatus: 200 });
    expect(functions.requests).toHaveLength(times);
  });

  test('an error of the function', async () => {
    const payload = '{"errorMessage":"Task timed out after 3.00 seconds"}';
    const functions = answering(() => ({ httpStatus: 200, functionError: 'Unhandled', payload }));
    expect(await invoke(functions)).toEqual({
      status: 'failed',
      httpStatus: 200,
      errorCode: 'PermanentFailure',
      message: `Lambda returned function error: ${payload}`,
    });
    expect(functions.requests).toHaveLength(1);
  });

  test.each(['', 'done', '{"results":'])('no JSON: %j', async (payload) => {
    expect(await invoke(answering(() => ({ httpStatus: 200, payload })))).toEqual({
      status: 'failed',
      httpStatus: 200,
      errorCode: 'PermanentFailure',
      message: 'Invalid JSON returned in Lambda payload',
    });
  });

  test.each([
    [null, 'payload: '],
    [{ results: {} }, 'results: '],
    [{ results: [{ taskId: 't', resultCode: 'Fine' }] }, 'results.0.resultCode: '],
    [{ results: [], treatMissingKeysAs: 'Ignored' }, 'treatMissingKeysAs: '],
  ])('JSON of another shape: %j', async (payload, names) => {
    expect(await invoke(answering(() => answer(payload)))).toMatchObject({
      status: 'failed',
      httpStatus: 200,
      errorCode: 'PermanentFailure',
      message: expect.stringContaining(`Invalid response returned in Lambda payload: ${names}`) as string,
    });
  });
});

describe('when the service refuses', () => {
  test('throttles are waited out', async () => {
    const functions = new MemoryFunctions();
    functions.faults.fail(THROTTLED, { times: 3 });
    expect(await invoke(functions)).toMatchObject({ status: 'succeeded' });
    expect(functions.faults.calls).toHaveLength(4);
  });

  test('a throttle that lasts is the row', async () => {
    const functions = new MemoryFunctions();
    functions.faults.fail(THROTTLED, { times: Infinity });
    expect(await invoke(functions)).toEqual({
      status: 'failed',
      httpStatus: 429,
      errorCode: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
    });
    expect(functions.faults.calls).toHaveLength(4);
  });

  test('a missing function is the row, at once', async () => {
    const functions = new MemoryFunctions();
    functions.faults.fail(new StoreError('ResourceNotFoundException', 404, 'Function not found'));
    expect(await invoke(functions)).toMatchObject({
      status: 'failed',
      httpStatus: 404,
      errorCode: 'ResourceNotFoundException',
    });
    expect(functions.faults.calls).toHaveLength(1);
  });

  test('an abort ends the back-off at once, with its reason', async () => {
    const functions = answering((request) => results(request, 'TemporaryFailure'));
    const controller = new AbortController();
    const operation = parseOperation({ LambdaInvoke: { FunctionArn } });
    const context = { jobId: 'job', ...memoryRoleStores(new MemoryStore(), { functions }) };
    const outcome = operation.bind(context)(TASK, controller.signal);
    while (jest.getTimerCount() === 0) await new Promise((go) => setImmediate(go));
    const reason = new Error('shutting down');
    controller.abort(reason);
    await expect(outcome).rejects.toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
    expect(functions.requests).toHaveLength(1);
  });
});

describe('parameters', () => {
  const named = (given: JsonObject) => (): unknown => parseOperation({ LambdaInvoke: { FunctionArn, ...given } });

  test.each([
    'check',
    'check:$LATEST',
    'check:prod',
    '123456789012:function:check',
    `${FunctionArn}:7`,
    'arn:aws-cn:lambda:cn-north-1:123456789012:function:f',
  ])('the function may be named %s', (arn) => {
    expect(named({ FunctionArn: arn })).not.toThrow();
  });

  test('arguments: one to ten strings', () => {
    const version = { InvocationSchemaVersion: '2.0' };
    const many = (count: number): JsonObject =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
    expect(named({ ...version, UserArguments: many(10) })).not.toThrow();
    expect(named({ ...version, UserArguments: many(11) })).toThrow('UserArguments: at most 10 entries are allowed');
    expect(named({ ...version, UserArguments: {} })).toThrow('UserArguments: needs at least one entry');
    expect(named({ ...version, UserArguments: { a: 1 } })).toThrow('UserArguments.a: ');
    expect(named({ UserArguments: many(1) })).toThrow('UserArguments: needs InvocationSchemaVersion 2.0');
  });

  test('the plan leaves time for the slowest function', () => {
    const { plan } = parseOperation({ LambdaInvoke: { FunctionArn } });
    const rounds = Math.ceil(plan.batchRows / plan.requestsInFlight);
    expect(plan.batchTimeoutMs).toBeGreaterThanOrEqual(rounds * 15 * 60_000);
  });
});
