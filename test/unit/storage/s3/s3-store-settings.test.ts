// What S3Store makes of answers about one object: its properties, why it can't be looked at, ACL and locks, deletion.
import { errorXml } from '../../../support/servers/http-store-stub';
import { StubbedStores } from '../stubbed-store';

const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

const REF = { Bucket: 'b', Key: 'k' };

async function answering(body: string, status = 200) {
  return (await stubbed.open((response) => response.writeHead(status).end(body))).store;
}

describe('describeObject', () => {
  test('tells all that the headers say', async () => {
    const { store } = await stubbed.open((response) =>
      response
        .writeHead(200, {
          etag: '"abc-3"',
          'content-length': 12,
          'last-modified': 'Sun, 22 Nov 2026 23:13:48 GMT',
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': 'arn:key',
          'x-amz-server-side-encryption-bucket-key-enabled': 'true',
          'x-amz-website-redirect-location': '/elsewhere',
          'x-amz-object-lock-mode': 'COMPLIANCE',
          'x-amz-object-lock-retain-until-date': '2030-01-02T03:04:05.678Z',
          'x-amz-object-lock-legal-hold': 'ON',
          'x-amz-replication-status': 'REPLICA',
          'x-amz-archive-status': 'DEEP_ARCHIVE_ACCESS',
          'x-amz-mp-parts-count': '3',
          'x-amz-tagging-count': '2',
          'x-amz-checksum-sha256': 'AAAA-3',
          'x-amz-checksum-type': 'COMPOSITE',
        })
        .end(),
    );
    expect(await store.describeObject({ ...REF, PartNumber: 1, ChecksumMode: 'ENABLED' })).toEqual({
      httpStatus: 200,
      etag: 'abc-3',
      contentLength: 12,
      lastModified: new Date('2026-11-22T23:13:48Z'),
      serverSideEncryption: 'aws:kms',
      sseKmsKeyId: 'arn:key',
      bucketKeyEnabled: true,
      websiteRedirectLocation: '/elsewhere',
      objectLockMode: 'COMPLIANCE',
      objectLockRetainUntilDate: new Date('2030-01-02T03:04:05.678Z'),
      objectLockLegalHold: 'ON',
      replicationStatus: 'REPLICA',
      archiveStatus: 'DEEP_ARCHIVE_ACCESS',
      partsCount: 3,
      tagCount: 2,
      checksum: { algorithm: 'SHA256', value: 'AAAA-3', type: 'COMPOSITE' },
      metadata: {},
      missingMetadata: 0,
    });
  });

  test('leaves out what is not told, or no date', async () => {
    const { store } = await stubbed.open((response) => response.writeHead(200, { 'last-modified': 'never' }).end());
    const properties = await store.describeObject(REF);
    expect(Object.keys(properties).sort()).toEqual(['etag', 'httpStatus', 'metadata', 'missingMetadata']);
  });
});

describe('HEAD has no body: why it failed is asked with GET', () => {
  test.each(['NoSuchKey', 'NoSuchVersion', 'NoSuchBucket'])('%s', async (code) => {
    const { store, stub } = await stubbed.open((response) => response.writeHead(404).end(errorXml(code)));
    const missing = { code, httpStatus: 404, message: 'It went wrong' };
    await expect(store.describeObject({ ...REF, VersionId: 'v', RequestPayer: 'requester' })).rejects.toMatchObject(
      missing,
    );
    await expect(store.headObject({ bucket: 'b', key: 'k' })).rejects.toMatchObject(missing);
    expect(stub.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'HEAD', 'GET']);
    expect(stub.requests[1]).toMatchObject({
      url: '/b/k?versionId=v&x-id=GetObject',
      headers: expect.objectContaining({ range: 'bytes=0-0', 'x-amz-request-payer': 'requester' }),
    });
  });

  test('what GET says of another matter is not the reason', async () => {
    for (const [status, body] of [
      [200, 'x'],
      [403, errorXml('InvalidObjectState')],
    ] as const) {
      const { store } = await stubbed.open((response, { method }) =>
        response.writeHead(method === 'HEAD' ? 404 : status).end(body),
      );
      await expect(store.describeObject(REF)).rejects.toMatchObject({ code: 'NotFound', httpStatus: 404 });
    }
  });

  test('one status, one meaning: no second request', async () => {
    const { store, stub } = await stubbed.open((response) => response.writeHead(412).end());
    await expect(store.describeObject({ ...REF, IfMatch: '"e"' })).rejects.toMatchObject({
      code: 'PreconditionFailed',
    });
    expect(stub.requests).toHaveLength(1);
  });

  test.each([
    [404, 'NoSuchKey', 'The newest version is a delete marker'],
    [405, 'MethodNotAllowed', 'The version is a delete marker'],
  ])('delete markers tell themselves: %i', async (httpStatus, code, message) => {
    const { store, stub } = await stubbed.open((response, { method }) =>
      response
        .writeHead(httpStatus, { 'x-amz-delete-marker': 'true' })
        .end(method === 'HEAD' ? undefined : errorXml(code, 'No.')),
    );
    await expect(store.describeObject(REF)).rejects.toMatchObject({ httpStatus, code, message });
    expect(stub.requests).toHaveLength(1);
    await expect(store.getObject(REF)).rejects.toMatchObject({ httpStatus, code, message: `No. (${message})` });
  });
});

describe('deleteObject', () => {
  test('tells which version is gone, or which marker hides it', async () => {
    const { store } = await stubbed.open((response, _request, index) =>
      response.writeHead(204, index === 0 ? { 'x-amz-version-id': 'm', 'x-amz-delete-marker': 'true' } : {}).end(),
    );
    expect(await store.deleteObject(REF)).toEqual({ httpStatus: 204, versionId: 'm', deleteMarker: true });
    expect(await store.deleteObject(REF)).toEqual({ httpStatus: 204 });
  });

  test('says so when the store says that nothing was there', async () => {
    const store = await answering(errorXml('NoSuchKey'), 404);
    await expect(store.deleteObject(REF)).rejects.toMatchObject({ code: 'NoSuchKey' });
  });
});

describe('ACL', () => {
  test('is read with grantees of every kind', async () => {
    const grantee = (type: string, inner: string, permission: string): string =>
      `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${inner}</Grantee><Permission>${permission}</Permission></Grant>`;
    const store = await answering(
      `<?xml version="1.0"?><AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList>${grantee('CanonicalUser', '<ID>x</ID>', 'READ')}${grantee('Group', '<URI>http://all</URI>', 'WRITE')}</AccessControlList></AccessControlPolicy>`,
    );
    expect(await store.getObjectAcl(REF)).toEqual({
      Owner: { ID: 'o' },
      Grants: [
        { Grantee: { Type: 'CanonicalUser', ID: 'x' }, Permission: 'READ' },
        { Grantee: { Type: 'Group', URI: 'http://all' }, Permission: 'WRITE' },
      ],
    });
  });

  test('without owner and grants is none', async () => {
    const store = await answering('<AccessControlPolicy/>');
    await expect(store.getObjectAcl(REF)).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });
});

describe('locks', () => {
  test.each(['<Retention>', '<ObjectLockRetention>'])('retention: %s', async (open) => {
    const inner = '<Mode>GOVERNANCE</Mode><RetainUntilDate>2030-01-02T03:04:05.678Z</RetainUntilDate>';
    const store = await answering(`${open}${inner}${open.replace('<', '</')}`);
    const RetainUntilDate = new Date('2030-01-02T03:04:05.678Z');
    expect(await store.getObjectRetention(REF)).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate });
  });

  test.each([
    ['NoSuchObjectLockConfiguration', 404],
    ['NoSuchObjectLockConfiguration', 400],
    ['ObjectLockConfigurationNotFoundError', 404],
    ['NoSuchObjectLegalHold', 404],
  ])('an object without a lock: %s', async (code, status) => {
    const store = await answering(errorXml(code), status);
    expect(await store.getObjectLegalHold(REF)).toBeUndefined();
    expect(await store.getObjectRetention(REF)).toEqual({});
  });

  test('legal hold', async () => {
    expect(await (await answering('<LegalHold><Status>ON</Status></LegalHold>')).getObjectLegalHold(REF)).toBe('ON');
    expect(await (await answering('<LegalHold/>')).getObjectLegalHold(REF)).toBeUndefined();
  });

  test.each(['NoSuchKey', 'AccessDenied', 'InvalidRequest'])('%s is not the absence of a lock', async (code) => {
    const store = await answering(errorXml(code), 403);
    await expect(store.getObjectLegalHold(REF)).rejects.toMatchObject({ code });
    await expect(store.getObjectRetention(REF)).rejects.toMatchObject({ code });
    await expect(store.hasObjectLock('b')).rejects.toMatchObject({ code });
    await expect(store.replicationRules('b')).rejects.toMatchObject({ code });
  });

  test('of a bucket', async () => {
    const enabled = '<ObjectLockEnabled>Enabled</ObjectLockEnabled>';
    const lock = await answering(`<ObjectLockConfiguration>${enabled}</ObjectLockConfiguration>`);
    expect(await lock.hasObjectLock('b')).toBe(true);
    const none = ['<ObjectLockConfiguration/>', `<ListBucketResult>${enabled}</ListBucketResult>`, '{}'];
    for (const body of none) expect(await (await answering(body)).hasObjectLock('b')).toBe(false);
    const missing = await answering(errorXml('ObjectLockConfigurationNotFoundError'), 404);
    expect(await missing.hasObjectLock('b')).toBe(false);
    expect(await (await answering('', 501)).hasObjectLock('b')).toBe(false);
  });

  test('replication rules', async () => {
    const rule =
      '<Rule><ID>r</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::t</Bucket></Destination></Rule>';
    const store = await answering(`<ReplicationConfiguration><Role>x</Role>${rule}</ReplicationConfiguration>`);
    expect(await store.replicationRules('b')).toMatchObject([{ ID: 'r', Destination: { Bucket: 'arn:aws:s3:::t' } }]);
    const none = await answering(errorXml('ReplicationConfigurationNotFoundError'), 404);
    expect(await none.replicationRules('b')).toEqual([]);
    expect(await (await answering('<ListBucketResult/>')).replicationRules('b')).toEqual([]);
  });
});

describe('a store that takes a question about an object for GetObject', () => {
  const unknown = { code: 'NotImplemented', httpStatus: 501 };

  test.each(['the object itself', '<Tags>its own XML</Tags>', '<html></html>'])('answers %s', async (body) => {
    const store = await answering(body);
    await expect(store.getObjectAcl(REF)).rejects.toMatchObject(unknown);
    await expect(store.getObjectLegalHold(REF)).rejects.toMatchObject(unknown);
    await expect(store.getObjectRetention(REF)).rejects.toMatchObject(unknown);
    await expect(store.getObjectTagging(REF)).rejects.toMatchObject(unknown);
    await expect(store.listParts({ ...REF, UploadId: 'u' })).rejects.toMatchObject(unknown);
  });

  test('does not fill the memory with it', async () => {
    let sent = 0;
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const { store, stub } = await stubbed.open((response) => {
      response.writeHead(200);
      const send = (): void => {
        sent += 1;
        if (sent < 500 && !response.destroyed) response.write(piece, send);
        else response.end();
      };
      send();
    });
    await expect(store.getObjectRetention(REF)).rejects.toMatchObject(unknown);
    expect(sent).toBeLessThan(50);
    expect(stub.requests).toHaveLength(1);
  });
});

describe('updateObjectEncryption', () => {
  const input = { ...REF, ObjectEncryption: { SSEKMS: { KMSKeyArn: 'arn:key' } } };

  test('is never sent to a store that may not know it', async () => {
    const { store, stub } = await stubbed.open((response) => response.writeHead(200).end());
    expect(store.profile.updatesEncryption).toBe(false);
    await expect(store.updateObjectEncryption(input)).rejects.toMatchObject({
      code: 'NotImplemented',
      httpStatus: 501,
    });
    expect(stub.requests).toHaveLength(0);
  });

  test('is sent to one that does', async () => {
    const { store } = await stubbed.open((response) => response.writeHead(200).end(), {
      profile: { updatesEncryption: true },
    });
    expect(await store.updateObjectEncryption(input)).toEqual({ httpStatus: 200 });
  });
});
