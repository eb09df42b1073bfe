// Roles to stores: who gets which credentials, and what is shared; against an HTTP server that notes who signed.
import { createStores, type StoresConfig } from '../../../storage/stores';
import { COPY_RESULT, errorXml, startHttpStoreStub, type HttpStoreStub } from '../../support/http-store-stub';

const ADMIN = { kind: 'static', accessKeyId: 'admin', secretAccessKey: 's' } as const;
const READER = { kind: 'static', accessKeyId: 'reader', secretAccessKey: 's' } as const;
const COPY = { Bucket: 'target', Key: 'k', CopySource: 'source/k' };

let stub: HttpStoreStub;
let config: StoresConfig;

beforeEach(async () => {
  stub = await startHttpStoreStub((response, _request, index) => {
    if (index === 0) response.writeHead(503).end(errorXml('SlowDown'));
    else response.writeHead(200).end(COPY_RESULT);
  });
  config = {
    store: { endpoint: stub.endpoint, region: 'us-east-1', pathStyle: true },
    functions: { region: 'us-east-1' },
    roles: [
      { arn: 'arn:aws:iam::123456789012:role/admin', credentials: ADMIN },
      { arn: 'arn:aws:iam::123456789012:role/reader', credentials: READER },
    ],
    workspace: { bucket: 'workspace', prefix: '', credentials: ADMIN },
  };
});

afterEach(() => stub.close());

it('acts as the role, and gives those of the same credentials the same store', async () => {
  const stores = createStores(config);
  const admin = stores.forRole('arn:aws:iam::123456789012:role/admin');
  const reader = stores.forRole('arn:aws:iam::123456789012:role/reader');
  expect(admin.storeFor('a')).toBe(stores.workspace());
  expect(reader.storeFor('a')).not.toBe(stores.workspace());
  await reader.storeFor('target').copyObject(COPY);
  await admin.storeFor('target').copyObject(COPY);
  const signers = stub.requests.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization!)![1]);
  expect(signers).toEqual(['reader', 'reader', 'admin']);
  expect(admin.storeFor('target').describe()).toBe(`${stub.endpoint} (us-east-1)`);
  await stores.close();
});

it('refuses a role that is not configured, naming it, what is there and the setting', () => {
  const stores = createStores(config);
  let refusal: unknown;
  try {
    stores.forRole('arn:aws:iam::1:role/other');
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({
    code: 'RoleNotConfigured',
    message: expect.stringMatching(/arn:aws:iam::1:role\/other.*role\/admin.*role\/reader.*DROVER_ROLE_ARN/) as string,
  });
});

it('closes its connections', async () => {
  const stores = createStores(config);
  await stores.workspace().copyObject(COPY);
  const { socket } = stub.requests[0]!;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await stores.close();
  await closed;
  expect(socket.destroyed).toBe(true);
});
