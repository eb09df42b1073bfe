// The plain object calls of S3Store, reading above all, against an HTTP server: what is asked for, and what is made of answers.
import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../../../../storage/store-error';
import { errorXml, type StubAnswer } from '../../../support/servers/http-store-stub';
import { type StubbedStore, StubbedStores, type StubOptions } from '../stubbed-store';

const REF = { bucket: 'target', key: 'a b', versionId: 'v1' };
const stubbed = new StubbedStores();
const TIMEOUT_MS = 200;
const SILENT = { timeoutMs: TIMEOUT_MS };
const setUp = (answer: StubAnswer, options?: StubOptions): Promise<StubbedStore> => stubbed.open(answer, options);
afterEach(() => stubbed.close());

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('read', () => {
  test('asks for the range, the version and the ETag in quotes', async () => {
    const { store, stub } = await setUp((response) =>
      response.writeHead(206, { 'content-range': 'bytes 5-8/20' }).end('abcd'),
    );
    const body = await store.read(REF, { range: { start: 5, end: 9 }, ifMatch: 'abc' });
    expect(body.toString()).toBe('abcd');
    expect(stub.requests[0]).toMatchObject({
      method: 'GET',
      url: '/target/a%20b?versionId=v1&x-id=GetObject',
      headers: expect.objectContaining({ range: 'bytes=5-8', 'if-match': '"abc"' }),
    });
    await store.read(REF, { range: { start: 5, end: 9 }, ifMatch: '"abc"' });
    expect(stub.requests[1]!.headers['if-match']).toBe('"abc"');
  });

  test('puts a body of many pieces together, and begins again when it breaks', async () => {
    const half = Buffer.alloc(300_000, 'x');
    const { store, stub } = await setUp((response, request, index) => {
      response.writeHead(200, { 'content-length': 600_000 });
      response.write(half, () => (index === 0 ? request.socket.destroy() : response.end(half)));
    });
    expect(await store.read(REF)).toEqual(Buffer.concat([half, half]));
    expect(stub.requests).toHaveLength(2);
  });

  test('rejects with PreconditionFailed when the object has changed', async () => {
    const { store } = await setUp((response) => response.writeHead(412).end(errorXml('PreconditionFailed')));
    await expect(store.read(REF, { ifMatch: 'abc' })).rejects.toMatchObject({
      code: 'PreconditionFailed',
      httpStatus: 412,
    });
  });

  test('does not take the whole object, or another part, for the range', async () => {
    const whole = await setUp((response) => response.writeHead(200, { 'content-length': 6 }).end('abcdef'));
    for (const range of [
      { start: 2, end: 4 },
      { start: 0, end: 4 },
    ]) {
      await expect(whole.store.read(REF, { range })).rejects.toMatchObject({ code: 'InvalidRange' });
      await expect(whole.store.readStream(REF, { range })).rejects.toMatchObject({ code: 'InvalidRange' });
    }
    // The range covers it all: a store may leave the 206 out.
    expect((await whole.store.read(REF, { range: { start: 0, end: 9 } })).toString()).toBe('abcdef');
    const other = await setUp((response) => response.writeHead(206, { 'content-range': 'bytes 0-1/6' }).end('ab'));
    await expect(other.store.read(REF, { range: { start: 2, end: 4 } })).rejects.toMatchObject({
      code: 'InvalidRange',
    });
  });

  test('refuses a range without bytes', async () => {
    const { store, stub } = await setUp((response) => response.writeHead(200).end());
    await expect(store.read(REF, { range: { start: 4, end: 4 } })).rejects.toMatchObject({
      code: 'InvalidRange',
      httpStatus: 416,
    });
    expect(stub.requests).toHaveLength(0);
  });
});

describe('readStream', () => {
  test('gives length and ETag at once, and the body as it comes', async () => {
    const { store } = await setUp((response) => {
      response.writeHead(200, { etag: '"abc"', 'content-length': 6 }).write('abc');
      setTimeout(() => response.end('def'), 30);
    });
    const { etag, body } = await store.readStream(REF);
    expect([etag, await textOf(body)]).toEqual(['abc', 'abcdef']);
  });

  test('holds no slot while the body is read, and repeats before it', async () => {
    const { store, limits } = await setUp((response, _request, index) => {
      if (index === 0) response.writeHead(500).end(errorXml('InternalError'));
      else response.writeHead(200, { 'content-length': 3 }).end('abc');
    });
    const { body } = await store.readStream(REF);
    expect(limits.of('target').inFlight).toBe(0);
    expect((await store.read(REF)).toString()).toBe('abc');
    expect(await textOf(body)).toBe('abc');
  });

  test('rejects the iteration when the connection breaks or falls silent', async () => {
    const { store } = await setUp((response, request, index) => {
      response
        .writeHead(200, { 'content-length': 6 })
        .write('abc', () => (index === 0 ? request.socket.destroy() : undefined));
    }, SILENT);
    const broken = await store.readStream(REF);
    await expect(textOf(broken.body)).rejects.toMatchObject({
      code: 'ConnectionReset',
      httpStatus: 0,
      answerLost: false,
    });
    const silent = await store.readStream(REF);
    const error = await textOf(silent.body).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({
      code: 'RequestTimeout',
      message: expect.stringContaining(`stopped for ${TIMEOUT_MS} ms`),
    });
  });

  test('lets the reader take its time with a large body', async () => {
    const size = 8 * 1024 * 1024;
    const { store } = await setUp(
      (response) => response.writeHead(200, { 'content-length': size }).end(Buffer.alloc(size)),
      SILENT,
    );
    const { body } = await store.readStream(REF);
    let read = 0;
    for await (const piece of body) {
      if (read === 0) await wait(3 * TIMEOUT_MS);
      read += piece.byteLength;
    }
    expect(read).toBe(size);
  });

  test('ends the connection when the reader stops or the signal aborts', async () => {
    let closed = 0;
    const { store } = await setUp((response) => {
      response.on('close', () => (closed += 1));
      response.writeHead(200, { 'content-length': 6 }).write('abc');
    });
    const left = await store.readStream(REF);
    for await (const piece of left.body) {
      expect(Buffer.from(piece).toString()).toBe('abc');
      break;
    }
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const aborted = await store.readStream(REF, { signal: controller.signal });
    controller.abort(reason);
    await expect(textOf(aborted.body)).rejects.toBe(reason);
    await wait(30);
    expect(closed).toBe(2);
  });
});

describe('the others', () => {
  test('headObject gives what the headers say', async () => {
    const { store } = await setUp((response) =>
      response
        .writeHead(200, {
          etag: 'W/"abc-2"',
          'content-length': 12,
          'x-amz-storage-class': 'GLACIER',
          'x-amz-restore': 'ongoing-request="true"',
          'x-amz-version-id': 'v1',
        })
        .end(),
    );
    await expect(store.headObject(REF)).resolves.toEqual({
      httpStatus: 200,
      etag: 'abc-2',
      contentLength: 12,
      storageClass: 'GLACIER',
      restore: 'ongoing-request="true"',
      versionId: 'v1',
    });
  });

  test('asks once more what a 404 to a HEAD means, unless nobody wants to know', async () => {
    const { store, stub } = await setUp((response, { method }) =>
      response.writeHead(404).end(method === 'HEAD' ? undefined : errorXml('NoSuchBucket')),
    );
    await expect(store.headObject(REF)).rejects.toMatchObject({ code: 'NoSuchBucket' });
    expect(stub.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
    const plain = { plainNotFound: true };
    await expect(store.headObject(REF, plain)).rejects.toMatchObject({ code: 'NotFound', httpStatus: 404 });
    await expect(store.describeObject({ Bucket: 'b', Key: 'k' }, plain)).rejects.toMatchObject({ code: 'NotFound' });
    expect(stub.requests.slice(2).map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });

  test('asks what other answers to a HEAD mean in any case', async () => {
    const { store } = await setUp((response, { method }) =>
      response.writeHead(400).end(method === 'HEAD' ? undefined : errorXml('InvalidArgument')),
    );
    await expect(store.headObject(REF, { plainNotFound: true })).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  test('put sends text as UTF-8 and gives the ETag', async () => {
    const { store, stub } = await setUp((response) => response.writeHead(200, { etag: '"abc"' }).end());
    await expect(store.put({ bucket: 'b', key: 'k' }, 'größe', { contentType: 'text/csv' })).resolves.toEqual({
      etag: 'abc',
    });
    expect(stub.requests[0]).toMatchObject({
      method: 'PUT',
      body: Buffer.from('größe'),
      headers: expect.objectContaining({ 'content-type': 'text/csv' }),
    });
  });

  test('remove succeeds for what is not there, but not without the bucket', async () => {
    const missing = await setUp((response) => response.writeHead(404).end(errorXml('NoSuchKey')));
    await expect(missing.store.remove(REF)).resolves.toBeUndefined();
    const noBucket = await setUp((response) => response.writeHead(404).end(errorXml('NoSuchBucket')));
    await expect(noBucket.store.remove(REF)).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });

  test.each([
    [200, true],
    [404, false],
    [403, false],
  ])('bucketExists: %i means %s', async (status, exists) => {
    const { store } = await setUp((response) => response.writeHead(status).end());
    await expect(store.bucketExists('target')).resolves.toBe(exists);
  });

  test('bucketExists does not guess when the store fails', async () => {
    const { store } = await setUp((response) => response.writeHead(500).end());
    await expect(store.bucketExists('target')).rejects.toMatchObject({ code: 'InternalError', httpStatus: 500 });
  });
});

describe('getObject', () => {
  const input = { Bucket: 'target', Key: 'k' };

  test('tells all that the headers say', async () => {
    const { store } = await setUp((response) =>
      response
        .writeHead(200, {
          etag: '"abc"',
          'content-type': 'a/b',
          'content-encoding': 'gzip',
          expires: '0',
          'x-amz-meta-One': '1',
          'x-amz-meta-__proto__': 'p',
          'x-amz-missing-meta': '2',
          'x-amz-tagging-count': '3',
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=',
          'x-amz-checksum-type': 'FULL_OBJECT',
          'x-amz-version-id': 'v1',
        })
        .end('body'),
    );
    const { body, discard: _discard, ...properties } = await store.getObject({ ...input, ChecksumMode: 'ENABLED' });
    expect(await textOf(body)).toBe('body');
    expect(Object.entries(properties.metadata)).toEqual([
      ['one', '1'],
      ['__proto__', 'p'],
    ]);
    expect(properties).toMatchObject({
      etag: 'abc',
      contentType: 'a/b',
      contentEncoding: 'gzip',
      expires: '0',
      missingMetadata: 2,
      tagCount: 3,
      serverSideEncryption: 'aws:kms',
      checksum: { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=', type: 'FULL_OBJECT' },
      versionId: 'v1',
    });
  });

  test('does not take the beginning of the object for the range that was asked for', async () => {
    const { store } = await setUp((response) => response.writeHead(200, { 'content-length': '5' }).end('whole'));
    await expect(store.getObject({ ...input, Range: 'bytes=2-6' })).rejects.toMatchObject({ code: 'InvalidRange' });
  });
});

describe('multipart uploads', () => {
  const upload = { Bucket: 'target', Key: 'k', UploadId: 'u' };
  const complete = { ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: '"a"' }] } };

  test('reads the id, the ETags and the tags', async () => {
    const answers = [
      '<InitiateMultipartUploadResult><UploadId>a&amp;b</UploadId></InitiateMultipartUploadResult>',
      '<CompleteMultipartUploadResult><ETag>&quot;abc-2&quot;</ETag></CompleteMultipartUploadResult>',
      '<Tagging><TagSet><Tag><Key>a b</Key><Value>&lt;</Value></Tag><Tag><Key>k</Key><Value/></Tag></TagSet></Tagging>',
    ];
    const { store } = await setUp((response, _request, index) =>
      response.writeHead(200, index === 2 ? { 'x-amz-version-id': 'v1' } : {}).end(answers[index]),
    );
    expect(await store.createMultipartUpload(upload)).toEqual({ uploadId: 'a&b' });
    expect(await store.completeMultipartUpload(complete)).toEqual({ httpStatus: 200, etag: 'abc-2' });
    expect(await store.getObjectTagging(upload)).toEqual({
      tags: [
        { Key: 'a b', Value: '<' },
        { Key: 'k', Value: '' },
      ],
      versionId: 'v1',
    });
  });

  test.each([
    ['InvalidPart', 400],
    ['NoSuchUpload', 404],
    ['BadDigest', 400],
  ])('an error in the body of a 200: %s', async (code, httpStatus) => {
    const { store, stub } = await setUp((response) => response.writeHead(200).end(errorXml(code)));
    await expect(store.completeMultipartUpload(complete)).rejects.toMatchObject({ code, httpStatus });
    expect(stub.requests).toHaveLength(1);
  });

  test('an InternalError in the body of a 200 is tried again', async () => {
    const done = '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>';
    const { store, stub } = await setUp((response, _request, index) =>
      response.writeHead(200).end(index === 0 ? errorXml('InternalError') : done),
    );
    await expect(store.completeMultipartUpload(complete)).resolves.toMatchObject({ etag: 'e' });
    expect(stub.requests).toHaveLength(2);
  });

  test.each([
    ['', 'NotImplemented'],
    ['<InitiateMultipartUploadResult/>', 'InvalidAnswer'],
    ['<html>a proxy', 'NotImplemented'],
  ])('an answer that is none: %j', async (body, code) => {
    const { store } = await setUp((response) => response.writeHead(200).end(body));
    await expect(store.createMultipartUpload(upload)).rejects.toMatchObject({ code });
  });
});
