/** Goal: a role may call what the configuration names, in one reading only. Method: files and variables, right and wrong. */
import { DEV_ROLE_ARN, loadConfig } from '../../../config/load';
import { ConfigFolder } from './config-folder';

let folder: ConfigFolder;

beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

test('roles that no file describes may call the addresses below the variable', () => {
  const webhook = { url: 'http://127.0.0.1:9000/hooks', secret: 's3cret' };
  const env = { DROVER_HTTP_INVOKE_URL: webhook.url, DROVER_HTTP_INVOKE_SECRET: webhook.secret };
  expect(loadConfig(env).roles).toMatchObject([{ arn: DEV_ROLE_ARN, webhooks: [webhook] }]);
  expect(loadConfig({ DROVER_HTTP_INVOKE_URL: webhook.url }).roles[0]?.webhooks).toEqual([{ url: webhook.url }]);
  expect(() => loadConfig({ DROVER_HTTP_INVOKE_SECRET: 's' })).toThrow('needs DROVER_HTTP_INVOKE_URL');
  expect(() => loadConfig({ DROVER_HTTP_INVOKE_URL: 'http://h/?q' })).toThrow('DROVER_HTTP_INVOKE_URL: must be');
  expect(() => loadConfig({ ...env, DROVER_HTTP_INVOKE_SECRET: 'whsec_' })).toThrow('has no key after whsec_');
});

test.each([
  'https://h.example/a?b=c',
  'https://h.example/?',
  'https://h.example/a#b',
  'https://user@h.example/a',
  'https://h.example/a/../b',
  'ftp://h.example/',
  'h.example',
])('%s is no beginning of URLs that jobs may call', (url) => {
  const problems = folder.problems(
    `roles:\n  - arn: arn:aws:iam::123456789012:role/a\n    webhooks: [{url: "${url}"}]`,
  );
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^drover\.config\.yaml:3: roles\[0\]\.webhooks\[0\]\.url: must /);
});

test('variables for HttpInvoke are refused where the file describes all roles', () => {
  const env = { DROVER_HTTP_INVOKE_URL: 'http://127.0.0.1:9000/' };
  const yaml = 'roles: [{arn: "arn:aws:iam::123456789012:role/a"}]';
  expect(folder.problems(yaml, env)).toEqual([
    'DROVER_HTTP_INVOKE_URL: is for roles that the file does not describe, and there are none: use roles[].webhooks',
  ]);
  const other = { ...env, DROVER_ROLE_ARN: 'arn:aws:iam::123456789012:role/b' };
  const { config } = folder.load(yaml, other);
  expect(config.roles.map(({ webhooks }) => webhooks)).toEqual([[], [{ url: env.DROVER_HTTP_INVOKE_URL }]]);
});
