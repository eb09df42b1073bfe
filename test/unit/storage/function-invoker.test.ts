// LambdaInvoker against an HTTP server that speaks Invoke: answers, function errors, refusals, and what may be repeated; its
// requests byte by byte against those of the SDK's own client, and its signature against @smithy/signature-v4.
import { createHash } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SignatureV4 } from '@smithy/signature-v4';
import { defined } from '../../../contracts/defined';
import { LIMITS } from '../../../contracts/limits';
import { AwsClient, type AwsClientParts } from '../../../storage/aws/client';
import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { invocationLimits } from '../../../storage/http/adaptive-limit';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import { HttpTransport } from '../../../storage/http/transport';
import { FunctionEndpoint, type FunctionServiceAddress } from '../../../storage/lambda/endpoint';
import { LambdaInvoker } from '../../../storage/lambda/invoker';
import { LAMBDA } from '../../../storage/lambda/service';
import type { CredentialSource } from '../../../storage/signing/credentials';
import {
  type HttpStoreStub,
  type SeenRequest,
  startHttpStoreStub,
  type StubAnswer,
} from '../../support/servers/http-store-stub';
import { NodeSha256 } from './node-sha256';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:tag-it:live';
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const ROLE: CredentialSource = {
  current: () => ({ accessKeyId: 'role-key', secretAccessKey: 'b', sessionToken: 'temporary/token==' }),
  renew: async () => false,
};

const serializer = new RequestSerializer(LAMBDA);

function invokerAt(
  address: FunctionServiceAddress,
  transport: HttpTransport,
  parts: Partial<AwsClientParts> = {},
): LambdaInvoker {
  const endpoint = new FunctionEndpoint(address);
  const shared = { endpoint, credentials: ROLE, transport, serializer, limits: invocationLimits() };
  return new LambdaInvoker(new AwsClient({ ...shared, ...parts }), endpoint);
}

async function setUp(
  answer: StubAnswer,
  timeoutMs = 2_000,
  credentials = ROLE,
  basePath = '',
  retry = { backoffBaseMs: 1, backoffMaxMs: 2 },
): Promise<{ invoker: LambdaInvoker; stub: HttpStoreStub }> {
  const stub = await startHttpStoreStub(answer);
  const transport = new HttpTransport();
  const invoker = invokerAt({ endpoint: stub.endpoint + basePath, region: 'us-east-1' }, transport, {
    credentials,
    requestTimeoutMs: timeoutMs,
    retry: { ...RETRY_LIMITS, ...retry },
  });
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

test('sends the payload as the role, to the name and qualifier of the ARN, and gives the answer as text', async () => {
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

test('marks what the function threw', async () => {
  const { invoker } = await setUp((response) =>
    response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end('{"errorMessage":"x"}'),
  );
  await expect(invoker.invoke(ARN, '{}')).resolves.toEqual({
    httpStatus: 200,
    functionError: 'Unhandled',
    payload: '{"errorMessage":"x"}',
  });
});

test.each([
  [404, 'ResourceNotFoundException', 1],
  [403, 'AccessDeniedException', 1],
  [500, 'ServiceException', 1],
  [502, 'ENILimitReachedException', 12],
  [503, 'ServiceUnavailable', 12],
  [429, 'TooManyRequestsException', 12],
])('rejects with what the service said: %i %s after %i attempts', async (status, code, attempts) => {
  const { invoker, stub } = await setUp(refusal(status, code));
  await expect(invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    name: 'StoreError',
    code,
    httpStatus: status,
    message: 'No.',
    requestId: 'r1',
    answerLost: false,
    isUnclear: false,
  });
  expect(stub.requests).toHaveLength(attempts);
});

test('does not run a function again whose answer was lost', async () => {
  const broken = await setUp((_response, request) => request.socket.destroy());
  await expect(broken.invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    code: 'ConnectionReset',
    httpStatus: 0,
    answerLost: true,
  });
  expect(broken.stub.requests).toHaveLength(1);
  // Long enough for the request to arrive on a busy machine.
  const silent = await setUp(() => undefined, 1_000);
  await expect(silent.invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    code: 'RequestTimeout',
    httpStatus: 0,
    answerLost: true,
  });
  expect(silent.stub.requests).toHaveLength(1);
});

test('names the endpoint that does not answer', async () => {
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

test("rejects with the signal's reason", async () => {
  const { invoker } = await setUp(() => undefined);
  const controller = new AbortController();
  const reason = new Error('cancelled');
  const call = invoker.invoke(ARN, '{}', { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 50);
  await expect(call).rejects.toBe(reason);
});

describe('the request', () => {
  const PAYLOADS = ['{"key":"ü"}', '', '\0\u2028😀', JSON.stringify({ tasks: Array(500).fill('a/b c') })];
  const FUNCTIONS = [ARN, `${ARN.slice(0, -5)}:$LATEST`, 'tag-it', 'tag-it:7', '123456789012:function:tag-it'];

  function comparable({ method, url, headers, body }: SeenRequest): object {
    // Headers in which the SDK tells of itself, and those of the moment and the connection.
    const incidental = /^(?:amz-sdk-.*|user-agent|x-amz-user-agent|authorization|x-amz-date|connection)$/;
    const kept = Object.entries(headers).filter(([name]) => !incidental.test(name));
    return { method, url, headers: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))), body };
  }

  test.each(FUNCTIONS.flatMap((name) => [[name, ''] as const, [name, '/local/lambda'] as const]))(
    "to %s below %j is the SDK's own, and signed as by its signer",
    async (name, basePath) => {
      const { invoker, stub } = await setUp((response) => response.writeHead(200).end('{}'), 2_000, ROLE, basePath);
      const sdk = new LambdaClient({
        region: 'us-east-1',
        endpoint: stub.endpoint + basePath,
        credentials: async () => ROLE.current(),
        maxAttempts: 1,
      });
      const [, FunctionName = name, Qualifier] = /^arn:.*:function:([^:]+)(?::(.+))?$/.exec(name) ?? [];
      for (const payload of PAYLOADS) {
        await invoker.invoke(name, payload);
        await sdk.send(
          new InvokeCommand({
            FunctionName,
            ...defined({ Qualifier }),
            InvocationType: 'RequestResponse',
            Payload: Buffer.from(payload),
          }),
        );
        const [ours, theirs] = stub.requests.slice(-2);
        expect(comparable(ours!)).toEqual(comparable(theirs!));
        for (const request of [ours!, theirs!]) expect(request.headers.authorization).toBe(await signatureOf(request));
      }
      sdk.destroy();
    },
  );

  async function signatureOf({ method, url, headers, body }: SeenRequest): Promise<string> {
    const authorization = headers.authorization!;
    const signed = /SignedHeaders=([^,]+)/.exec(authorization)![1]!.split(';');
    const signer = new SignatureV4({
      service: 'lambda',
      region: 'us-east-1',
      credentials: await ROLE.current(),
      sha256: NodeSha256,
    });
    const { pathname, searchParams, hostname } = new URL(url, 'http://host');
    const stamp = String(headers['x-amz-date']).replace(/^(.{4})(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
    const { headers: again } = await signer.sign(
      {
        method,
        protocol: 'http:',
        hostname,
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
        body: body.toString(),
      },
      { signingDate: new Date(stamp), signableHeaders: new Set(signed) },
    );
    expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(body).digest('hex'));
    return again['authorization']!;
  }

  test.each([
    ['us-east-1', 'https://lambda.us-east-1.amazonaws.com'],
    ['cn-north-1', 'https://lambda.cn-north-1.amazonaws.com.cn'],
  ])('without an endpoint goes to AWS in %s, with the whole ARN', async (region, service) => {
    const sent: [string, string][] = [];
    const transport = {
      exchange: async (origin: string, { path }: { path: string }) => {
        sent.push([origin, path]);
        return { status: 200, headers: {}, body: Buffer.from('{}') };
      },
      stream: () => undefined,
    } as unknown as HttpTransport;
    await invokerAt({ region }, transport).invoke(ARN, '{}');
    expect(sent).toEqual([[service, `/2015-03-31/functions/${encodeURIComponent(ARN)}/invocations`]]);
  });
});

describe('when a function is busy', () => {
  test('fewer calls are made at once, until all have been taken', async () => {
    let running = 0;
    let refused = 0;
    let most = 0;
    const answer: StubAnswer = (response, request, index) => {
      if (running >= 3) {
        refused += 1;
        refusal(429, 'TooManyRequestsException')(response, request, index);
        return;
      }
      most = Math.max(most, (running += 1));
      setTimeout(() => {
        running -= 1;
        response.writeHead(200).end('{}');
      }, 40);
    };
    // Too few attempts to get through without the limit.
    const { invoker } = await setUp(answer, 2_000, ROLE, '', { backoffBaseMs: 50, backoffMaxMs: 500 });
    const calls = Array.from({ length: 150 }, () => invoker.invoke(ARN, '{}'));
    await expect(Promise.all(calls)).resolves.toHaveLength(150);
    expect(most).toBe(3);
    expect(refused).toBeGreaterThan(0);
  });

  test('waits as long as Retry-After says', async () => {
    const times: number[] = [];
    const { invoker } = await setUp((response, _request, index) => {
      times.push(Date.now());
      if (index > 0) response.writeHead(200).end('{}');
      else response.writeHead(429, { 'retry-after': '1' }).end('{"Message":"slow"}');
    });
    await invoker.invoke(ARN, '{}');
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
  });
});

test('reads codes and messages wherever services put them', async () => {
  const said = [
    [{ 'x-amzn-errortype': 'aws.lambda#ResourceNotFoundException:http://internal/' }, '{"Message":"Gone."}', 'Gone.'],
    [{}, '{"__type":"com.amazonaws#ResourceNotFoundException","message":"Gone."}', 'Gone.'],
    [{}, '{"code":"ResourceNotFoundException"}', 'The service answered with HTTP status 404'],
  ] as const;
  for (const [headers, body, message] of said) {
    const { invoker } = await setUp((response) => response.writeHead(404, headers).end(body));
    await expect(invoker.invoke(ARN, '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException', message });
  }
  for (const body of ['<html>Bad gateway</html>', 'null', '[]', '']) {
    const { invoker } = await setUp((response) => response.writeHead(502).end(body));
    await expect(invoker.invoke(ARN, '{}')).rejects.toMatchObject({
      code: 'Http502',
      httpStatus: 502,
      message: 'The service answered with HTTP status 502',
    });
  }
});

test('gives up an answer that is longer than Lambda allows', async () => {
  const body = Buffer.alloc(LIMITS.invocation.answerBytesMax + 1, 'x');
  const { invoker, stub } = await setUp((response, _request, index) =>
    response.writeHead(200).end(index === 0 ? body.subarray(1) : body),
  );
  await expect(invoker.invoke(ARN, '{}')).resolves.toMatchObject({ httpStatus: 200 });
  await expect(invoker.invoke(ARN, '{}')).rejects.toMatchObject({
    code: 'AnswerTooLarge',
    httpStatus: 200,
    answerLost: false,
    message: `Invoke at ${stub.endpoint} (us-east-1): the answer is longer than 6291556 bytes`,
  });
});

test('renews credentials that have expired, once', async () => {
  let key = 'old';
  const renewable: CredentialSource = {
    current: () => ({ accessKeyId: key, secretAccessKey: 's' }),
    renew: async () => {
      key = 'new';
      return true;
    },
  };
  const expired = refusal(403, 'ExpiredTokenException');
  const { invoker, stub } = await setUp(
    (response, request, index) => {
      if (request.headers.authorization?.includes('new/')) response.writeHead(200).end('{}');
      else expired(response, request, index);
    },
    2_000,
    renewable,
  );
  await expect(invoker.invoke(ARN, '{}')).resolves.toMatchObject({ httpStatus: 200 });
  expect(stub.requests).toHaveLength(2);
  const { invoker: other, stub: unwilling } = await setUp(expired, 2_000, renewable);
  await expect(other.invoke(ARN, '{}')).rejects.toMatchObject({ code: 'ExpiredTokenException', httpStatus: 403 });
  expect(unwilling.requests).toHaveLength(2);
});
