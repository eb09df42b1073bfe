/**
 * Goal: settings that do not fit together are refused, at the place of the one that is wrong. Method: files with one such
 * mistake each.
 */
import { ConfigFolder } from './config-folder';

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

describe('what does not fit together', () => {
  const account = "accounts: [{id: '111111111111', keys: [{accessKeyId: K, secretAccessKey: s}]}]";
  test.each<[string, string, string]>([
    [
      'two open stores',
      'stores: {a: {endpoint: "http://a"}, b: {endpoint: "http://b"}}\nworkspace: {store: a}',
      'drover.config.yaml:1: stores.b: only one store may go without buckets, and a, b do: name the buckets of the others',
    ],
    [
      'a bucket in two stores',
      'stores:\n  a: {endpoint: "http://a", buckets: [x, y]}\n  b:\n    endpoint: "http://b"\n    buckets:\n      - y\nworkspace: {store: a}',
      'drover.config.yaml:6: stores.b.buckets[0]: this bucket is also named under the store a',
    ],
    [
      'no workspace store',
      'stores: {a: {endpoint: "http://a"}, b: {endpoint: "http://b", buckets: [x]}}',
      'workspace.store: is required where there are several stores',
    ],
    [
      'traces without a receiver',
      'traces: {jobShare: 0.5}',
      'drover.config.yaml:1: traces.endpoint: missing (or DROVER_TRACES_ENDPOINT): nothing is traced without it',
    ],
    ['unknown workspace store', 'workspace:\n  store: x', 'drover.config.yaml:2: workspace.store: unknown store x'],
    [
      'unknown store of a role',
      `${account}\nroles: [{arn: 'arn:aws:iam::111111111111:role/a', credentials: {x: default}}]`,
      'drover.config.yaml:2: roles[0].credentials.x: unknown store x',
    ],
    [
      'a role twice',
      `${account}\nroles:\n  - arn: arn:aws:iam::111111111111:role/a\n  - arn: arn:aws:iam::111111111111:role/a`,
      'drover.config.yaml:4: roles[1].arn: this role is also at roles[0]',
    ],
    [
      'a role of no account',
      `${account}\nroles:\n  - arn: arn:aws:iam::222222222222:role/a`,
      'drover.config.yaml:3: roles[0].accounts: unknown account 222222222222',
    ],
    [
      'an account twice',
      `accounts:\n  - id: '111111111111'\n  - id: '111111111111'\nroles: [{arn: 'arn:aws:iam::111111111111:role/a'}]`,
      'drover.config.yaml:3: accounts[1].id: this account is also at accounts[0]',
    ],
    [
      'a key in two accounts',
      `accounts:\n  - {id: '111111111111', keys: [{accessKeyId: SAME, secretAccessKey: a}]}\n  - {id: '222222222222', keys: [{accessKeyId: SAME, secretAccessKey: b}]}`,
      'drover.config.yaml:3: accounts[1].keys[0].accessKeyId: this access key is also one of account 111111111111',
    ],
    [
      'a name of two targets',
      'notifications:\n  webhooks: {x: {url: "http://h", secret: s}}\n  sns: {x: {topicArn: "arn:aws:sns:a:1:t"}}',
      'drover.config.yaml:3: notifications.sns.x: this name is also one of webhooks; names are unique among all targets',
    ],
    [
      'a webhook of no account',
      "notifications:\n  webhooks: {x: {url: 'http://h', secret: s, accounts: ['999999999999']}}",
      'drover.config.yaml:2: notifications.webhooks.x.accounts: unknown account 999999999999',
    ],
    [
      'functions without credentials',
      `stores: {a: {endpoint: "http://a"}, b: {endpoint: "http://b", buckets: [x]}}\nworkspace: {store: a}\nroles:\n  - arn: arn:aws:iam::123456789012:role/a\n    functions: [f]`,
      'drover.config.yaml:4: roles[0].functionCredentials: is required beside functions where there are several stores and none is named default',
    ],
    [
      'an address twice in a role',
      'roles:\n  - arn: arn:aws:iam::123456789012:role/a\n    webhooks:\n      - {url: "http://h/", secret: a}\n      - {url: "http://h/"}',
      'drover.config.yaml:5: roles[0].webhooks[1].url: this address is also at roles[0].webhooks[0]',
    ],
    [
      "the workspace's bucket in a role",
      'roles:\n  - arn: arn:aws:iam::123456789012:role/a\n    read: ["*", Drover-Workspace]',
      'drover.config.yaml:3: roles[0].read[1]: is the bucket of the workspace, which roles cannot use: remove it',
    ],
  ])('%s', (_name, yaml, problem) => {
    expect(folder.problems(yaml)).toEqual([problem]);
  });

  test('a catch-all store and one with its own buckets are fine', () => {
    expect(
      folder.problems('stores: {default: {endpoint: "http://a"}, b: {endpoint: "http://b", buckets: [x]}}'),
    ).toEqual([]);
  });
});
