/**
 * Goal: HttpInvoke posts what a function would be handed, and every kind of HTTP answer becomes the row that tells of it.
 * Method: an in-memory webhook whose handler answers as wanted; back-off on fake timers.
 */
import { DroverError } from '../../../../contracts/engine/failures';
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import type { WebhookAnswer, WebhookCallOptions, WebhookInvoker } from '../../../../storage/object-store';
import { fakeClock, hurried } from '../../../contract/clock';
import { MemoryFunctions, results } from '../../../support/memory-store/functions';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import { MemoryWebhooks } from '../../../support/memory-store/webhooks';

const Url = 'https://handlers.example.org/check';
const TASK: Task = { bucket: 'photos', key: 'a b/ü', manifestKey: 'a+b/%C3%BC', row: 41 };

fakeClock();

function post(webhooks: WebhookInvoker, given: JsonObject = {}): Promise<TaskOutcome> {
  const operation = parseOperation({ HttpInvoke: { Url, ...given } });
  const context = { jobId: 'job-1', ...memoryRoleStores(new MemoryStore(), { webhooks }) };
  return hurried(operation.bind(context)(TASK, new AbortController().signal));
}

function postGroup(webhooks: WebhookInvoker, keys: readonly string[]): Promise<readonly TaskOutcome[]> {
  const operation = parseOperation({ HttpInvoke: { Url, TasksPerInvocation: 10 } });
  const context = { jobId: 'job-1', ...memoryRoleStores(new MemoryStore(), { webhooks }) };
  const tasks = keys.map((key, row) => ({ bucket: 'photos', key, manifestKey: key, row }));
  return hurried(operation.bindGroup!(context).perform(tasks, new AbortController().signal));
}

function answering(...answers: WebhookAnswer[]): MemoryWebhooks {
  const webhooks = new MemoryWebhooks();
  webhooks.handler = () => (answers.length > 1 ? answers.shift()! : answers[0]!);
  return webhooks;
}

const SUCCEEDED: WebhookAnswer = { httpStatus: 200, body: '{"treatMissingKeysAs":"Succeeded","results":[]}' };

test('posts what LambdaInvoke hands to a function, byte by byte; the webhook-id is the invocationId', async () => {
  const given = { InvocationSchemaVersion: '2.0', UserArguments: { width: '640' } };
  const webhooks = new MemoryWebhooks();
  const ids: string[] = [];
  webhooks.handler = (request, id) => {
    ids.push(id);
    return { httpStatus: 200, body: results(request, 'Succeeded', 'done').payload };
  };
  expect(await post(webhooks, given)).toEqual({ status: 'succeeded', httpStatus: 200, message: 'done' });
  expect(webhooks.faults.calls[0]?.key).toBe(Url);
  expect(ids).toEqual([webhooks.requests[0]?.invocationId]);

  const functions = new MemoryFunctions();
  const operation = parseOperation({ LambdaInvoke: { FunctionArn: 'f', ...given } });
  const context = { jobId: 'job-1', ...memoryRoleStores(new MemoryStore(), { functions }) };
  await operation.bind(context)(TASK, new AbortController().signal);
  expect(webhooks.faults.calls[0]?.input).toBe(functions.faults.calls[0]?.input);
});

test.each([
  [{}, 60_000],
  [{ TimeoutSeconds: 900 }, 900_000],
])('waits as long as %j says', async (given, timeoutMs) => {
  const seen: (number | undefined)[] = [];
  const webhooks: WebhookInvoker = {
    post: async (_url, _id, _payload, options?: WebhookCallOptions) => {
      seen.push(options?.timeoutMs);
      return SUCCEEDED;
    },
  };
  await post(webhooks, given);
  expect(seen).toEqual([timeoutMs]);
  const { plan } = parseOperation({ HttpInvoke: { Url, ...given } });
  expect(plan.batchTimeoutMs).toBeGreaterThanOrEqual(Math.ceil(plan.batchRows / plan.requestsInFlight) * 4 * timeoutMs);
});

describe('what the answer means', () => {
  test('results count whatever the 2xx', async () => {
    const webhooks = new MemoryWebhooks();
    webhooks.handler = (request) => ({ httpStatus: 201, body: results(request, 'PermanentFailure', 'no').payload });
    expect(await post(webhooks)).toEqual({
      status: 'failed',
      httpStatus: 201,
      errorCode: 'PermanentFailure',
      message: 'no',
    });
  });

  test.each([
    [
      { httpStatus: 202, body: '' },
      'The webhook answered 202 Accepted without results: it must answer when the tasks are done',
    ],
    [{ httpStatus: 200, body: 'ok' }, 'Invalid JSON returned by the webhook'],
    [
      { httpStatus: 200, body: '{"ok":true}' },
      'Invalid response returned by the webhook: results: Invalid input: expected array, received undefined',
    ],
    [
      { httpStatus: 302, body: '', location: 'http://169.254.169.254/' },
      'The webhook answered 302 Found to http://169.254.169.254/: redirects are not followed',
    ],
    [{ httpStatus: 304, body: '' }, 'The webhook answered 304 Not Modified: redirects are not followed'],
    [{ httpStatus: 400, body: ' bad\n' }, 'The webhook answered 400 Bad Request: bad'],
    [{ httpStatus: 401, body: '' }, 'The webhook answered 401 Unauthorized'],
    [{ httpStatus: 404, body: 'x'.repeat(9_999) }, `The webhook answered 404 Not Found: ${'x'.repeat(1_000)}`],
    [{ httpStatus: 413, body: '' }, 'The webhook answered 413 Payload Too Large'],
    [{ httpStatus: 418, body: '' }, "The webhook answered 418 I'm a Teapot"],
    [{ httpStatus: 409, body: '' }, 'The webhook answered 409 Conflict'],
    [{ httpStatus: 501, body: '' }, 'The webhook answered 501 Not Implemented'],
  ])('%j fails for good, at once', async (answer, message) => {
    const webhooks = answering(answer);
    const { httpStatus } = answer;
    expect(await post(webhooks)).toEqual({ status: 'failed', httpStatus, errorCode: 'PermanentFailure', message });
    expect(webhooks.requests).toHaveLength(1);
  });

  test.each([408, 429, 500, 502, 503, 504])(
    '%i may pass: posted again with the same ids, three times',
    async (status) => {
      const webhooks = answering({ httpStatus: status, body: 'later' });
      expect(await post(webhooks)).toMatchObject({ httpStatus: status, errorCode: 'TemporaryFailure' });
      expect(webhooks.requests).toHaveLength(4);
      expect(new Set(webhooks.faults.calls.map(({ input }) => input)).size).toBe(1);
    },
  );

  test('a trouble that passes leaves no trace in the row', async () => {
    const webhooks = answering({ httpStatus: 500, body: '' }, { httpStatus: 503, body: '' }, SUCCEEDED);
    expect(await post(webhooks)).toMatchObject({ status: 'succeeded', httpStatus: 200 });
  });

  test.each([
    [7_000, 7_000],
    [3_600_000, 30_000],
  ])('Retry-After of %i ms is waited for %i ms', async (retryAfterMs, waitedMs) => {
    const webhooks = answering({ httpStatus: 429, body: '', retryAfterMs }, SUCCEEDED);
    const startedAt = performance.now();
    const outcome = post(webhooks);
    expect(await outcome).toMatchObject({ status: 'succeeded' });
    const took = performance.now() - startedAt;
    // The clock of the test goes on by whole seconds; the redrive's own back-off is one at most.
    expect(took).toBeGreaterThanOrEqual(waitedMs);
    expect(took).toBeLessThanOrEqual(waitedMs + 3_000);
  });

  test('an address that the role may not call is the row', async () => {
    const webhooks: WebhookInvoker = {
      post: () => Promise.reject(new DroverError('UrlNotAllowed', 'The role r may not call u')),
    };
    expect(await post(webhooks)).toEqual({
      status: 'failed',
      httpStatus: 403,
      errorCode: 'AccessDenied',
      message: 'The role r may not call u',
    });
  });
});

test('a request that is too large is made in halves', async () => {
  const webhooks = new MemoryWebhooks();
  webhooks.handler = (request) =>
    request.tasks.length > 2
      ? { httpStatus: 413, body: 'too large' }
      : { httpStatus: 200, body: results(request, 'Succeeded', 'done').payload };
  const outcomes = await postGroup(webhooks, ['a', 'b', 'c']);
  expect(outcomes.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(webhooks.requests.map(({ tasks }) => tasks.map(({ s3Key }) => s3Key).join(' '))).toEqual([
    'a b c',
    'a b',
    'c',
  ]);
});

test('the check at create is told of the address', () => {
  const operation = parseOperation({ HttpInvoke: { Url } });
  expect(operation.calls).toEqual({ urls: [Url] });
});
