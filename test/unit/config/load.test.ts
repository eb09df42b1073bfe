/**
 * Goal: settings come from the environment over the file over the defaults, and what does not fit together is refused.
 * Method: files in temporary folders are loaded with made-up environments.
 */
import { join } from 'node:path';
import { refuseArguments } from '../../../config/command-line';
import { loadConfig } from '../../../config/load';
import { ConfigFolder, problemsOf, TWO_STORES } from './config-folder';

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

const KEY = { accessKeyId: 'drover', secretAccessKey: 'drover-secret' };
const DEV_ROLE = {
  arn: 'arn:aws:iam::123456789012:role/drover',
  accounts: ['123456789012'],
  credentials: {},
  read: ['*'],
  write: ['*'],
  functions: ['*'],
  functionCredentials: { kind: 'static', ...KEY },
  vaults: { retrieve: ['*'], deleteArchives: ['*'], credentials: { kind: 'static', ...KEY } },
  webhooks: [],
};

test("the AWS SDK's word on an old Node is not silenced", () => {
  const before = process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'];
  delete process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'];
  try {
    loadConfig({});
    expect(process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']).toBeUndefined();
  } finally {
    if (before !== undefined) process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = before;
  }
});

test('a program that is set up by configuration alone refuses arguments', () => {
  expect(() => refuseArguments('drover-api', ['--port', '80'])).toThrow('drover-api takes no arguments');
  expect(() => refuseArguments('drover-api', [])).not.toThrow();
});

describe('without a file', () => {
  test('the defaults are those of the local stack', () => {
    expect(loadConfig({})).toEqual({
      region: 'us-east-1',
      api: { host: '127.0.0.1', port: 8800 },
      temporal: { address: '127.0.0.1:7233', namespace: 'default', taskQueue: 'drover' },
      stores: [
        {
          name: 'default',
          endpoint: 'http://127.0.0.1:8333',
          region: 'us-east-1',
          pathStyle: true,
          credentials: { kind: 'static', ...KEY },
          buckets: [],
        },
      ],
      functions: { region: 'us-east-1' },
      vaults: { region: 'us-east-1' },
      roles: [DEV_ROLE],
      accounts: [{ id: '123456789012', keys: [KEY] }],
      workspace: { store: 'default', bucket: 'drover-workspace', prefix: 'drover/jobs/' },
      notifications: { webhooks: [], sns: [], eventBridge: [], jobWebhooks: { allow: [] } },
      worker: { batchSlots: 8, heartbeatTimeoutSeconds: 20 },
      limits: {
        bucketRequestsInFlightMax: 256,
        multipartAboveBytes: 64 * 1024 * 1024,
        multipartPartBytes: 16 * 1024 * 1024,
      },
      logLevel: 'info',
    });
  });

  test('every variable has its place; empty ones are absent', () => {
    const config = loadConfig({
      DROVER_API_HOST: '0.0.0.0',
      DROVER_API_PORT: '0',
      DROVER_S3_ENDPOINT: 'https://s3.example.org',
      DROVER_S3_REGION: 'eu-west-1',
      DROVER_S3_PATH_STYLE: 'false',
      DROVER_S3_CREDENTIALS: '',
      DROVER_S3_ACCESS_KEY: 'AKS',
      DROVER_S3_SECRET_KEY: 's2',
      DROVER_S3_SESSION_TOKEN: 'token',
      DROVER_ACCOUNT_ID: '000000000001',
      DROVER_ACCESS_KEY: 'AKX',
      DROVER_SECRET_KEY: 's1',
      DROVER_ROLE_ARN: 'arn:aws:iam::999999999999:role/from-aws',
      DROVER_WORKSPACE_BUCKET: 'ws-bucket',
      DROVER_WORKSPACE_PREFIX: 'a/b/',
      DROVER_LAMBDA_ENDPOINT: 'http://lambda:3002',
      DROVER_BATCH_SLOTS: '3',
      DROVER_TASK_QUEUE: 'other',
      DROVER_LOG_LEVEL: 'debug',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'ns',
      TEMPORAL_UI_URL: 'http://ui',
    });
    const credentials = { kind: 'static', accessKeyId: 'AKS', secretAccessKey: 's2', sessionToken: 'token' };
    expect(config).toMatchObject({
      region: 'eu-west-1',
      api: { host: '0.0.0.0', port: 0 },
      temporal: { address: 'temporal:7233', namespace: 'ns', taskQueue: 'other', uiUrl: 'http://ui' },
      stores: [{ endpoint: 'https://s3.example.org', region: 'eu-west-1', pathStyle: false, credentials }],
      functions: { endpoint: 'http://lambda:3002', region: 'eu-west-1' },
      vaults: { region: 'eu-west-1' },
      roles: [
        {
          arn: 'arn:aws:iam::999999999999:role/from-aws',
          accounts: ['000000000001'],
          functionCredentials: credentials,
        },
      ],
      accounts: [{ id: '000000000001', keys: [{ accessKeyId: 'AKX', secretAccessKey: 's1' }] }],
      workspace: { store: 'default', bucket: 'ws-bucket', prefix: 'a/b/' },
      worker: { batchSlots: 3, heartbeatTimeoutSeconds: 20 },
      logLevel: 'debug',
    });
    expect(config.temporal.tls).toBeUndefined();
  });

  test.each([
    [{ DROVER_S3_ACCESS_KEY: 'x' }, /DROVER_S3_ACCESS_KEY and DROVER_S3_SECRET_KEY must be set together/],
    [{ DROVER_S3_SESSION_TOKEN: 'x' }, /DROVER_S3_SESSION_TOKEN/],
    [{ DROVER_ACCESS_KEY: 'x' }, /DROVER_ACCESS_KEY and DROVER_SECRET_KEY must be set together/],
    [{ DROVER_API_PORT: 'x' }, /^DROVER_API_PORT: /],
    [{ DROVER_BATCH_SLOTS: '65' }, /^DROVER_BATCH_SLOTS: must be at most 64$/],
    [{ DROVER_LOG_LEVEL: 'loud' }, /^DROVER_LOG_LEVEL: must be one of trace, /],
    [{ DROVER_ACCOUNT_ID: '12' }, /^DROVER_ACCOUNT_ID: must be twelve digits$/],
    [{ DROVER_S3_ENDPOINT: 'ftp://x' }, /^DROVER_S3_ENDPOINT: must be an http or https URL$/],
    [{ DROVER_S3_PATH_STYLE: 'maybe' }, /^DROVER_S3_PATH_STYLE: must be true or false$/],
    [{ TEMPORAL_ADDRESS: 'https://x' }, /^TEMPORAL_ADDRESS: must be host:port/],
    [{ DROVER_CONFIG: '/nowhere/x.yaml' }, /configuration file \/nowhere\/x.yaml cannot be read \(ENOENT\)/],
  ])('%j is refused', (env: Record<string, string>, message) => {
    const problems = problemsOf(() => loadConfig(env));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });
});

describe('which file', () => {
  test('the one of the folder, the one that is named, or none', () => {
    const other = folder.write('other.yaml', 'logLevel: error');
    const load = (env: Record<string, string>) => folder.load('logLevel: debug', env);
    expect(load({})).toMatchObject({ config: { logLevel: 'debug' }, file: join(folder.path, 'drover.config.yaml') });
    expect(load({ DROVER_CONFIG: other })).toMatchObject({ config: { logLevel: 'error' }, file: other });
    expect(load({ DROVER_CONFIG: 'none' })).toMatchObject({ config: { logLevel: 'info' } });
    expect(load({ DROVER_CONFIG: 'none' }).file).toBeUndefined();
    expect(load({ DROVER_LOG_LEVEL: 'trace' }).config.logLevel).toBe('trace');
  });

  test('an environment alone searches no folder; without arguments it is the working directory', () => {
    folder.write('drover.config.yaml', 'logLevel: debug');
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      expect(loadConfig({}).logLevel).toBe('info');
      expect(loadConfig().logLevel).toBe('debug');
    } finally {
      process.chdir(before);
    }
  });

  test('an empty file is one with defaults only', () => {
    expect(folder.load('').config).toEqual(loadConfig({}));
    expect(folder.load('# nothing').config).toEqual(loadConfig({}));
  });
});

describe('with a file', () => {
  test('stores, accounts and the roles they imply', () => {
    const { config } = folder.load(TWO_STORES);
    expect(config.stores).toEqual([
      {
        name: 'main',
        endpoint: 'https://s3.example.org',
        region: 'eu-central-1',
        pathStyle: true,
        credentials: { kind: 'static', accessKeyId: 'AKM', secretAccessKey: 'sm' },
        buckets: [],
      },
      {
        name: 'archive',
        endpoint: 'https://archive.example.org',
        region: 'eu-west-3',
        pathStyle: false,
        credentials: { kind: 'profile', profile: 'archive' },
        buckets: ['cold', 'cold-*'],
      },
    ]);
    expect(config.accounts).toEqual([{ id: '111111111111', keys: [{ accessKeyId: 'AK1', secretAccessKey: 's1' }] }]);
    expect(config.region).toBe('eu-central-1');
    expect(config.functions.region).toBe('eu-central-1');
    // Which of two stores' credentials functions are invoked with nobody said, so none are.
    expect(config.roles).toEqual([
      expect.objectContaining({
        arn: 'arn:aws:iam::111111111111:role/drover',
        accounts: ['111111111111'],
        read: ['*'],
        write: ['*'],
        functions: [],
      }),
    ]);
  });

  test('a role has what the file gives it, and nothing else', () => {
    const { config } = folder.load(`${TWO_STORES}
roles:
  - arn: arn:aws:iam::111111111111:role/none
  - arn: arn:aws:iam::999999999999:role/one
    accounts: ['111111111111']
    read: [a]
    write: [b-*]
    credentials:
      archive: {assumeRole: {roleArn: 'arn:aws:iam::999999999999:role/x', externalId: e, durationSeconds: 900}}
      main: environment
    functions: [f]
    functionCredentials: default
    webhooks: [{url: 'https://h.example/a', secret: whsec_c2VjcmV0}, {url: 'http://127.0.0.1:9000/'}]
`);
    expect(config.roles).toEqual([
      {
        arn: 'arn:aws:iam::111111111111:role/none',
        accounts: ['111111111111'],
        credentials: {},
        read: [],
        write: [],
        functions: [],
        functionCredentials: { kind: 'default' },
        webhooks: [],
      },
      {
        arn: 'arn:aws:iam::999999999999:role/one',
        accounts: ['111111111111'],
        credentials: {
          archive: {
            kind: 'assumeRole',
            roleArn: 'arn:aws:iam::999999999999:role/x',
            source: { kind: 'default' },
            externalId: 'e',
            durationSeconds: 900,
            region: 'eu-west-3',
          },
          main: { kind: 'environment' },
        },
        read: ['a'],
        write: ['b-*'],
        functions: ['f'],
        functionCredentials: { kind: 'default' },
        webhooks: [{ url: 'https://h.example/a', secret: 'whsec_c2VjcmV0' }, { url: 'http://127.0.0.1:9000/' }],
      },
    ]);
  });

  test('functions are invoked as the role at the only store', () => {
    const { config } = folder.load(`
stores: {only: {endpoint: 'http://s3', credentials: environment}}
roles:
  - {arn: 'arn:aws:iam::123456789012:role/a', functions: [f]}
  - {arn: 'arn:aws:iam::123456789012:role/b', functions: [f], credentials: {only: {profile: p}}}
`);
    expect(config.roles.map(({ functionCredentials }) => functionCredentials)).toEqual([
      { kind: 'environment' },
      { kind: 'profile', profile: 'p' },
    ]);
    expect(config.workspace.store).toBe('only');
  });

  test('targets of notifications', () => {
    const { config } = folder.load(`
region: eu-central-1
notifications:
  webhooks: {ops: {url: 'https://h/x?y=1', secret: s, statuses: [Failed], accounts: ['123456789012']}}
  sns: {topic: {topicArn: 'arn:aws:sns:us-east-1:1:t'}}
  eventBridge: {bus: {busName: b, region: us-west-2, endpoint: 'http://e', credentials: environment}}
  jobWebhooks: {allow: ['https://h/jobs'], secret: j}
`);
    expect(config.notifications).toEqual({
      webhooks: [
        { name: 'ops', url: 'https://h/x?y=1', secret: 's', statuses: ['Failed'], accounts: ['123456789012'] },
      ],
      sns: [
        {
          name: 'topic',
          topicArn: 'arn:aws:sns:us-east-1:1:t',
          region: 'eu-central-1',
          credentials: { kind: 'default' },
        },
      ],
      eventBridge: [
        {
          name: 'bus',
          busName: 'b',
          region: 'us-west-2',
          endpoint: 'http://e',
          credentials: { kind: 'environment' },
        },
      ],
      jobWebhooks: { allow: ['https://h/jobs'], secret: 'j' },
    });
  });
});
