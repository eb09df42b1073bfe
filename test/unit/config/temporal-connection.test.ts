/**
 * Goal: Temporal is reached as the configuration says: plain, over TLS, with a client certificate, with an API key. Method: the
 * settings are loaded from files and variables, and the options for the SDK compared. test/workflows/temporal-tls has a server.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../../config/load';
import { temporalConnectionOptions } from '../../../temporal/connection';
import { ConfigFolder, problemsOf } from './config-folder';

const FIXTURES = join(__dirname, '../../fixtures/tls');
const CA = join(FIXTURES, 'ca.pem');
const CERT = join(FIXTURES, 'server.pem');
const KEY = join(FIXTURES, 'server.key');
const pem = (path: string): Buffer => readFileSync(path);

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

function options(yaml: string, env: Record<string, string> = {}) {
  return temporalConnectionOptions(folder.load(yaml, env).config.temporal);
}

test('plain, which is said: an API key would turn TLS on', () => {
  expect(options('')).toEqual({ address: '127.0.0.1:7233', tls: false });
  expect(options('temporal: {apiKey: k, tls: false}')).toMatchObject({ tls: false, apiKey: 'k' });
});

test('an API key comes with TLS and the namespace', () => {
  expect(options('temporal: {apiKey: k, namespace: n, address: "cloud:7233"}')).toEqual({
    address: 'cloud:7233',
    tls: {},
    apiKey: 'k',
    metadata: { 'temporal-namespace': 'n' },
  });
  expect(options('', { TEMPORAL_API_KEY: 'k', TEMPORAL_TLS: 'false' })).toMatchObject({ tls: false, apiKey: 'k' });
});

test('certificates of the file, relative to it', () => {
  folder.write('ca.pem', pem(CA).toString());
  folder.write('c.pem', pem(CERT).toString());
  folder.write('c.key', pem(KEY).toString());
  const tls = 'caFile: ca.pem, certFile: ./c.pem, keyFile: c.key, serverName: s';
  expect(options(`temporal: {tls: {${tls}}}`).tls).toEqual({
    serverRootCACertificate: pem(CA),
    clientCertPair: { crt: pem(CERT), key: pem(KEY) },
    serverNameOverride: 's',
  });
  expect(options('temporal: {tls: true}').tls).toEqual({});
  expect(options('temporal: {tls: {}}').tls).toEqual({});
});

test('variables win over the file, one by one', () => {
  folder.write('ca.pem', pem(CERT).toString());
  const yaml = 'temporal: {tls: {caFile: ca.pem, serverName: s}}';
  expect(options(yaml, { TEMPORAL_TLS_CA: CA }).tls).toEqual({
    serverRootCACertificate: pem(CA),
    serverNameOverride: 's',
  });
  expect(options(yaml, { TEMPORAL_TLS: 'false' }).tls).toBe(false);
  expect(options('', { TEMPORAL_TLS: 'true' }).tls).toEqual({});
  expect(options('', { TEMPORAL_TLS_SERVER_NAME: 'n' }).tls).toEqual({ serverNameOverride: 'n' });
  const pair = { TEMPORAL_TLS_CERT: CERT, TEMPORAL_TLS_KEY: KEY };
  expect(options('', pair).tls).toEqual({ clientCertPair: { crt: pem(CERT), key: pem(KEY) } });
});

test.each([
  [
    { TEMPORAL_TLS_CERT: CERT },
    'temporal.tls: the client certificate and its private key must be set together: one is missing',
  ],
  [
    { TEMPORAL_TLS: 'false', TEMPORAL_TLS_SERVER_NAME: 'n' },
    'TEMPORAL_TLS: is false, but other TEMPORAL_TLS_ variables are set',
  ],
  [{ TEMPORAL_TLS_CA: '/nowhere.pem' }, 'TEMPORAL_TLS_CA: /nowhere.pem cannot be read (ENOENT)'],
  [{ TEMPORAL_TLS_CA: KEY }, `TEMPORAL_TLS_CA: ${KEY} is not a PEM certificate`],
  [
    { TEMPORAL_TLS_CERT: CERT, TEMPORAL_TLS_KEY: CA },
    `TEMPORAL_TLS_KEY: ${CA} is not a PEM private key without a passphrase`,
  ],
])('%j is refused', (env: Record<string, string>, problem) => {
  expect(problemsOf(() => loadConfig(env))).toEqual([problem]);
});

test('files that settings name are checked, with the place of the setting', () => {
  const yaml = `stores:
  default:
    endpoint: https://s3
    caFile: gone.pem
temporal:
  tls:
    caFile: drover.config.yaml`;
  expect(folder.problems(yaml)).toEqual([
    `drover.config.yaml:4: stores.default.caFile: ${join(folder.path, 'gone.pem')} cannot be read (ENOENT)`,
    `drover.config.yaml:7: temporal.tls.caFile: ${join(folder.path, 'drover.config.yaml')} is not a PEM certificate`,
  ]);
  folder.write('ca.pem', pem(CA).toString());
  const { config } = folder.load('stores: {a: {endpoint: "https://s3", caFile: ca.pem}}');
  expect(config.stores[0]?.ca).toBe(pem(CA).toString());
});
