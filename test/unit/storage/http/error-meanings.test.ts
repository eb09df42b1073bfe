/**
 * Goal: the store's code decides what is tried again, and its status only where the code is not known. Method: the table is
 * asked for codes under statuses that say otherwise, and the store client for how often it sends.
 */
import type { ServerResponse } from 'node:http';
import { classify, MEANINGS } from '../../../../storage/http/error-meanings';
import { RETRY_LIMITS } from '../../../../storage/http/retry-policy';
import { S3_OPERATIONS } from '../../../../storage/s3/s3-operations';
import { errorXml } from '../../../support/servers/http-store-stub';
import { StubbedStores } from '../stubbed-store';

test('a code stands once in the table', () => {
  const codes = MEANINGS.flatMap((meaning) => meaning.codes);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each([
  [409, 'OperationAborted', 'transient'],
  [409, 'ConditionalRequestConflict', 'transient'],
  [400, 'RequestTimeout', 'transient'],
  [403, 'RequestTimeTooSkewed', 'transient'],
  [409, 'BucketAlreadyExists', 'final'],
  [409, 'InvalidBucketState', 'final'],
  [409, 'Conflict', 'final'],
  [400, 'IncompleteBody', 'final'],
  [400, 'ExpiredToken', 'final'],
  [400, 'SlowDown', 'slowDown'],
  [400, 'Throttling', 'slowDown'],
  [400, 'Throttling.User', 'slowDown'],
  [200, 'SlowDownWrite', 'slowDown'],
  [400, 'TooManyRequests', 'slowDown'],
  [403, 'RequestLimitExceeded', 'slowDown'],
  [509, 'BandwidthLimitExceeded', 'slowDown'],
  [500, 'ServiceUnavailable', 'slowDown'],
  [503, 'InternalError', 'transient'],
  [503, 'NotImplemented', 'final'],
  [429, 'Unheard', 'slowDown'],
  [503, 'Unheard', 'slowDown'],
  [499, 'Unheard', 'transient'],
  [500, 'Unheard', 'transient'],
  [501, 'Unheard', 'final'],
  [505, 'Unheard', 'final'],
  [409, 'Unheard', 'final'],
  [412, 'PreconditionFailed', 'final'],
] as const)('%i %s: %s', (httpStatus, code, kind) => {
  expect(classify(httpStatus, code)).toBe(kind);
});

describe('the client', () => {
  const stubbed = new StubbedStores();
  afterEach(() => stubbed.close());

  const AT = { Bucket: 'b', Key: 'k' };

  test.each(['OperationAborted', 'ConditionalRequestConflict'])('repeats 409 %s for every call', async (code) => {
    const { store, stub } = await stubbed.open((response, { method }, index) => {
      if (index % 2 === 0) response.writeHead(409).end(errorXml(code));
      else response.writeHead(200, { etag: '"e"' }).end(method === 'PUT' ? '' : '<Tagging/>');
    });
    await store.put({ bucket: 'b', key: 'k' }, 'text');
    await store.putObjectTagging({ ...AT, Tagging: { TagSet: [] } });
    await store.deleteObject(AT);
    expect(stub.requests).toHaveLength(6);
  });

  test('gives up after as many attempts as for a server’s error', async () => {
    const { store, stub } = await stubbed.open((response) => response.writeHead(409).end(errorXml('OperationAborted')));
    await expect(store.put({ bucket: 'b', key: 'k' }, 'text')).rejects.toMatchObject({
      code: 'OperationAborted',
      passes: true,
    });
    expect(stub.requests).toHaveLength(RETRY_LIMITS.attemptsMax);
  });

  test('an upload that met another write is not completed again: it must be begun anew', async () => {
    const { client, stub } = await stubbed.open((response) =>
      response.writeHead(409).end(errorXml('ConditionalRequestConflict')),
    );
    const complete = client.call(S3_OPERATIONS.completeMultipartUpload, 'b', {
      ...AT,
      UploadId: 'u',
      IfNoneMatch: '*',
    });
    await expect(complete).rejects.toMatchObject({ code: 'ConditionalRequestConflict', httpStatus: 409 });
    expect(stub.requests).toHaveLength(1);
  });

  test('an answer lost before a conflict stays lost: the first attempt may have taken effect', async () => {
    const answer = (response: ServerResponse, _request: unknown, index: number): void => {
      if (index === 0) response.socket?.destroy();
      else {
        response
          .writeHead(index === 1 ? 409 : 412)
          .end(errorXml(index === 1 ? 'OperationAborted' : 'PreconditionFailed'));
      }
    };
    const { store } = await stubbed.open(answer, { profile: { conditionalPut: true } });
    await expect(store.putObject({ ...AT, Body: Buffer.from('x'), IfNoneMatch: '*' })).rejects.toMatchObject({
      code: 'PreconditionFailed',
      answerLost: true,
    });
  });
});

describe('a bucket in another region', () => {
  const stubbed = new StubbedStores();
  afterEach(() => stubbed.close());

  const body =
    '<Error><Code>AuthorizationHeaderMalformed</Code><Message>wrong</Message><Region>eu-west-1</Region></Error>';

  test.each([
    ['301 with the header', 301, { 'x-amz-bucket-region': 'eu-west-1' }, errorXml('PermanentRedirect')],
    ['400 with the element', 400, {}, body],
    ['400 without a body', 400, { 'x-amz-bucket-region': 'eu-west-1' }, ''],
  ])('%s: region and way out', async (_, status, headers, answer) => {
    const { store, stub } = await stubbed.open((response) => response.writeHead(status, headers).end(answer));
    const error = await store.put({ bucket: 'herd', key: 'k' }, 'text').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      bucketRegion: 'eu-west-1',
      message: expect.stringMatching(/the bucket herd is in region eu-west-1, not in that of store stub/) as string,
      told: expect.stringMatching(
        new RegExp(`^PutObject \\(herd\\) at stub \\(${stub.endpoint}, us-east-1\\): ${status}`),
      ) as string,
    });
  });

  test('the region of the store itself is not the reason', async () => {
    const headers = { 'x-amz-bucket-region': 'us-east-1' };
    const { store } = await stubbed.open((response) =>
      response.writeHead(400, headers).end(errorXml('InvalidRequest')),
    );
    await expect(store.put({ bucket: 'herd', key: 'k' }, 'text')).rejects.toMatchObject({
      bucketRegion: undefined,
      message: 'It went wrong',
    });
  });
});
