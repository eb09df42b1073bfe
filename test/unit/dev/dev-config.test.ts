/** Goal: the local stack's settings come out as documented, and a wrong one is named. Method: made-up environments. */
import { join, resolve } from 'node:path';
import { childEnvironment, loadDevConfig } from '../../../config/dev';

test('the defaults are the documented ports, on the loopback interface', () => {
  expect(loadDevConfig({ HOME: '/home/ann' })).toEqual({
    home: resolve('.drover'),
    cacheDir: '/home/ann/.cache/drover',
    apiHost: '127.0.0.1',
    apiPort: 8800,
    s3Port: 8333,
    temporalPort: 7233,
    temporalUiPort: 8233,
    workers: 1,
    tools: {},
  });
});

test('XDG_CACHE_HOME wins over HOME, and neither is needed', () => {
  expect(loadDevConfig({ HOME: '/home/ann', XDG_CACHE_HOME: '/var/cache' }).cacheDir).toBe('/var/cache/drover');
  expect(loadDevConfig({}).cacheDir).toMatch(/drover-cache-\d+$/);
});

test('running servers, binaries and an absolute home are taken over; empty variables count as absent', () => {
  const config = loadDevConfig({
    DROVER_HOME: '/data/drover',
    DROVER_S3_ENDPOINT: 'http://10.0.0.1:9000',
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_CLI: '/opt/temporal',
    WEED: '',
    DROVER_API_PORT: '',
  });
  expect(config).toMatchObject({
    home: '/data/drover',
    s3Endpoint: 'http://10.0.0.1:9000',
    temporalAddress: 'temporal:7233',
  });
  expect(config.tools).toEqual({ TEMPORAL_CLI: '/opt/temporal' });
  expect(config.apiPort).toBe(8800);
});

test('a configuration file is the one that is named, and never one that lies about', () => {
  const named = loadDevConfig({ DROVER_CONFIG: 'x.yaml' }).configFile;
  expect(named).toBe(resolve('x.yaml'));
  expect(loadDevConfig({ DROVER_CONFIG: 'none' }).configFile).toBeUndefined();
  expect(childEnvironment({})['DROVER_CONFIG']).toBe(process.env['DROVER_CONFIG'] ?? 'none');
  expect(childEnvironment({ DROVER_CONFIG: '/y.yaml' })['DROVER_CONFIG']).toBe('/y.yaml');
});

test.each([
  ['DROVER_API_PORT', 'eighty'],
  ['DROVER_API_PORT', '70000'],
  // SeaweedFS adds up to 10,004 to it.
  ['DROVER_S3_PORT', '60000'],
  ['DROVER_DEV_WORKERS', '-1'],
  ['DROVER_S3_ENDPOINT', 'localhost:9000'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => loadDevConfig({ [name]: value })).toThrow(new RegExp(`^${name}: `));
});

test('of a store port that is too high, the bound and its reason are told', () => {
  const told =
    /^DROVER_S3_PORT: must be at most 55531: SeaweedFS takes the next four ports too, and each of the five again plus 10,000$/;
  for (const port of ['55532', '55536', '65535', '70000']) {
    expect(() => loadDevConfig({ DROVER_S3_PORT: port })).toThrow(told);
  }
  expect(loadDevConfig({ DROVER_S3_PORT: '55531' }).s3Port).toBe(55_531);
});

test('a home below the working directory becomes absolute', () => {
  expect(loadDevConfig({ DROVER_HOME: 'x/y' }).home).toBe(join(process.cwd(), 'x', 'y'));
});
