// LambdaInvoker against an HTTP server that speaks Invoke: answers, function errors, refusals, and what may be repeated.
import { LambdaInvoker } from '../../../storage/function-invoker';
import { HttpTransport } from '../../../storage/http-transport';
import { RETRY_LIMITS } from '../../../storage/retry-policy';
import { startHttpStoreStub, type HttpStoreStub, type StubAnswer } from '../../support/http-store-stub';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:tag-it:live';
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function setUp(answer: StubAnswer, timeoutMs = 2_000): Promise<{ invoker: LambdaInvoker; stub: HttpStoreStub }> {
  const stub = await startHttpStoreStub(answer);
  const transport = new HttpTransport();
  const invoker = new LambdaInvoker(
    { endpoint: stub.endpoint, region: 'us-east-1' },
    { current: () => ({ accessKeyId: 'role-key', secretAccessKey: 'b' }), renew: async () => false },
    transport,
    { timeoutMs, retry: { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2 } },
  );
  cleanups.push(
    () => transport.close(),
    () => stub.close(),
  );
  return { invoker, stub };
}

function refusal(status: number, type: string): StubAnswer {
  return (response) =>
    response
      .writeHead(status, { 'x-amzn-errortype': type, 'x-amzn-requestid': 'r1', 'content-type': 'application/json' })
      .end(JSON.stringify({ message: 'No.' }));
}

it('sends the payload as the role, to the name and qualifier of the ARN, and gives the answer as text', async () => {
  const { invoker, stub } = await setUp((response) => response.writeHead(200).end('{"ok":"ü"}'));
  await expect(invoker.invoke(ARN, '{"key":"ü"}')).resolves.toEqual({ httpStatus: 200, payload: '{"ok":"ü"}' });
  expect(stub.requests[0]).toMatchObject({
    method: 'POST',
    url: '/2015-03-31/functions/tag-it/invocations?Qualifier=live',
    body: Buffer.from('{"key":"ü"}'),
    headers: expect.objectContaining({
      'x-amz-invocation-type': 'RequestResponse',
      authorization: expect.stringContaining('role-key/'),
    }),
  });
});

it('marks what the function threw', async () => {
  const { invoker } = await setUp((response) =>
    response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end('{"errorMessage":"x"}'),
  );
  await expect(invoker.invoke(ARN, '{}')).resolves.toEqual({
    httpStatus: 200,
    functionError: 'Unhandled',
    payload: '{"errorMessage":"x"}',
  });
});

it.each([
  [404, 'ResourceNotFoundException', 1],
  [403, 'AccessDeniedException', 1],
  [500, 'ServiceException', 1],
  [429, 'TooManyRequestsException', 5],
])('rejects with what the service said: %i %s after %i attempts', async (status, code, attempts) => {
  const { invoker, stub } = await setUp(refusal(status, code));
  await expect(invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    name: 'StoreError',
    code,
    httpStatus: status,
    message: 'No.',
    requestId: 'r1',
    answerLost: false,
  });
  expect(stub.requests).toHaveLength(attempts);
});

it('does not run a function again whose answer was lost', async () => {
  const broken = await setUp((_response, request) => request.socket.destroy());
  await expect(broken.invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    code: 'ConnectionReset',
    httpStatus: 0,
    answerLost: true,
  });
  expect(broken.stub.requests).toHaveLength(1);
  const silent = await setUp(() => undefined, 80);
  await expect(silent.invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    code: 'RequestTimeout',
    httpStatus: 0,
    answerLost: true,
  });
  expect(silent.stub.requests).toHaveLength(1);
});

it('names the endpoint that does not answer', async () => {
  const { invoker, stub } = await setUp(() => undefined);
  await stub.close();
  cleanups.pop();
  await expect(invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    code: 'ConnectionRefused',
    httpStatus: 0,
    answerLost: false,
    message: `Invoke at ${stub.endpoint} (us-east-1): nothing listens there`,
  });
});

it("rejects with the signal's reason", async () => {
  const { invoker } = await setUp(() => undefined);
  const controller = new AbortController();
  const reason = new Error('cancelled');
  const call = invoker.invoke(ARN, '{}', { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 50);
  await expect(call).rejects.toBe(reason);
});
