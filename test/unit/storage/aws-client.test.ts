// S3Store against an HTTP server that misbehaves as told: retries, time limits, aborts, lost answers, errors in every shape.
import { setTimeout as wait } from 'node:timers/promises';
import { BucketLimits, type AdaptiveLimitOptions } from '../../../storage/http/adaptive-limit';
import type { CredentialSource } from '../../../storage/signing/credentials';
import { HttpTransport } from '../../../storage/http/transport';
import { AwsClient, type AwsClientParts } from '../../../storage/aws/client';
import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { S3 } from '../../../storage/s3/service';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import { Knowledge } from '../../../storage/profile/knowledge';
import { S3Store } from '../../../storage/s3/store';
import { StoreEndpoint } from '../../../storage/s3/endpoint';
import { StoreError } from '../../../storage/store-error';
import {
  COPY_RESULT,
  errorXml,
  startHttpStoreStub,
  type HttpStoreStub,
  type StubAnswer,
} from '../../support/servers/http-store-stub';

const serializer = new RequestSerializer(S3);
const FAST_RETRY = { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2, retryAfterMaxMs: 300 };
const COPY = { Bucket: 'target', Key: 'k', CopySource: 'source/k' };
const REF = { bucket: 'target', key: 'k' };
const REF_INPUT = { Bucket: 'target', Key: 'k' };

interface Setup {
  readonly store: S3Store;
  readonly stub: HttpStoreStub;
  readonly limits: BucketLimits;
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function connect(
  endpoint: string,
  parts: Partial<AwsClientParts> = {},
  limitOptions: Partial<AdaptiveLimitOptions> = {},
) {
  const transport = new HttpTransport();
  cleanups.unshift(() => transport.close());
  const limits = new BucketLimits(limitOptions);
  const storeEndpoint = new StoreEndpoint({ name: 'stub', endpoint, region: 'us-east-1', pathStyle: true });
  const client = new AwsClient({
    endpoint: storeEndpoint,
    credentials: fixedCredentials(),
    transport,
    serializer,
    limits,
    requestTimeoutMs: 2_000,
    retry: FAST_RETRY,
    ...parts,
  });
  const options = { knowsAllCalls: true, knowledge: new Knowledge({ name: 'AWS' }) };
  return { store: new S3Store(client, storeEndpoint.describe(), options), limits };
}

async function setUp(
  answer: StubAnswer,
  parts?: Partial<AwsClientParts>,
  limitOptions?: Partial<AdaptiveLimitOptions>,
): Promise<Setup> {
  const stub = await startHttpStoreStub(answer);
  cleanups.push(() => stub.close());
  return { stub, ...connect(stub.endpoint, parts, limitOptions) };
}

function fixedCredentials(): CredentialSource {
  return { current: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), renew: async () => false };
}

/** The first answers fail, the rest succeed. */
function failing(times: number, status: number, body: string, headers: Record<string, string> = {}): StubAnswer {
  return (response, _request, index) => {
    if (index < times) response.writeHead(status, headers).end(body);
    else response.writeHead(200).end(COPY_RESULT);
  };
}

async function failureOf(promise: Promise<unknown>): Promise<StoreError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

describe('retries', () => {
  test.each([
    [500, errorXml('InternalError')],
    [502, '<html>Bad gateway</html>'],
    [504, ''],
    [400, errorXml('RequestTimeout')],
    [408, ''],
  ])('repeats after %i until it goes well', async (status, body) => {
    const { store, stub } = await setUp(failing(4, status, body));
    await expect(store.copyObject(COPY)).resolves.toEqual({ httpStatus: 200 });
    expect(stub.requests).toHaveLength(5);
  });

  test('gives up after the fifth attempt, with the last answer', async () => {
    const { store, stub } = await setUp((response, _request, index) => {
      response.writeHead(500, { 'x-amz-request-id': `r${index}` }).end(errorXml('InternalError', 'try again'));
    });
    const error = await failureOf(store.copyObject(COPY));
    expect(error).toMatchObject({
      code: 'InternalError',
      httpStatus: 500,
      message: 'try again',
      requestId: 'r4',
      answerLost: false,
    });
    expect(stub.requests).toHaveLength(5);
  });

  test.each([
    [503, errorXml('SlowDown')],
    [503, ''],
    [429, ''],
    [400, errorXml('ThrottlingException')],
  ])('is more patient when told to slow down: %i', async (status, body) => {
    const { store, stub } = await setUp(failing(11, status, body));
    await expect(store.putObjectTagging({ ...REF_INPUT, Tagging: { TagSet: [] } })).resolves.toEqual({
      httpStatus: 200,
    });
    expect(stub.requests).toHaveLength(12);
  });

  test.each([
    [403, 'AccessDenied', errorXml('AccessDenied')],
    [404, 'NoSuchKey', errorXml('NoSuchKey')],
    [409, 'RestoreAlreadyInProgress', errorXml('RestoreAlreadyInProgress')],
    [412, 'PreconditionFailed', errorXml('PreconditionFailed')],
    [405, 'MethodNotAllowed', errorXml('MethodNotAllowed')],
    [501, 'NotImplemented', errorXml('NotImplemented')],
    [500, 'NotImplemented', errorXml('NotImplemented')],
    [301, 'PermanentRedirect', errorXml('PermanentRedirect')],
    [418, 'Http418', 'teapot'],
  ])('does not repeat %i, %s', async (status, code, body) => {
    const { store, stub } = await setUp(failing(1, status, body));
    await expect(failureOf(store.restoreObject({ ...REF_INPUT, RestoreRequest: { Days: 1 } }))).resolves.toMatchObject({
      code,
      httpStatus: status,
      answerLost: false,
    });
    expect(stub.requests).toHaveLength(1);
  });

  test('signs every attempt with the time it is made', async () => {
    let now = Date.UTC(2026, 0, 1);
    const { store, stub } = await setUp(failing(1, 500, ''), { now: () => (now += 1_000) });
    await store.copyObject(COPY);
    const [first, second] = stub.requests;
    expect(first!.headers['x-amz-date']).not.toBe(second!.headers['x-amz-date']);
    expect(first!.headers.authorization).not.toBe(second!.headers.authorization);
  });

  test('waits as long as Retry-After asks, but no longer than the bound', async () => {
    const { store } = await setUp(failing(1, 503, '', { 'retry-after': '3600' }), { random: () => 0 });
    const startedAt = performance.now();
    await store.copyObject(COPY);
    const elapsedMs = performance.now() - startedAt;
    expect(elapsedMs).toBeGreaterThanOrEqual(295);
    expect(elapsedMs).toBeLessThan(2_000);
  });

  test('stops waiting for the next attempt when aborted', async () => {
    const { store, stub } = await setUp(failing(9, 503, '', { 'retry-after': '60' }), {
      retry: { ...FAST_RETRY, retryAfterMaxMs: 60_000 },
    });
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const copy = store.copyObject(COPY, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 500);
    await expect(copy).rejects.toBe(reason);
    expect(stub.requests).toHaveLength(1);
  });

  test('renews expired credentials once', async () => {
    let generation = 1;
    const credentials: CredentialSource = {
      current: async () => ({ accessKeyId: `generation-${generation}`, secretAccessKey: 's', sessionToken: 't' }),
      renew: async () => ((generation += 1), true),
    };
    const { store, stub } = await setUp(failing(1, 400, errorXml('ExpiredToken')), { credentials });
    await store.copyObject(COPY);
    expect(stub.requests.map(({ headers }) => /generation-\d/.exec(headers.authorization!)![0])).toEqual([
      'generation-1',
      'generation-2',
    ]);
    const again = await setUp(failing(9, 400, errorXml('ExpiredToken')), { credentials });
    await expect(failureOf(again.store.copyObject(COPY))).resolves.toMatchObject({
      code: 'ExpiredToken',
      httpStatus: 400,
    });
    expect(again.stub.requests).toHaveLength(2);
  });
});

describe('errors in a 200', () => {
  test('finds the error in the body of a copy, repeats it, and reports it with its own status', async () => {
    const late = `\n\n ${errorXml('InternalError', 'We encountered an internal error.')}`;
    const passing = await setUp(failing(2, 200, late));
    await expect(passing.store.copyObject(COPY)).resolves.toEqual({ httpStatus: 200 });
    expect(passing.stub.requests).toHaveLength(3);
    const lasting = await setUp(failing(99, 200, late));
    await expect(failureOf(lasting.store.copyObject(COPY))).resolves.toMatchObject({
      code: 'InternalError',
      httpStatus: 500,
    });
    const slow = await setUp(failing(6, 200, errorXml('SlowDown')));
    await expect(slow.store.copyObject(COPY)).resolves.toEqual({ httpStatus: 200 });
    expect(slow.limits.of('target').limit).toBeLessThan(64);
  });

  test('does not take an empty answer for a copy, and does not repeat it: each repeat would make a version', async () => {
    const { store, stub } = await setUp((response) => response.writeHead(200).end());
    await expect(failureOf(store.copyObject(COPY))).resolves.toMatchObject({ code: 'InternalError', answerLost: true });
    expect(stub.requests).toHaveLength(1);
  });

  test('takes a result that speaks of errors for a result', async () => {
    const body = COPY_RESULT.replace('</ETag>', '</ETag><Note>&lt;Error> <Errors/></Note>');
    const { store } = await setUp((response) => response.writeHead(200).end(body));
    await expect(store.copyObject(COPY)).resolves.toEqual({ httpStatus: 200 });
  });
});

describe('error answers', () => {
  test('reads entities, CDATA, prefixes and the id of the body', async () => {
    const body =
      '<?xml version="1.0"?><!-- x --><s3:Error xmlns:s3="u"><s3:Code>Odd&amp;Code</s3:Code><s3:Message>a &lt;b&gt; &#228;&#x1F600; <![CDATA[<&>]]> &unknown;</s3:Message><s3:RequestId>77</s3:RequestId></s3:Error>';
    const { store } = await setUp(failing(9, 400, body));
    await expect(failureOf(store.copyObject(COPY))).resolves.toMatchObject({
      code: 'Odd&Code',
      message: 'a <b> ä😀 <&> &unknown;',
      requestId: '77',
    });
  });

  test.each([
    [404, 'NotFound'],
    [403, 'AccessDenied'],
    [412, 'PreconditionFailed'],
    [405, 'MethodNotAllowed'],
  ])('names a HEAD answer without body by its status: %i', async (status, code) => {
    const { store } = await setUp((response) => response.writeHead(status, { 'x-amz-request-id': 'r' }).end());
    await expect(failureOf(store.headObject(REF))).resolves.toMatchObject({ code, httpStatus: status, requestId: 'r' });
  });

  test('says how far off the clock is', async () => {
    const { store, stub } = await setUp(
      (response) => {
        response.sendDate = false;
        response
          .writeHead(403, { date: 'Sun, 22 Nov 2026 12:00:00 GMT' })
          .end(errorXml('RequestTimeTooSkewed', 'Too far apart.'));
      },
      { now: () => Date.UTC(2026, 10, 22, 11, 30) },
    );
    const error = await failureOf(store.copyObject(COPY));
    expect(error.message).toBe("Too far apart. (this machine's clock is 30 minutes behind the store's: set it)");
    // Each is signed anew: the clock may have been set meanwhile.
    expect(stub.requests).toHaveLength(RETRY_LIMITS.attemptsMax);
  });
});

describe('the network', () => {
  test('names the endpoint when nothing listens there, and loses no answer', async () => {
    const { stub } = await setUp(() => undefined);
    await stub.close();
    cleanups.length = 0;
    const { store } = connect(stub.endpoint);
    const error = await failureOf(store.copyObject(COPY));
    expect(error).toMatchObject({ code: 'ConnectionRefused', httpStatus: 0, storeDown: true, answerLost: false });
    expect(error.message).toBe(`CopyObject at stub (${stub.endpoint}, us-east-1): nothing listens there`);
  });

  test('calls an answer lost when the connection breaks after sending, though not for a read', async () => {
    const { store, stub } = await setUp((_response, request) => request.socket.destroy());
    await expect(failureOf(store.copyObject(COPY))).resolves.toMatchObject({
      code: 'ConnectionReset',
      httpStatus: 0,
      answerLost: true,
    });
    expect(stub.requests).toHaveLength(5);
    await expect(failureOf(store.headObject(REF))).resolves.toMatchObject({
      code: 'ConnectionReset',
      answerLost: false,
    });
  });

  test('remembers a lost answer when a later attempt is refused', async () => {
    const { store } = await setUp((response, request, index) => {
      if (index === 0) request.socket.destroy();
      else response.writeHead(412).end(errorXml('PreconditionFailed'));
    });
    await expect(failureOf(store.copyObject(COPY))).resolves.toMatchObject({
      code: 'PreconditionFailed',
      httpStatus: 412,
      answerLost: true,
    });
  });

  test('gives up a request without answer in time, and says that the answer is lost', async () => {
    const { store, stub } = await setUp(() => undefined, {
      // Long enough for the requests to arrive on a busy machine.
      requestTimeoutMs: 500,
      retry: { ...FAST_RETRY, attemptsMax: 2 },
    });
    const error = await failureOf(store.copyObject(COPY));
    expect(error).toMatchObject({ code: 'RequestTimeout', httpStatus: 0, answerLost: true });
    expect(error.message).toContain('no answer within 500 ms');
    expect(stub.requests).toHaveLength(2);
  });

  test('waits on for a copy that shows signs of life, and no longer', async () => {
    const slow: StubAnswer = (response, _request, index) => {
      response.writeHead(200).write('<?xml version="1.0" encoding="UTF-8"?>');
      let blanks = 0;
      const timer = setInterval(() => {
        if ((blanks += 1) < 8) response.write(' ');
        else clearInterval(timer);
        if (blanks === 8 && index > 0) response.end('<CopyObjectResult/>');
      }, 100);
    };
    const { store, stub } = await setUp(slow, { requestTimeoutMs: 600 });
    await expect(store.copyObject(COPY)).resolves.toEqual({ httpStatus: 200 });
    expect(stub.requests).toHaveLength(2);
  });

  test('rejects at once with the reason of an abort, before, while waiting and in flight', async () => {
    const { store, stub, limits } = await setUp(() => undefined, {}, { start: 1, max: 1 });
    const reason = { kind: 'not even an Error' };
    await expect(store.copyObject(COPY, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const calls = [1, 2, 3].map(() => store.copyObject(COPY, { signal: controller.signal }));
    await wait(500);
    expect([stub.requests.length, limits.of('target').inFlight, limits.of('target').waiting]).toEqual([1, 1, 2]);
    controller.abort(reason);
    for (const call of calls) await expect(call).rejects.toBe(reason);
    expect([limits.of('target').inFlight, limits.of('target').waiting]).toEqual([0, 0]);
  });

  test('hangs hundreds of requests on one signal without a warning, and leaves nothing behind', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const { store } = await setUp((response) => response.writeHead(200).end(COPY_RESULT));
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 300 }, () => store.copyObject(COPY, { signal })));
    await wait(10);
    process.off('warning', onWarning);
    expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  });
});

describe('the adaptive limit', () => {
  test('holds requests back', async () => {
    let now = 0;
    let most = 0;
    const { store } = await setUp(
      (response) => {
        most = Math.max(most, (now += 1));
        setTimeout(() => {
          now -= 1;
          response.writeHead(200).end(COPY_RESULT);
        }, 5);
      },
      {},
      { start: 3, max: 3 },
    );
    await Promise.all(Array.from({ length: 30 }, () => store.copyObject(COPY)));
    expect(most).toBe(3);
  });

  test('halves when told to slow down, and not for missing keys', async () => {
    const { store, limits } = await setUp(failing(1, 503, errorXml('SlowDown')));
    await store.copyObject(COPY);
    expect(limits.of('target').limit).toBe(32);
    const missing = await setUp(failing(9, 404, errorXml('NoSuchKey')));
    await failureOf(missing.store.copyObject(COPY));
    expect(missing.limits.of('target').limit).toBe(64);
  });

  test('keeps connections alive, also over HEAD', async () => {
    const { store, stub } = await setUp((response) => response.writeHead(200, { etag: '"e"' }).end());
    for (let i = 0; i < 20; i += 1) {
      await store.headObject(REF);
      await store.remove(REF);
    }
    expect(stub.requests).toHaveLength(40);
    // The pool frees a connection a moment after the answer: the next request may find it busy still, once.
    expect(stub.connections()).toBeLessThanOrEqual(2);
  });
});

describe('inputs that cannot be sent', () => {
  test.each([
    ['an empty key', { ...COPY, Key: '' }, 'InvalidArgument'],
    ['no bucket', { ...COPY, Bucket: '' }, 'InvalidBucketName'],
    ['a bucket that is a path', { ...COPY, Bucket: 'a/b' }, 'InvalidBucketName'],
    ['a bucket of dots', { ...COPY, Bucket: '..' }, 'InvalidBucketName'],
    ['a key without UTF-8 form', { ...COPY, Key: '\ud800' }, 'InvalidRequest'],
    ['metadata that are no octets', { ...COPY, Metadata: { a: 'ł' } }, 'InvalidArgument'],
    ['a header with a line break', { ...COPY, Metadata: { a: 'b\r\nx-evil: 1' } }, 'InvalidArgument'],
    ['a header name with a blank', { ...COPY, Metadata: { 'a b': 'c' } }, 'InvalidArgument'],
    ["a customer's key", { ...COPY, SSECustomerKey: 'k' }, 'NotImplemented'],
  ])('refuses %s without a request', async (_name, input, code) => {
    const { store, stub } = await setUp(failing(0, 200, ''));
    await expect(failureOf(store.copyObject(input))).resolves.toMatchObject({ code });
    expect(stub.requests).toHaveLength(0);
  });

  test('refuses a checksum it cannot make', async () => {
    const { store } = await setUp(failing(0, 200, ''));
    const tagging = store.putObjectTagging({ ...REF_INPUT, Tagging: { TagSet: [] }, ChecksumAlgorithm: 'CRC64NVME' });
    await expect(failureOf(tagging)).resolves.toMatchObject({
      code: 'NotImplemented',
      message: expect.stringContaining('CRC64NVME'),
    });
  });
});

test.each([
  ['a change', 500, true],
  ['a change', 503, false],
  ['a change', 403, false],
  ['a look', 500, false],
])('%s answered with %i may have taken effect: %s', async (what, status, isUnclear) => {
  const { store } = await setUp(failing(Infinity, status, errorXml('Broken')));
  const asked = what === 'a look' ? store.headObject(REF) : store.copyObject(COPY);
  await expect(asked).rejects.toMatchObject({ httpStatus: status, isUnclear });
});
