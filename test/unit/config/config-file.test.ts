/**
 * Goal: a file that is wrong is refused with the place and the reason, never with what it holds. Method: broken files, each
 * with a secret near the fault, which must not show in any message.
 */
import { loadConfig, loadConfigFile } from '../../../config/load';
import { ConfigFolder, problemsOf } from './config-folder';

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

const SECRET = 'hunter2-hunter2';

describe('YAML', () => {
  test.each([
    [`a: |${SECRET}\n x`, '1:5: this is not valid YAML'],
    [`a: !${SECRET}`, '1:4: tags are not supported; a text that begins with ! must be in quotes'],
    [`a: !!binary ${SECRET}`, '1:4: tags are not supported; a text that begins with ! must be in quotes'],
    [`a: *${SECRET}`, '1:4: unknown alias; a text that begins with * must be in quotes'],
    [`a: @${SECRET}`, '1:4: a text that begins with this character must be in quotes'],
    [`a: "\\${SECRET}"`, '1:5: invalid escape sequence in double quotes'],
    [`a: ${SECRET}: x`, '1:4: a mapping cannot begin here: indent it, or put the text in quotes'],
    [`logLevel: info\nlogLevel: ${SECRET}`, '2:1: duplicate key'],
    [`api:\n\thost: ${SECRET}`, '2:1: tabs cannot indent'],
    [`a: 1\n---\nb: ${SECRET}`, '2:1: only one document is allowed'],
    [`a: {b: ${SECRET}\n`, '2:1: wrong indentation'],
    [`a: &x {b: *x, c: ${SECRET}}`, /^1:1: an alias leads to itself/],
    ['__proto__: {a: 1}', /^1:1: .* a key is __proto__$/],
  ])('%j', (yaml, expected) => {
    const problems = folder.problems(yaml);
    expect(problems).toHaveLength(1);
    const said = problems[0]!.replace('drover.config.yaml:', '');
    if (typeof expected === 'string') expect(said).toBe(expected);
    else expect(said).toMatch(expected);
    expect(said).not.toContain(SECRET.slice(0, 4));
  });

  test('aliases are bounded', () => {
    const bomb = [
      'a: &a [1,2]',
      ...'bcdefg'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[i]!}`).join(',')}]`),
    ];
    expect(folder.problems(bomb.join('\n'))).toEqual([expect.stringMatching(/too many/)]);
  });

  test('an alias for a text stands for it', () => {
    const { config } = folder.load('region: &r eu-west-1\nfunctions: {region: *r}');
    expect(config.functions.region).toBe('eu-west-1');
  });

  test('what is no text file is refused', () => {
    expect(folder.problems('- a\n- b')).toEqual(['drover.config.yaml: must be a mapping']);
    expect(problemsOf(() => loadConfigFile(folder.path, {}))).toEqual([
      expect.stringMatching(/cannot be read \(EISDIR\)/),
    ]);
    expect(folder.problems('#'.repeat(1024 * 1024 + 1))).toEqual([expect.stringMatching(/is too large/)]);
    expect(problemsOf(() => loadConfigFile('none', {}))).toEqual([expect.stringMatching(/\/none cannot be read/)]);
  });
});

describe('settings', () => {
  test('all that is wrong is named, with its line', () => {
    const yaml = `
stores:
  minio:
    endpoint: ftp://${SECRET}
    regoin: x
    credentials: {accessKeyId: AK}
  "b c": {endpoint: "https://user:${SECRET}@host"}
accounts:
  - id: 123456789012
    keys: []
limits:
  multipartPartBytes: 7
worker: {batchSlots: 1.5}
api:
temporal: {tls: maybe, address: "https://x"}
workspace: {prefix: /x}
notifications:
  jobWebhooks: {allow: ['https://${SECRET}']}
  webhooks: {a: {url: 'http://h', secret: s, statuses: [${SECRET}]}}
logLevel: loud
secrets: ${SECRET}
roles: []
`;
    const problems = folder.problems(yaml);
    expect(problems.map((problem) => problem.replace('drover.config.yaml:', ''))).toEqual([
      '4: stores.minio.endpoint: must be an http or https URL',
      '5: stores.minio.regoin: unknown setting',
      '6: stores.minio.credentials.secretAccessKey: is required',
      '7: stores.b c: names are letters, digits, - and _, 63 characters at most',
      '9: accounts[0].id: must be a text: put it in quotes',
      '12: limits.multipartPartBytes: must be at least 5242880',
      '13: worker.batchSlots: must be a whole number',
      '14: api: has no value: it must be a mapping',
      '15: temporal.address: must be host:port, without a scheme',
      '15: temporal.tls: must be true, false or {caFile, certFile, keyFile, serverName}',
      '16: workspace.prefix: must be empty, or end in / and not begin with it',
      '18: notifications.jobWebhooks.allow[0]: must have a / after the host, else it allows hosts that begin alike',
      expect.stringMatching(/^19: notifications.webhooks.a.statuses\[0\]: must be one of New, Preparing, /),
      '20: logLevel: must be one of trace, debug, info, warn, error',
      '21: secrets: unknown setting',
      '22: roles: must have an element',
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  test.each([
    ['{foo: 1}', /credentials: must be default, environment, /],
    ['static', /credentials: must be default, environment, /],
    ['7', /credentials: must be default, environment, /],
    ['{accessKeyId: a, secretAccessKey: b, token: c}', /credentials\.token: unknown setting$/],
    ['{accessKeyId: 1, secretAccessKey: b}', /credentials\.accessKeyId: must be a text: put it in quotes$/],
    ['{profile: p, accessKeyId: a, secretAccessKey: b}', /credentials\.profile: unknown setting$/],
    ['{assumeRole: {roleArn: x}}', /credentials\.assumeRole\.roleArn: must be the ARN/],
    ["{assumeRole: {roleArn: 'arn:aws:iam::1:role/x'}}", /credentials\.assumeRole\.roleArn: must be the ARN/],
    [
      "{assumeRole: {roleArn: 'arn:aws:iam::123456789012:role/x', source: {profile: 7}}}",
      /assumeRole\.source\.profile: must be a text/,
    ],
    [
      "{assumeRole: {roleArn: 'arn:aws:iam::123456789012:role/x', durationSeconds: 60}}",
      /assumeRole\.durationSeconds: must be at least 900/,
    ],
  ])('credentials %s', (credentials, message) => {
    const problems = folder.problems(`stores: {a: {endpoint: "http://x", credentials: ${credentials}}}`);
    expect(problems).toEqual([expect.stringMatching(message)]);
  });
});

test.each([
  ['https://user:hunter2@host', 'must not contain a user name or password'],
  ['https://user@host', 'must not contain a user name or password'],
  ['https://:hunter2@host', 'must not contain a user name or password'],
  ['https://host/?a=1', 'must not contain a query or a fragment'],
  ['https://host/#a', 'must not contain a query or a fragment'],
  ['host:9000', 'must be an http or https URL'],
])('the endpoint %s is refused', (endpoint, message) => {
  expect(folder.problems(`stores: {a: {endpoint: '${endpoint}'}}`)).toEqual([
    `drover.config.yaml:1: stores.a.endpoint: ${message}`,
  ]);
});

describe('variables in texts', () => {
  test('are replaced, in parts and in keys of any depth', () => {
    const { config } = folder.load(
      "region: '${A}-${B}'\naccounts: [{id: '${ID}', keys: [{accessKeyId: 'x${A}', secretAccessKey: '$${A}$$'}]}]",
      { A: 'eu', B: 'west:1', ID: '012345678901' },
    );
    expect(config.region).toBe('eu-west:1');
    expect(config.accounts).toEqual([
      { id: '012345678901', keys: [{ accessKeyId: 'xeu', secretAccessKey: '${A}$$' }] },
    ]);
  });

  test('a value is a text, whatever it looks like, and is not replaced again', () => {
    const { config } = folder.load("region: '${A}'", { A: '${B}: [1]', B: 'x' });
    expect(config.region).toBe('${B}: [1]');
  });

  test('missing, empty and malformed ones are named with the setting, all of them', () => {
    const yaml =
      "region: '${NOT_THERE}'\napi:\n  host: '${EMPTY}'\nlogLevel: '${hunter2 x}'\ntemporal: {namespace: '${'}";
    const malformed =
      '${ must be followed by the name of an environment variable and }; write $${ for the characters themselves';
    expect(folder.problems(yaml, { EMPTY: '' })).toEqual([
      'drover.config.yaml:1: region: the environment variable NOT_THERE is not set',
      'drover.config.yaml:3: api.host: the environment variable EMPTY is not set',
      `drover.config.yaml:4: logLevel: ${malformed}`,
      `drover.config.yaml:5: temporal.namespace: ${malformed}`,
    ]);
  });

  test('what they hold is in no message', () => {
    const problems = folder.problems("logLevel: '${S}'\nstores: {a: {endpoint: '${S}'}}", { S: SECRET });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
    expect(problemsOf(() => loadConfig({ DROVER_S3_ENDPOINT: SECRET, DROVER_LOG_LEVEL: SECRET })).join()).not.toContain(
      'hunter2',
    );
  });
});

describe('the profile of a store', () => {
  const profileOf = (yaml: string): unknown => {
    const { config } = folder.load(`stores: {a: {endpoint: "http://a", ${yaml}}}`);
    return config.stores[0]?.profile;
  };

  test.each([
    ['profile: B2', { name: 'B2' }],
    ['profile: {multiDelete: false}', { multiDelete: false }],
    ['profile: {name: MinIO, contentMd5: false}', { name: 'MinIO', contentMd5: false }],
    ['buckets: [b]', undefined],
  ])('%s', (yaml, profile) => {
    expect(profileOf(yaml)).toEqual(profile);
  });

  test.each([
    ['profile: Other', /stores\.a\.profile.*must be one of AWS, SeaweedFS, .*, or a mapping/],
    ['profile: {other: true}', /stores\.a\.profile.*other/],
    ['updatesEncryption: true', /stores\.a\.updatesEncryption: is profile\.updatesEncryption now/],
  ])('%s is refused', (yaml, message) => {
    expect(folder.problems(`stores: {a: {endpoint: "http://a", ${yaml}}}`)).toEqual([expect.stringMatching(message)]);
  });
});
