/**
 * Goal: a role's credentials come from AssumeRole, and they alone open the store. Method: moto's STS, IAM and S3, which check
 * signatures and policies here: the user may assume the role and nothing else, the role may use S3.
 */
import type { Credentials } from '../../../config/config';
import { DEFAULTS } from '../../../config/defaults';
import type { Stores } from '../../../storage/object-store';
import { createStores } from '../../../storage/stores';
import { type StartedServer, startMoto } from '../../support/servers/stack';
import { roleConfig } from '../../support/stack/stores-config';

const ACCOUNT = '123456789012';
const DROVER_ROLE = 'arn:aws:iam::123456789012:role/drover';
const ASSUMED_ROLE = 'arn:aws:iam::123456789012:role/job';
const STATEMENT = { Effect: 'Allow', Resource: '*' };

let moto: StartedServer;
let user: Credentials;

beforeAll(async () => {
  moto = await startMoto();
  await createBucket('archive');
  await iam('CreateRole', {
    RoleName: 'job',
    AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }),
  });
  await iam('PutRolePolicy', {
    RoleName: 'job',
    PolicyName: 'p',
    PolicyDocument: policy({ ...STATEMENT, Action: 's3:*' }),
  });
  await iam('CreateUser', { UserName: 'drover' });
  const assume = policy({ ...STATEMENT, Action: 'sts:AssumeRole' });
  await iam('PutUserPolicy', { UserName: 'drover', PolicyName: 'p', PolicyDocument: assume });
  const key = await iam('CreateAccessKey', { UserName: 'drover' });
  user = { kind: 'static', accessKeyId: element(key, 'AccessKeyId'), secretAccessKey: element(key, 'SecretAccessKey') };
  // From now on every request needs a valid signature and a policy that allows it.
  await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', body: '0' });
});

afterAll(() => moto?.stop());

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** Unsigned: what the header says of the service is all that moto looks at before it checks. */
function scope(service: string): Record<string, string> {
  const credential = `setup/20260101/us-east-1/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` };
}

async function createBucket(bucket: string): Promise<void> {
  const { status } = await fetch(`${moto.url}/${bucket}`, { method: 'PUT', headers: scope('s3') });
  expect(status).toBe(200);
}

async function iam(action: string, parameters: Record<string, string>): Promise<string> {
  const body = new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters });
  const response = await fetch(`${moto.url}/`, { method: 'POST', headers: scope('iam'), body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${action}: ${text}`);
  return text;
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}

async function withStores(credentials: Credentials, use: (stores: Stores) => Promise<void>): Promise<void> {
  const store = { name: 'moto', endpoint: moto.url, region: 'us-east-1', pathStyle: true, buckets: [] };
  const stores = createStores({
    stores: [{ ...store, credentials: user }],
    roles: [
      roleConfig({
        arn: DROVER_ROLE,
        credentials: { moto: credentials },
        read: ['archive'],
        write: ['archive'],
        functionCredentials: user,
      }),
    ],
    functions: { region: 'us-east-1' },
    vaults: { region: 'us-east-1' },
    workspace: { store: 'moto', bucket: 'workspace', prefix: '' },
    limits: DEFAULTS,
  });
  try {
    await use(stores);
  } finally {
    await stores.close();
  }
}

function assumed(more: Partial<Extract<Credentials, { kind: 'assumeRole' }>> = {}): Credentials {
  return {
    kind: 'assumeRole',
    roleArn: ASSUMED_ROLE,
    source: user,
    endpoint: moto.url,
    region: 'us-east-1',
    ...more,
  };
}

test('the role that is assumed opens the store', () =>
  withStores(assumed({ externalId: 'x', durationSeconds: 900 }), async (stores) => {
    const store = stores.forRole(DROVER_ROLE, ACCOUNT).storeFor('archive', 'write');
    await store.put({ bucket: 'archive', key: 'k' }, 'content');
    expect((await store.read({ bucket: 'archive', key: 'k' })).toString()).toBe('content');
  }));

test('its source alone does not', () =>
  withStores(user, async (stores) => {
    const store = stores.forRole(DROVER_ROLE, ACCOUNT).storeFor('archive', 'write');
    await expect(store.put({ bucket: 'archive', key: 'k' }, 'content')).rejects.toMatchObject({
      httpStatus: 403,
      code: 'AccessDenied',
    });
  }));

test('a source whose secret is wrong is told in words, with the names and without the secret', () =>
  withStores(assumed({ source: { ...user, secretAccessKey: 'wrong-secret' } as Credentials }), async (stores) => {
    const store = stores.forRole(DROVER_ROLE, ACCOUNT).storeFor('archive', 'read');
    const failure: unknown = await store.read({ bucket: 'archive', key: 'k' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'CredentialsUnavailable',
      message: expect.stringMatching(/^No credentials by AssumeRole of .*role\/job as access key \S+: .*signature/i),
    });
    expect((failure as Error).message).not.toContain('wrong-secret');
  }));
