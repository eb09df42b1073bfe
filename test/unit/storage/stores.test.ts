// Stores, roles and buckets to requests: who signs, where it goes, what is shared and what is refused; against HTTP servers
// that note what arrives, and one behind TLS whose authority only the configuration knows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { RoleConfig, StoreConfig } from '../../../config/config';
import { DEFAULTS } from '../../../config/defaults';
import type { Stores } from '../../../storage/object-store';
import { createStores, type StoresConfig } from '../../../storage/stores';
import { type HttpStoreStub, startHttpStoreStub, type StubAnswer } from '../../support/servers/http-store-stub';

const ADMIN = { kind: 'static', accessKeyId: 'admin', secretAccessKey: 's' } as const;
const READER = { kind: 'static', accessKeyId: 'reader', secretAccessKey: 's' } as const;
const ACCOUNT = '123456789012';
const ADMIN_ROLE = 'arn:aws:iam::123456789012:role/admin';
const READER_ROLE = 'arn:aws:iam::123456789012:role/reader';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:resize';
const TLS_FIXTURES = join(__dirname, '..', '..', 'fixtures', 'tls');

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const stored: StubAnswer = (response) => response.writeHead(200, { etag: '"e"' }).end();

async function stubOf(
  answer: StubAnswer = stored,
  tls?: Parameters<typeof startHttpStoreStub>[1],
): Promise<HttpStoreStub> {
  const stub = await startHttpStoreStub(answer, tls);
  cleanups.push(() => stub.close());
  return stub;
}

function storeAt({ endpoint }: { readonly endpoint: string }, more: Partial<StoreConfig> = {}): StoreConfig {
  return { name: 'main', endpoint, region: 'us-east-1', pathStyle: true, credentials: ADMIN, buckets: [], ...more };
}

function role(arn: string, more: Partial<RoleConfig> = {}): RoleConfig {
  const all = { read: ['*'], write: ['*'], functions: ['*'], webhooks: [] };
  return { arn, accounts: [ACCOUNT], credentials: {}, functionCredentials: ADMIN, ...all, ...more };
}

function storesOf(config: Pick<StoresConfig, 'stores' | 'roles'> & Partial<StoresConfig>): Stores {
  const stores = createStores({
    functions: { region: 'us-east-1' },
    vaults: { region: 'us-east-1' },
    workspace: { store: config.stores[0]?.name ?? '', bucket: 'workspace', prefix: '' },
    limits: DEFAULTS,
    ...config,
  });
  cleanups.unshift(() => stores.close());
  return stores;
}

function putTo(stores: Stores, arn: string, bucket: string): Promise<unknown> {
  return stores
    .forRole(arn, ACCOUNT)
    .storeFor(bucket, 'write')
    .putObject({ Bucket: bucket, Key: 'k', Body: Buffer.from('bytes') });
}

function signers(stub: HttpStoreStub): string[] {
  return stub.requests.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization!)![1]!);
}

function paths(stub: HttpStoreStub): string[] {
  return stub.requests.map(({ url }) => url.split('?')[0]!);
}

describe('a bucket', () => {
  test('is looked for in the store that it lives in', async () => {
    const [main, archive] = [await stubOf(), await stubOf()];
    const stores = storesOf({
      stores: [storeAt(main), storeAt(archive, { name: 'archive', region: 'eu-west-1', buckets: ['cold-*'] })],
      roles: [role(ADMIN_ROLE)],
    });
    await putTo(stores, ADMIN_ROLE, 'cold-1');
    await putTo(stores, ADMIN_ROLE, 'warm');
    expect(paths(archive)).toEqual(['/cold-1/k']);
    expect(paths(main)).toEqual(['/warm/k']);
    expect(archive.requests[0]?.headers.authorization).toContain('/eu-west-1/s3/');
    const admin = stores.forRole(ADMIN_ROLE, ACCOUNT);
    expect(admin.storeFor('cold-1', 'read').describe()).toBe(`archive (${archive.endpoint}, eu-west-1)`);
    expect(admin.storeFor('cold-1', 'read')).toBe(admin.storeFor('cold-2', 'write'));
    expect(admin.storeFor('cold-1', 'read')).not.toBe(admin.storeFor('warm', 'read'));
  });

  test('that no store has is refused, naming it and the role', () => {
    const stores = storesOf({
      stores: [storeAt({ endpoint: 'http://localhost:1' }, { buckets: ['here'] })],
      roles: [role(ADMIN_ROLE)],
    });
    expect(() => stores.forRole(ADMIN_ROLE, ACCOUNT).storeFor('elsewhere', 'read')).toThrow(
      expect.objectContaining({
        code: 'StoreNotConfigured',
        message: `No store is configured for the bucket elsewhere, which the role ${ADMIN_ROLE} wants to read`,
      }) as Error,
    );
  });

  test('is read and written only as the role may, also after it was read', () => {
    const stores = storesOf({
      stores: [storeAt({ endpoint: 'http://localhost:1' })],
      roles: [role(READER_ROLE, { read: ['in-*'], write: ['out'] })],
    });
    const reader = stores.forRole(READER_ROLE, ACCOUNT);
    const refusal = (bucket: string, access: string): Error =>
      expect.objectContaining({
        code: 'BucketNotAllowed',
        message: `The role ${READER_ROLE} may not ${access} the bucket ${bucket}`,
      }) as Error;
    for (let time = 0; time < 2; time += 1) {
      expect(reader.storeFor('in-1', 'read')).toBe(reader.storeFor('out', 'write'));
      expect(reader.storeFor('out', 'read')).toBe(reader.storeFor('out', 'write'));
      expect(() => reader.storeFor('in-1', 'write')).toThrow(refusal('in-1', 'write'));
      expect(() => reader.storeFor('other', 'read')).toThrow(refusal('other', 'read'));
    }
  });

  test.each(['secret/x-public', '../x-public', 'secret%2Fx-public', 'secret?x-public'])(
    'cannot be named so that a pattern lets another one through: %s',
    (bucket) => {
      const stores = storesOf({
        stores: [storeAt({ endpoint: 'http://localhost:1' })],
        roles: [role(READER_ROLE, { read: ['*-public'], write: [] })],
      });
      expect(() => stores.forRole(READER_ROLE, ACCOUNT).storeFor(bucket, 'read')).toThrow(
        expect.objectContaining({ code: 'InvalidBucketName', httpStatus: 400 }) as Error,
      );
    },
  );

  test('is found again however many others were named in between', () => {
    const stores = storesOf({ stores: [storeAt({ endpoint: 'http://localhost:1' })], roles: [role(ADMIN_ROLE)] });
    const admin = stores.forRole(ADMIN_ROLE, ACCOUNT);
    const first = admin.storeFor('first', 'read');
    for (let i = 0; i < 10_000; i += 1) expect(admin.storeFor(`bucket-${i}`, 'read')).toBe(first);
    expect(admin.storeFor('first', 'read')).toBe(first);
  });
});

describe('credentials', () => {
  test("are the role's own for the store, else the store's; equal ones share a store object", async () => {
    const [main, archive] = [await stubOf(), await stubOf()];
    const stores = storesOf({
      stores: [storeAt(main), storeAt(archive, { name: 'archive', buckets: ['cold'] })],
      roles: [role(ADMIN_ROLE), role(READER_ROLE, { credentials: { archive: READER } })],
    });
    for (const arn of [ADMIN_ROLE, READER_ROLE]) {
      await putTo(stores, arn, 'warm');
      await putTo(stores, arn, 'cold');
    }
    expect(signers(main)).toEqual(['admin', 'admin']);
    expect(signers(archive)).toEqual(['admin', 'reader']);
    const [admin, reader] = [stores.forRole(ADMIN_ROLE, ACCOUNT), stores.forRole(READER_ROLE, ACCOUNT)];
    expect(admin.storeFor('warm', 'read')).toBe(reader.storeFor('warm', 'read'));
    expect(admin.storeFor('cold', 'read')).not.toBe(reader.storeFor('cold', 'read'));
  });

  test('of the workspace are its own, else those of its store', async () => {
    const main = await stubOf((response) => response.writeHead(200, { etag: '"e"' }).end());
    const config = { stores: [storeAt(main)], roles: [role(ADMIN_ROLE)] };
    const workspace = { store: 'main', bucket: 'workspace', prefix: '' };
    const own = storesOf({ ...config, workspace: { ...workspace, credentials: READER } });
    const inherited = storesOf({ ...config, workspace });
    for (const stores of [own, inherited]) await stores.workspace().put({ bucket: 'workspace', key: 'k' }, 'x');
    expect(signers(main)).toEqual(['reader', 'admin']);
  });

  test('of a role that is not configured are refused, without telling of other roles', () => {
    const stores = storesOf({ stores: [storeAt({ endpoint: 'http://localhost:1' })], roles: [role(ADMIN_ROLE)] });
    let refusal: unknown;
    try {
      stores.forRole('arn:aws:iam::1:role/other', ACCOUNT);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({
      code: 'RoleNotConfigured',
      message: 'Role arn:aws:iam::1:role/other is not configured: add it under roles of the configuration',
    });
  });
});

describe('functions', () => {
  test("are invoked with the role's credentials for functions", async () => {
    const lambda = await stubOf((response) => response.writeHead(200).end('{}'));
    const stores = storesOf({
      stores: [storeAt({ endpoint: 'http://localhost:1' })],
      roles: [role(ADMIN_ROLE, { functionCredentials: READER, functions: ['resize'] })],
      functions: { endpoint: lambda.endpoint, region: 'us-east-1' },
    });
    const { functions } = stores.forRole(ADMIN_ROLE, ACCOUNT);
    await expect(functions.invoke(FUNCTION, '{}')).resolves.toMatchObject({ payload: '{}' });
    expect(signers(lambda)).toEqual(['reader']);
  });

  test('that the role may not invoke are refused before anything is sent', async () => {
    const lambda = await stubOf((response) => response.writeHead(200).end('{}'));
    const stores = storesOf({
      stores: [storeAt({ endpoint: 'http://localhost:1' })],
      roles: [role(ADMIN_ROLE, { functions: ['other'] })],
      functions: { endpoint: lambda.endpoint, region: 'us-east-1' },
    });
    await expect(stores.forRole(ADMIN_ROLE, ACCOUNT).functions.invoke(FUNCTION, '{}')).rejects.toMatchObject({
      code: 'FunctionNotAllowed',
      message: `The role ${ADMIN_ROLE} may not invoke the function ${FUNCTION}`,
    });
    expect(lambda.requests).toEqual([]);
  });
});

test.each([
  ['https://s3.eu-west-1.amazonaws.com', undefined, true],
  ['https://s3.eu-west-1.amazonaws.com', false, false],
  ['http://127.0.0.1:1', undefined, false],
  ['http://127.0.0.1:1', true, true],
])('UpdateObjectEncryption at %s, configured as %s: %s', (endpoint, updatesEncryption, known) => {
  const more = updatesEncryption === undefined ? {} : { profile: { updatesEncryption } };
  const stores = storesOf({ stores: [storeAt({ endpoint }, more)], roles: [role('r')] });
  expect(stores.forRole('r', ACCOUNT).storeFor('b', 'write').profile.updatesEncryption).toBe(known);
});

test('a directory bucket is refused before anything is sent', async () => {
  const stub = await stubOf();
  const stores = storesOf({ stores: [storeAt(stub)], roles: [role('r')] });
  expect(() => stores.forRole('r', ACCOUNT).storeFor('x--use1-az4--x-s3', 'write')).toThrow(
    expect.objectContaining({ code: 'NotImplemented', httpStatus: 501 }),
  );
});

describe('the workspace', () => {
  const pattern = { stores: [], roles: [role(ADMIN_ROLE, { read: ['*'], write: ['*', 'workspace'] })] };

  test.each(['workspace', 'Workspace', 'WORKSPACE'])(
    'is reached by no role, whatever its pattern: %s',
    async (bucket) => {
      const [main, alias] = [await stubOf(), await stubOf()];
      // The second is another address of the same store, for all that anybody knows.
      for (const buckets of [[], ['w*', 'W*']]) {
        const stores = storesOf({
          ...pattern,
          stores: [storeAt(main), storeAt(alias, { name: 'alias', buckets: ['x', ...buckets] })],
        });
        for (const access of ['read', 'write'] as const) {
          expect(() => stores.forRole(ADMIN_ROLE, ACCOUNT).storeFor(bucket, access)).toThrow(
            expect.objectContaining({
              code: 'BucketNotAllowed',
              message: expect.stringContaining("Drover's workspace"),
            }),
          );
        }
      }
    },
  );

  test('is not reached through the store of another bucket either, as bucket or as source of a copy', async () => {
    const main = await stubOf();
    const store = storesOf({ ...pattern, stores: [storeAt(main)] })
      .forRole(ADMIN_ROLE, ACCOUNT)
      .storeFor('mine', 'write');
    const other = { Bucket: 'workspace', Key: 'k' };
    const CopySource = 'workspace/drover/jobs/1/parts/0.part';
    const ways = [
      store.copyObject({ Bucket: 'mine', Key: 'k', CopySource }),
      store.copyObject({ Bucket: 'mine', Key: 'k', CopySource: CopySource.replace('w', '%77') }),
      store.uploadPartCopy({ Bucket: 'mine', Key: 'k', CopySource, PartNumber: 1, UploadId: 'u' }),
      store.copyObject({ ...other, CopySource: 'mine/k' }),
      store.putObjectTagging({ ...other, Tagging: { TagSet: [] } }),
      store.deleteObjects({ Bucket: 'workspace', Delete: { Objects: [{ Key: 'k' }] } }),
      store.read({ bucket: 'workspace', key: 'k' }),
      store.put({ bucket: 'workspace', key: 'k' }, 'x'),
      store.remove({ bucket: 'workspace', key: 'k' }),
      store.listObjects({ Bucket: 'workspace' }),
      store.bucketExists('workspace'),
    ];
    const told = await Promise.allSettled(ways);
    expect(told.map((one) => one.status === 'rejected' && (one.reason as { code?: string }).code)).toEqual(
      ways.map(() => 'BucketNotAllowed'),
    );
    expect(main.requests).toEqual([]);
  });
});

test('a role is for its accounts alone', () => {
  const stores = storesOf({ stores: [storeAt({ endpoint: 'http://localhost:1' })], roles: [role(ADMIN_ROLE)] });
  expect(() => stores.forRole(ADMIN_ROLE, '999999999999')).toThrow(
    expect.objectContaining({ code: 'AccessDenied', message: expect.stringContaining('999999999999') }),
  );
});

test('limits the requests in flight to each bucket of each store, together for all roles', async () => {
  const held: (() => void)[] = [];
  let open = false;
  const hold: StubAnswer = (response) => {
    const answer = (): void => void response.writeHead(200, { etag: '"e"' }).end();
    if (open) answer();
    else held.push(answer);
  };
  const [main, archive] = [await stubOf(hold), await stubOf(hold)];
  const stores = storesOf({
    stores: [storeAt(main), storeAt(archive, { name: 'archive', buckets: ['other'] })],
    roles: [role(ADMIN_ROLE), role(READER_ROLE, { credentials: { main: READER } })],
    limits: { ...DEFAULTS, bucketRequestsInFlightMax: 3 },
  });
  const requests = Array.from({ length: 4 }, () => [
    putTo(stores, ADMIN_ROLE, 'bucket'),
    putTo(stores, READER_ROLE, 'bucket'),
    putTo(stores, ADMIN_ROLE, 'other'),
  ]).flat();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const arrived = [main.requests.length, archive.requests.length];
  open = true;
  for (const answer of held) answer();
  await Promise.all(requests);
  expect(arrived).toEqual([3, 3]);
  expect([main.requests.length, archive.requests.length]).toEqual([8, 4]);
});

describe('TLS', () => {
  const pem = (file: string): string => readFileSync(join(TLS_FIXTURES, file), 'utf8');
  const certificate = { key: pem('server.key'), cert: pem('server.pem') };

  test('trusts the authority that the store names, and only for that store', async () => {
    const stub = await stubOf(stored, certificate);
    const stores = storesOf({
      stores: [storeAt(stub, { ca: pem('ca.pem'), buckets: ['b'] }), storeAt(stub, { name: 'unknown' })],
      roles: [role(ADMIN_ROLE)],
    });
    await putTo(stores, ADMIN_ROLE, 'b');
    expect(stub.requests.length).toBe(1);
    await expect(putTo(stores, ADMIN_ROLE, 'c')).rejects.toMatchObject({
      name: 'StoreError',
      code: 'CertificateNotTrusted',
      httpStatus: 0,
      answerLost: false,
      message: expect.stringMatching(
        /^PutObject at unknown \(https:.*, us-east-1\): its certificate is not trusted \(.*\); set caFile of this store/,
      ),
    });
    expect(stub.requests.length).toBe(1);
  });

  test('is not satisfied by another authority', async () => {
    const stub = await stubOf(stored, certificate);
    const stores = storesOf({
      stores: [storeAt(stub, { ca: rootCertificates[0]! })],
      roles: [role(ADMIN_ROLE)],
    });
    await expect(putTo(stores, ADMIN_ROLE, 'b')).rejects.toMatchObject({ code: 'CertificateNotTrusted' });
  });
});

test('closes the connections of all stores', async () => {
  const stubs = [await stubOf(), await stubOf()];
  const stores = storesOf({
    stores: stubs.map((stub, i) => storeAt(stub, { name: `s${i}`, buckets: [`b${i}`] })),
    roles: [role(ADMIN_ROLE)],
  });
  await Promise.all([putTo(stores, ADMIN_ROLE, 'b0'), putTo(stores, ADMIN_ROLE, 'b1')]);
  const sockets = stubs.map(({ requests }) => requests[0]!.socket);
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  await stores.close();
  await Promise.all(closed);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});
