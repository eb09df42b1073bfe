/** Goal: what a store does not understand is found out once, and never by a wrong conclusion. Method: S3Store before a server that refuses. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { errorXml, type SeenRequest } from '../../../support/servers/http-store-stub';
import { StubbedStores } from '../stubbed-store';

const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const REF = { Bucket: 'b', Key: 'k' };
const TAGS = { ...REF, Tagging: { TagSet: [] } };
const PUT = { ...REF, Body: Buffer.from('bytes') };

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  response.writeHead(status).end(errorXml(code, message));
}

const hasChecksum = ({ headers }: SeenRequest): boolean =>
  Object.keys(headers).some((name) => name.startsWith('x-amz-checksum') || name === 'x-amz-sdk-checksum-algorithm');
const hasCondition = ({ headers }: SeenRequest): boolean => 'if-match' in headers || 'if-none-match' in headers;

function accept(response: ServerResponse): void {
  // All that HEAD should tell: what it does not is asked for otherwise.
  response.writeHead(200, { etag: '"e"', 'content-length': 0, 'last-modified': new Date(0).toUTCString() }).end();
}

/** A store that refuses what `isRefused`. */
function refusing(isRefused: (request: SeenRequest) => boolean, refusal: Refusal) {
  return (response: ServerResponse, request: SeenRequest): void => {
    if (isRefused(request)) refuse(response, refusal);
    else accept(response);
  };
}

describe('checksums', () => {
  test.each<Refusal>([
    {
      status: 400,
      code: 'InvalidArgument',
      message: "Unsupported header 'x-amz-checksum-crc32' received for this API call.",
    },
    { status: 501, code: 'NotImplemented' },
    { status: 400, code: 'ExcessHeaderValues' },
  ])('refused with $status $code: the same request goes with Content-MD5, and all others after it', async (refusal) => {
    const { store, stub } = await stubbed.open(refusing(hasChecksum, refusal));
    await store.putObject(PUT);
    await store.putObjectTagging(TAGS);
    await store.describeObject({ ...REF, ChecksumMode: 'ENABLED' });
    expect(stub.requests.map(hasChecksum)).toEqual([true, false, false, false]);
    const md5 = createHash('md5').update('bytes').digest('base64');
    expect(stub.requests[1]!.headers['content-md5']).toBe(md5);
    expect(stub.requests[2]!.headers['content-md5']).toBeDefined();
    expect(store.profile).toMatchObject({ checksumHeaders: false, conditionalPut: true });
  });

  test('refused of a read', async () => {
    const { store, stub } = await stubbed.open(refusing(hasChecksum, { status: 400, code: 'InvalidArgument' }));
    await store.describeObject({ ...REF, ChecksumMode: 'ENABLED' });
    await store.putObject(PUT);
    expect(stub.requests.map(hasChecksum)).toEqual([true, false, false]);
  });

  test('a refusal for something else teaches nothing, and is told', async () => {
    const { store, stub } = await stubbed.open(
      refusing(() => true, { status: 400, code: 'InvalidArgument', message: 'Invalid version id' }),
    );
    expect(await failureOf(store.putObjectTagging(TAGS))).toMatchObject({ message: 'Invalid version id' });
    expect(stub.requests.map(hasChecksum)).toEqual([true, false]);
    expect(store.profile.checksumHeaders).toBe(true);
  });

  test.each<Refusal>([
    { status: 400, code: 'BadDigest' },
    { status: 400, code: 'InvalidTag' },
    { status: 403, code: 'AccessDenied' },
  ])('$status $code is not for a header', async (refusal) => {
    const { store, stub } = await stubbed.open(refusing(() => true, refusal));
    await failureOf(store.putObjectTagging(TAGS));
    expect(stub.requests).toHaveLength(1);
  });

  test('that were taken once are not doubted', async () => {
    let taken = 0;
    const { store, stub } = await stubbed.open(
      refusing(() => (taken += 1) > 1, { status: 400, code: 'InvalidRequest' }),
    );
    await store.putObject(PUT);
    await failureOf(store.putObject(PUT));
    expect(stub.requests).toHaveLength(2);
  });

  test('that the job asks for are sent, and the refusal is told', async () => {
    const { store, stub } = await stubbed.open(refusing(hasChecksum, { status: 400, code: 'InvalidArgument' }), {
      profile: { name: 'B2' },
    });
    const asked = store.copyObject({ ...REF, CopySource: 'b/s', ChecksumAlgorithm: 'SHA256' });
    expect(await failureOf(asked)).toMatchObject({ code: 'InvalidArgument' });
    expect(stub.requests).toHaveLength(1);
  });

  test('Content-MD5, where it is wanted', async () => {
    const { store, stub } = await stubbed.open(
      refusing(({ headers }) => headers['content-md5'] === undefined, {
        status: 400,
        code: 'MissingContentMD5',
      }),
    );
    await store.putObjectTagging(TAGS);
    await store.putObjectTagging(TAGS);
    expect(stub.requests.map(({ headers }) => 'content-md5' in headers)).toEqual([false, true, true]);
    expect(store.profile).toMatchObject({ checksumHeaders: true, contentMd5: true });
  });
});

describe('conditions on writes', () => {
  const NOT_IMPLEMENTED: Refusal = {
    status: 501,
    code: 'NotImplemented',
    message: 'A header you provided implies functionality',
  };

  function storeWith(etag: string | undefined, refusal: Refusal = NOT_IMPLEMENTED) {
    return (response: ServerResponse, request: SeenRequest): void => {
      if (request.method !== 'HEAD') refusing(hasCondition, refusal)(response, request);
      else if (etag === undefined) response.writeHead(404).end();
      else response.writeHead(200, { etag: `"${etag}"` }).end();
    };
  }

  test.each<Refusal>([
    NOT_IMPLEMENTED,
    { status: 400, code: 'NotImplemented' },
    { status: 400, code: 'InvalidArgument', message: 'This is not implemented' },
  ])('refused with $status $code: a look, and then without, also the next time', async (refusal) => {
    const { store, stub } = await stubbed.open(storeWith(undefined, refusal));
    await store.putObject({ ...PUT, IfNoneMatch: '*' });
    await store.putObject({ ...PUT, IfNoneMatch: '*' });
    const methods = stub.requests.map(({ method }) => method);
    expect(methods.slice(-4)).toEqual(['HEAD', 'PUT', 'HEAD', 'PUT']);
    expect(stub.requests.filter(hasCondition)).toHaveLength(1);
    expect(store.profile).toMatchObject({ conditionalPut: false, conditionalCopy: true });
  });

  test.each([
    ['If-None-Match', { IfNoneMatch: '*' }, 'e', 412],
    ['If-Match', { IfMatch: '"other"' }, 'e', 412],
    ['If-Match of nothing', { IfMatch: '"other"' }, undefined, 404],
  ])('%s that does not hold: nothing is written', async (_name, condition, etag, httpStatus) => {
    const { store, stub } = await stubbed.open(storeWith(etag), { profile: { conditionalDelete: false } });
    expect(await failureOf(store.deleteObject({ ...REF, ...condition }))).toMatchObject({ httpStatus });
    expect(stub.requests.map(({ method }) => method)).toEqual(['HEAD']);
  });

  test('If-Match that can not be looked at is 501', async () => {
    const { store } = await stubbed.open(storeWith(''), { profile: { conditionalDelete: false } });
    expect(await failureOf(store.deleteObject({ ...REF, IfMatch: '"e"' }))).toMatchObject({ httpStatus: 501 });
  });

  test('a condition that does not hold shows that the store knows it', async () => {
    const { store, stub } = await stubbed.open((response, request) => {
      if (request.headers['if-match'] === '"e"' || request.method === 'HEAD') accept(response);
      else refuse(response, { status: 412, code: 'PreconditionFailed' });
    });
    await store.deleteObject({ ...REF, IfMatch: '"e"' });
    await store.deleteObject({ ...REF, IfMatch: '"e"' });
    // A look, a condition that can't hold, and then the condition is relied on.
    expect(stub.requests.map(({ method, headers }) => `${method} ${headers['if-match'] ?? ''}`)).toEqual([
      'HEAD ',
      'DELETE "00000000000000000000000000000000"',
      'DELETE "e"',
      'DELETE "e"',
    ]);
    expect(store.profile.conditionalDelete).toBe(true);
  });

  describe('that are ignored', () => {
    const COPY = { ...REF, CopySource: 'b/s' };
    const copied = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';
    const lastModified = new Date(1_700_000_000_000);
    const ignoring = (response: ServerResponse, { method, url }: SeenRequest): void => {
      if (method === 'HEAD' && url.startsWith('/b/k')) response.writeHead(404).end();
      else if (method === 'HEAD') {
        response
          .writeHead(200, { etag: '"e"', 'content-length': 0, 'last-modified': lastModified.toUTCString() })
          .end();
      } else response.writeHead(200).end(copied);
    };

    test('If-Match: the request that shows it has done the work, and the object is looked at from then on', async () => {
      const { store, stub } = await stubbed.open((response, { method }) => {
        if (method === 'HEAD') response.writeHead(200, { etag: '"e"' }).end();
        else response.writeHead(204).end();
      });
      await store.deleteObject({ ...REF, IfMatch: '"e"' });
      expect(stub.requests.map(({ method }) => method)).toEqual(['HEAD', 'DELETE']);
      expect(store.profile.conditionalDelete).toBe(false);
      expect(await failureOf(store.deleteObject({ ...REF, IfMatch: '"other"' }))).toMatchObject({ httpStatus: 412 });
      expect(stub.requests.map(({ method }) => method)).toEqual(['HEAD', 'DELETE', 'HEAD']);
    });

    test.each(['putObject', 'copyObject'] as const)('If-None-Match on %s: it goes well a second time', async (call) => {
      const { store, stub } = await stubbed.open(ignoring);
      const member = call === 'putObject' ? 'conditionalPut' : 'conditionalCopy';
      await (call === 'putObject'
        ? store.putObject({ ...PUT, IfNoneMatch: '*' })
        : store.copyObject({ ...COPY, IfNoneMatch: '*' }));
      // What proves that the store knows CopyObject goes before.
      expect(stub.requests.map(({ method }) => method).slice(-3)).toEqual(['HEAD', 'PUT', 'PUT']);
      expect(store.profile[member]).toBe(false);
    });

    test.each([
      ['an ETag', { CopySourceIfMatch: '"e"' }, { CopySourceIfMatch: '"other"' }],
      [
        'an upper date',
        { CopySourceIfUnmodifiedSince: new Date('2030-01-01') },
        { CopySourceIfUnmodifiedSince: new Date('2020-01-01') },
      ],
      [
        'a lower date',
        { CopySourceIfModifiedSince: new Date('2020-01-01') },
        { CopySourceIfModifiedSince: new Date('2030-01-01') },
      ],
    ])('%s of the source: nothing is copied against it', async (_what, holds, fails) => {
      const { store, stub } = await stubbed.open(ignoring);
      const copies = (): number =>
        stub.requests.filter(({ method, url }) => method === 'PUT' && url.startsWith('/b/k')).length;
      // Not even by the first request.
      expect(await failureOf(store.copyObject({ ...COPY, ...fails }))).toMatchObject({ httpStatus: 412 });
      expect(copies()).toBe(0);
      await store.copyObject({ ...COPY, ...holds });
      expect(copies()).toBe(1);
      expect(store.profile.conditionalSource).toBe(false);
      expect(await failureOf(store.copyObject({ ...COPY, ...fails }))).toMatchObject({ httpStatus: 412 });
      expect(copies()).toBe(1);
    });

    test('many at a time: one of them finds it out', async () => {
      const { store, stub } = await stubbed.open(ignoring);
      const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
      await Promise.all(keys.map((Key) => store.putObject({ ...PUT, Key, IfNoneMatch: '*' })));
      expect(stub.requests.filter(({ method }) => method === 'PUT')).toHaveLength(keys.length + 1);
    });
  });

  test.each([
    ['If-Match', { IfMatch: '"other"' }, 412],
    ['If-Unmodified-Since', { IfUnmodifiedSince: new Date('2020-01-01') }, 412],
    ['If-Modified-Since', { IfModifiedSince: new Date('2030-01-01') }, 304],
  ])('%s on a read is checked by what is told', async (_name, condition, httpStatus) => {
    const { store } = await stubbed.open((response) => {
      const headers = { etag: '"e"', 'content-length': 1, 'last-modified': new Date(1_700_000_000_000).toUTCString() };
      response.writeHead(200, headers).end('x');
    });
    expect(await failureOf(store.describeObject({ ...REF, ...condition }))).toMatchObject({ httpStatus });
    expect(await failureOf(store.getObject({ ...REF, ...condition }))).toMatchObject({ httpStatus });
    const ifMatch = 'other';
    expect(await failureOf(store.read({ bucket: 'b', key: 'k' }, { ifMatch }))).toMatchObject({ httpStatus: 412 });
    expect(await failureOf(store.readStream({ bucket: 'b', key: 'k' }, { ifMatch }))).toMatchObject({
      httpStatus: 412,
    });
  });

  test('refused together with checksums, both are learned', async () => {
    const { store } = await stubbed.open((response, request) => {
      if (request.method === 'HEAD') response.writeHead(404).end();
      else refusing((each) => hasCondition(each) || hasChecksum(each), NOT_IMPLEMENTED)(response, request);
    });
    await store.putObject({ ...PUT, IfNoneMatch: '*' });
    await store.putObject({ ...PUT, IfNoneMatch: '*' });
    expect(store.profile).toMatchObject({ checksumHeaders: false, conditionalPut: false });
  });
});

describe('DeleteObjects', () => {
  const DELETE = { Bucket: 'b', Delete: { Objects: [{ Key: 'a' }, { Key: 'k' }] } };
  const RESULT = '<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>k</Key></Deleted></DeleteResult>';

  test.each<Refusal>([
    { status: 501, code: 'NotImplemented' },
    { status: 405, code: 'MethodNotAllowed' },
    { status: 400, code: 'NotImplemented' },
  ])('refused with $status $code: it is not sent again', async (refusal) => {
    const { store, stub } = await stubbed.open((response) => {
      refuse(response, refusal);
    });
    expect(await failureOf(store.deleteObjects(DELETE))).toMatchObject({ code: refusal.code });
    const sent = stub.requests.length;
    expect(await failureOf(store.deleteObjects(DELETE))).toMatchObject({ code: 'NotImplemented', httpStatus: 501 });
    expect(stub.requests).toHaveLength(sent);
    expect(store.profile.multiDelete).toBe(false);
  });

  test('where a confirmation is no proof, each key is looked at', async () => {
    const { store } = await stubbed.open(
      (response, request) => {
        if (request.method === 'POST') response.writeHead(200).end(RESULT);
        else response.writeHead(request.url.startsWith('/b/a') ? 200 : 404).end();
      },
      { profile: { confirmsDeletion: false } },
    );
    expect(await store.deleteObjects(DELETE)).toMatchObject({
      deleted: [{ key: 'k' }],
      errors: [{ key: 'a', code: 'NotDeleted' }],
    });
  });
});
