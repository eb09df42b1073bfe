/**
 * Goal: an address that is not what it seems to be is refused when it is read, under the name of its setting, instead of ending as
 * a failure of the network later. Method: every setting that takes a URL, with everything that is wrong with one.
 */
import { loadCliConfig } from '../../../config/cli';
import { loadDevConfig } from '../../../config/dev';
import { loadConfig } from '../../../config/load';
import { ConfigFolder } from './config-folder';

const MALFORMED: readonly (readonly [string, string])[] = [
  ['host:9000', 'must be an http or https URL'],
  ['ftp://host', 'must be an http or https URL'],
  ['http:host', 'must be an http or https URL'],
  ['http:///host', 'must have a host after http:// or https://'],
  ['http://host/a b', 'must not contain blanks or backslashes'],
  ['http://host\\x/', 'must not contain blanks or backslashes'],
  ['http://user:hunter2@host/', 'must not contain a user name or password'],
  ['http://@host/', 'must not contain a user name or password'],
  ['http://http://host/', 'must not contain http:// twice'],
  ['https://http://host/', 'must not contain http:// twice'],
];
/** Endpoints of services that paths are appended to. */
const ENDPOINTS_ALSO: readonly (readonly [string, string])[] = [
  ['http://host/?a=1', 'must not contain a query or a fragment'],
  ['http://host/#a', 'must not contain a query or a fragment'],
  ['http://host//base', 'must not contain an empty step (//) in its path'],
  ['http://host/base//store', 'must not contain an empty step (//) in its path'],
];

const folder = new ConfigFolder();
afterAll(() => folder.remove());

type Load = (url: string) => unknown;

const VARIABLES: readonly (readonly [string, Load])[] = [
  ['DROVER_S3_ENDPOINT', (url) => loadConfig({ DROVER_S3_ENDPOINT: url })],
  ['DROVER_S3_ENDPOINT', (url) => loadDevConfig({ DROVER_S3_ENDPOINT: url })],
  ['DROVER_LAMBDA_ENDPOINT', (url) => loadConfig({ DROVER_LAMBDA_ENDPOINT: url })],
  ['DROVER_API_URL', (url) => loadCliConfig({ DROVER_API_URL: url })],
];
const OTHER_VARIABLES: readonly (readonly [string, Load])[] = [
  ['DROVER_HTTP_INVOKE_URL', (url) => loadConfig({ DROVER_HTTP_INVOKE_URL: url })],
  ['TEMPORAL_UI_URL', (url) => loadConfig({ TEMPORAL_UI_URL: url })],
];

const ROLE = "'arn:aws:iam::123456789012:role/x'";
/** `URL` stands for the URL in quotes. */
const ENDPOINT_SETTINGS: readonly (readonly [string, string])[] = [
  ['stores.a.endpoint', 'stores: {a: {endpoint: URL}}'],
  [
    'stores.a.credentials.assumeRole.endpoint',
    `stores: {a: {endpoint: 'http://x', credentials: {assumeRole: {roleArn: ${ROLE}, endpoint: URL}}}}`,
  ],
  ['functions.endpoint', 'functions: {endpoint: URL}'],
  ['notifications.sns.a.endpoint', "notifications: {sns: {a: {topicArn: 'arn:x', endpoint: URL}}}"],
  ['notifications.eventBridge.a.endpoint', 'notifications: {eventBridge: {a: {busName: b, endpoint: URL}}}'],
];
const OTHER_SETTINGS: readonly (readonly [string, string])[] = [
  ['temporal.uiUrl', 'temporal: {uiUrl: URL}'],
  ['notifications.webhooks.a.url', 'notifications: {webhooks: {a: {url: URL, secret: s}}}'],
  ['notifications.jobWebhooks.allow[0]', 'notifications: {jobWebhooks: {allow: [URL]}}'],
  ['roles[0].webhooks[0].url', `roles: [{arn: ${ROLE}, webhooks: [{url: URL}]}]`],
];

describe.each([
  ...[...VARIABLES, ...OTHER_VARIABLES].map(([name, load]) => ({ name, load, also: false })),
  ...VARIABLES.map(([name, load]) => ({ name, load, also: true })),
])('$name', ({ name, load, also }) => {
  test.each(also ? ENDPOINTS_ALSO : MALFORMED)('%j is refused by name', (url, message) => {
    expect(() => load(url)).toThrow(`${name}: ${message}`);
    expect(() => load(url)).not.toThrow(/hunter2/);
  });
});

describe.each([
  ...[...ENDPOINT_SETTINGS, ...OTHER_SETTINGS].map(([name, yaml]) => ({ name, yaml, also: false })),
  ...ENDPOINT_SETTINGS.map(([name, yaml]) => ({ name, yaml, also: true })),
])('$name', ({ name, yaml, also }) => {
  test.each(also ? ENDPOINTS_ALSO : MALFORMED)('%j is refused by name', (url, message) => {
    const text = yaml.replace('URL', JSON.stringify(url));
    expect(folder.problems(text)).toEqual([`drover.config.yaml:1: ${name}: ${message}`]);
  });
});

test.each([
  'http://host',
  'https://host:9000/',
  'http://[::1]:8333',
  'http://host/base/store/',
  'https://http.example',
])('%s is a good endpoint', (url) => {
  expect(loadConfig({ DROVER_S3_ENDPOINT: url }).stores[0]?.endpoint).toBe(url);
  expect(loadDevConfig({ DROVER_S3_ENDPOINT: url }).s3Endpoint).toBe(url);
});

test.each([
  ['http://temporal:7233', 'must be host:port, without a scheme'],
  ['user@temporal:7233', 'must be host:port and nothing else'],
  ['temporal:7233/default', 'must be host:port and nothing else'],
  ['temporal :7233', 'must be host:port and nothing else'],
])("Temporal's address %j is refused by name", (address, message) => {
  expect(() => loadConfig({ TEMPORAL_ADDRESS: address })).toThrow(`TEMPORAL_ADDRESS: ${message}`);
  expect(() => loadDevConfig({ TEMPORAL_ADDRESS: address })).toThrow(`TEMPORAL_ADDRESS: ${message}`);
});
