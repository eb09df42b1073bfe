/**
 * Goal: the ways round the account id in the host name that docs/clients.md gives lead to Drover. Method: each way with the
 * client it is for, as it stands there. (The region `snow`, and the hook for boto3, are what official-clients.test.ts uses.)
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListJobsCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { startDrover, type TestDrover } from '../support/drover';
import { runProgram } from '../support/run-command';
import { awsCli, awsClientEnvironment, TEST_ACCESS_KEY, TEST_SECRET_KEY } from '../support/stack';

const CREDENTIALS = { accessKeyId: TEST_ACCESS_KEY, secretAccessKey: TEST_SECRET_KEY };

let drover: TestDrover;

beforeAll(async () => {
  drover = await startDrover();
});

afterAll(async () => {
  await drover?.close();
});

describe('the AWS CLI', () => {
  let folder: string;
  let profile: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drover-aws-'));
    profile = join(folder, 'config');
    const lines = [
      ...['[profile drover]', 'region = snow', 'services = drover'],
      ...[`aws_access_key_id = ${TEST_ACCESS_KEY}`, `aws_secret_access_key = ${TEST_SECRET_KEY}`],
      ...['[services drover]', 's3_control =', `  endpoint_url = ${drover.apiUrl}`, ''],
    ];
    await writeFile(profile, lines.join('\n'));
  });

  afterAll(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  async function list(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<void> {
    // Variables count for more than a profile.
    const { AWS_DEFAULT_REGION: _region, ...env } = awsClientEnvironment();
    const command = ['s3control', 'list-jobs', '--account-id', drover.account, ...args];
    const { exitCode, stdout, stderr } = await runProgram(await awsCli(), command, { ...env, ...settings });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ Jobs: [] });
  }

  test('by HTTP_PROXY', () =>
    list(['--region', 'us-east-1', '--endpoint-url', 'http://drover.internal'], {
      HTTP_PROXY: drover.apiUrl,
      http_proxy: drover.apiUrl,
      NO_PROXY: '',
      no_proxy: '',
    }));

  test('by a profile', () => list(['--profile', 'drover'], { AWS_CONFIG_FILE: profile }));

  test('by variables', () => list([], { AWS_ENDPOINT_URL_S3_CONTROL: drover.apiUrl, AWS_DEFAULT_REGION: 'snow' }));
});

describe('the JavaScript SDK', () => {
  async function list(client: S3ControlClient): Promise<void> {
    expect((await client.send(new ListJobsCommand({ AccountId: drover.account }))).Jobs).toEqual([]);
    client.destroy();
  }

  test('by an endpoint provider', async () => {
    const scheme = { name: 'sigv4', signingName: 's3', signingRegion: 'us-east-1', disableDoubleEncoding: true };
    const client = new S3ControlClient({
      region: 'us-east-1',
      credentials: CREDENTIALS,
      endpointProvider: () => ({
        url: new URL(drover.apiUrl),
        properties: { authSchemes: [{ ...scheme, properties: {} }] },
        headers: {},
      }),
    });
    await list(client);
  });

  test('by a middleware', async () => {
    const endpoint = drover.apiUrl.replace('127.0.0.1', 'localhost');
    const client = new S3ControlClient({ region: 'us-east-1', endpoint, credentials: CREDENTIALS });
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { hostname: string; headers: Record<string, string> };
        request.hostname = request.hostname.replace(/^\d{12}\./, '');
        const { host } = request.headers;
        if (host !== undefined) request.headers['host'] = host.replace(/^\d{12}\./, '');
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    await list(client);
  });
});
