/**
 * Goal: `drover config check` says what is wrong, line by line and as JSON, with an exit code that tells the truth; `drover
 * config schema` prints the schema. Method: the program is run on files in a temporary folder, with a store that answers.
 */
import { startHttpStoreStub } from '../../support/servers/http-store-stub';
import { ConfigFolder } from '../config/config-folder';
import { type Ended, runCli } from './run-cli';

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

function drover(argv: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return runCli(argv, { env });
}

test('a file that is wrong: every problem is a line, and nothing is tried', async () => {
  const file = folder.write('x.yaml', 'logLevel: loud\nfoo: 1\n');
  const { code, stdout } = await drover(['config', 'check', '--file', file]);
  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    'FAILED  configuration: x.yaml:1: logLevel: must be one of trace, debug, info, warn, error',
    'FAILED  configuration: x.yaml:2: foo: unknown setting',
    '',
  ]);
});

test('the same as JSON', async () => {
  const { code, stdout } = await drover(['--json', 'config', 'check'], { DROVER_LOG_LEVEL: 'loud' });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    checks: [{ name: 'configuration', ok: false, detail: expect.stringMatching(/^DROVER_LOG_LEVEL: /) }],
  });
});

test('a good file: what it names is tried, and one failure is enough for the exit code', async () => {
  const store = await startHttpStoreStub((response) =>
    response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>'),
  );
  const file = folder.write(
    'drover.config.yaml',
    `stores: {s: {endpoint: '${store.endpoint}', credentials: {accessKeyId: a, secretAccessKey: b}}}
temporal: {address: '127.0.0.1:1'}
functions: {endpoint: '${store.endpoint}'}
api: {host: 0.0.0.0}`,
  );
  const { code, stdout } = await drover(['config', 'check', '--file', file]);
  await store.close();
  expect(code).toBe(1);
  expect(stdout).toContain(`ok      configuration: ${file}\n`);
  expect(stdout).toMatch(/^FAILED {2}API: The API's host is 0\.0\.0\.0/m);
  expect(stdout).toMatch(/^FAILED {2}Temporal at 127\.0\.0\.1:1: .*\n {8}Start Temporal there/m);
  expect(stdout).toMatch(/^ok {6}store s as itself: s \(/m);
  expect(stdout).toMatch(/^FAILED {2}workspace drover-workspace/m);
  expect(stdout).toMatch(/^ok {6}functions: /m);
}, 30_000);

test('the schema', async () => {
  const { code, stdout } = await drover(['config', 'schema']);
  expect(code).toBe(0);
  const schema = JSON.parse(stdout) as { properties: object; additionalProperties: boolean };
  expect(Object.keys(schema.properties)).toContain('stores');
  expect(schema.additionalProperties).toBe(false);
});

test('other commands under config are refused', async () => {
  expect((await drover(['config', 'chekc'])).code).toBe(2);
});
