/**
 * Goal: variables override the file, one by one. Method: files in temporary folders are loaded with made-up environments.
 */
import { ConfigFolder, TWO_STORES } from './config-folder';

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

describe('variables beside a file', () => {
  const DEFAULT_STORE = `
stores:
  default: {endpoint: 'https://a', region: r1, pathStyle: false, credentials: {profile: p}, buckets: [x]}
  other: {endpoint: 'https://b'}
`;

  test('override single settings of the store default', () => {
    const { config } = folder.load(DEFAULT_STORE, { DROVER_S3_REGION: 'r2', DROVER_S3_PATH_STYLE: 'true' });
    expect(config.stores.find(({ name }) => name === 'default')).toEqual({
      name: 'default',
      endpoint: 'https://a',
      region: 'r2',
      pathStyle: true,
      credentials: { kind: 'profile', profile: 'p' },
      buckets: ['x'],
    });
    expect(config.workspace.store).toBe('default');
  });

  test('override its credentials', () => {
    const credentials = (env: Record<string, string>) =>
      folder.load(DEFAULT_STORE, env).config.stores.find(({ name }) => name === 'default')?.credentials;
    expect(credentials({ DROVER_S3_ACCESS_KEY: 'a', DROVER_S3_SECRET_KEY: 'b' })).toEqual({
      kind: 'static',
      accessKeyId: 'a',
      secretAccessKey: 'b',
    });
    expect(credentials({ DROVER_S3_CREDENTIALS: 'environment' })).toEqual({ kind: 'environment' });
    expect(folder.problems(DEFAULT_STORE, { DROVER_S3_CREDENTIALS: 'static' })).toEqual([
      expect.stringMatching(/^DROVER_S3_CREDENTIALS: is static, but/),
    ]);
  });

  test('make the store default when they name its endpoint, and only then', () => {
    const yaml = TWO_STORES.replace('    credentials: {accessKeyId: AKM, secretAccessKey: sm}', '    buckets: [hot]');
    const { config } = folder.load(yaml, { DROVER_S3_ENDPOINT: 'http://127.0.0.1:1' });
    expect(config.stores.map(({ name }) => name)).toEqual(['main', 'archive', 'default']);
    expect(config.stores[2]).toMatchObject({ endpoint: 'http://127.0.0.1:1', region: 'eu-central-1', buckets: [] });
    expect(folder.load(yaml).config.stores).toHaveLength(2);
    expect(folder.problems(yaml, { DROVER_S3_REGION: 'x' })).toEqual([
      expect.stringMatching(/stores: DROVER_S3_REGION is set, but the file has no store named default/),
    ]);
    expect(folder.problems(TWO_STORES, { DROVER_S3_ENDPOINT: 'http://x' })).toEqual([
      expect.stringMatching(/only one store may go without buckets, and main, default do/),
    ]);
  });

  test('add a key to an account', () => {
    const pair = { DROVER_ACCESS_KEY: 'AK2', DROVER_SECRET_KEY: 's2' };
    const accounts = (env: Record<string, string>) => folder.load(TWO_STORES, env).config.accounts;
    const first = { accessKeyId: 'AK1', secretAccessKey: 's1' };
    const second = { accessKeyId: 'AK2', secretAccessKey: 's2' };
    expect(accounts(pair)).toEqual([{ id: '111111111111', keys: [first, second] }]);
    expect(accounts({ ...pair, DROVER_ACCESS_KEY: 'AK1' })).toEqual([
      { id: '111111111111', keys: [{ accessKeyId: 'AK1', secretAccessKey: 's2' }] },
    ]);
    expect(accounts({ ...pair, DROVER_ACCOUNT_ID: '222222222222' })).toEqual([
      { id: '111111111111', keys: [first] },
      { id: '222222222222', keys: [second] },
    ]);
    expect(folder.problems(TWO_STORES, { DROVER_ACCOUNT_ID: '222222222222' })).toEqual([
      expect.stringMatching(/^DROVER_ACCOUNT_ID: names an account that is not in the file/),
    ]);
    const two = TWO_STORES.replace('accounts:', "accounts:\n  - {id: '222222222222'}");
    expect(folder.problems(two, pair)).toEqual([expect.stringMatching(/set DROVER_ACCOUNT_ID to the one/)]);
  });

  test('add a role', () => {
    const arn = 'arn:aws:iam::999999999999:role/x';
    const roles = (yaml: string, env: Record<string, string> = {}) =>
      folder.load(yaml, { DROVER_ROLE_ARN: arn, ...env }).config.roles;
    expect(roles(TWO_STORES)).toMatchObject([{ arn, accounts: ['111111111111'], read: ['*'] }]);
    const own = `${TWO_STORES}roles: [{arn: '${arn}', accounts: ['111111111111'], read: [a]}]\n`;
    expect(roles(own)).toMatchObject([{ arn, read: ['a'], write: [] }]);
    const others = `${TWO_STORES}roles: [{arn: 'arn:aws:iam::111111111111:role/y'}]\n`;
    expect(roles(others).map((role) => role.arn)).toEqual(['arn:aws:iam::111111111111:role/y', arn]);
    const two = TWO_STORES.replace('accounts:', "accounts:\n  - {id: '999999999999'}");
    expect(roles(two)).toMatchObject([{ accounts: ['999999999999'] }]);
    expect(roles(two, { DROVER_ACCOUNT_ID: '111111111111' })).toMatchObject([{ accounts: ['111111111111'] }]);
    const neither = TWO_STORES.replace('accounts:', "accounts:\n  - {id: '222222222222'}");
    expect(folder.problems(neither, { DROVER_ROLE_ARN: arn })).toEqual([
      expect.stringMatching(/^DROVER_ROLE_ARN: names an account that is not in the file/),
    ]);
  });

  test('the region', () => {
    expect(folder.load('region: a', { DROVER_REGION: 'b' }).config).toMatchObject({
      region: 'b',
      stores: [{ region: 'b' }],
      functions: { region: 'b' },
      vaults: { region: 'b' },
    });
    expect(folder.load('region: a', { DROVER_S3_REGION: 'b' }).config).toMatchObject({
      region: 'a',
      stores: [{ region: 'b' }],
    });
    expect(folder.load('{}', { DROVER_S3_REGION: 'b' }).config.region).toBe('b');
  });
});
