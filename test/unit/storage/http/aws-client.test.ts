// S3Store against an HTTP server that misbehaves as told: retries, errors in every shape, inputs that can't be sent.
import { RETRY_LIMITS } from '../../../../storage/http/retry-policy';
import type { CredentialSource } from '../../../../storage/signing/credentials';
import {
  closeAfterEach,
  COPY,
  failing,
  failureOf,
  FAST_RETRY,
  REF,
  REF_INPUT,
  setUp,
} from '../../../support/aws-client-stub';
import { COPY_RESULT, errorXml } from '../../../support/servers/http-store-stub';

closeAfterEach();

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
