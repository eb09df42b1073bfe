/**
 * Goal: the ways round the account id in the host name that docs/use/clients.md gives lead to Drover. Method: each way with the
 * client it is for, as it stands there. (The region `snow`, and the hook for boto3, are what official-clients.test.ts uses.)
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListJobsCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import {
  awsCli,
  awsClientEnvironment,
  boto3Python,
  TEST_ACCESS_KEY,
  TEST_SECRET_KEY,
} from '../../support/servers/stack';
import { startDrover, type TestDrover } from '../../support/stack/drover';
import { runProgram } from '../../support/stack/run-command';

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

/** It fails, for there is no such manifest; what it was asked for can be read all the same. */
function jobXml(role: string): string {
  return `<CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">
  <ClientRequestToken>own-members</ClientRequestToken>
  <Priority>10</Priority>
  <RoleArn>${role}</RoleArn>
  <Operation>
    <S3PutObjectTagging><TagSet/></S3PutObjectTagging>
    <When>
      <OlderThanDays>0.5</OlderThanDays>
      <MatchAllTags><member><Key>keep</Key><Value>no</Value></member></MatchAllTags>
    </When>
  </Operation>
  <Manifest>
    <Spec>
      <Format>S3BatchOperations_CSV_20180820</Format>
      <Fields><member>Bucket</member><member>Key</member></Fields>
    </Spec>
    <Location><ObjectArn>arn:aws:s3:::no-such-bucket/manifest.csv</ObjectArn><ETag>e</ETag></Location>
  </Manifest>
  <Report><Enabled>false</Enabled></Report>
</CreateJobRequest>`;
}

/** Posts the XML of a file, signed by botocore. */
const POST_XML = `
import sys, urllib.request
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

url, account, xml = sys.argv[1:]
headers = {'Content-Type': 'application/xml', 'x-amz-account-id': account}
request = AWSRequest(method='POST', url=url + '/v20180820/jobs', data=xml.encode(), headers=headers)
SigV4Auth(Session().get_credentials(), 's3', 'us-east-1').add_auth(request)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
print(opener.open(urllib.request.Request(request.url, request.data, dict(request.headers))).read().decode())
`;

// The last one: those above see no jobs.
test('XML that any tool has signed sends what the CLI and boto3 do not know, and they read such jobs', async () => {
  const posted = await runProgram(
    await boto3Python(),
    ['-c', POST_XML, drover.apiUrl, drover.account, jobXml(drover.role)],
    awsClientEnvironment(),
  );
  const jobId = /<JobId>([^<]+)/.exec(posted.stdout)?.[1];
  expect([posted.stderr, posted.stdout, jobId]).toEqual([
    '',
    expect.stringContaining('CreateJobResult'),
    expect.any(String),
  ]);
  const endpoint = ['--region', 'snow', '--endpoint-url', drover.apiUrl, '--account-id', drover.account];
  const described = await runProgram(
    await awsCli(),
    ['s3control', 'describe-job', '--job-id', jobId ?? '', ...endpoint, '--output', 'json'],
    awsClientEnvironment(),
  );
  expect(described.stderr).toBe('');
  expect(JSON.parse(described.stdout)).toMatchObject({
    Job: { JobId: jobId, Operation: { S3PutObjectTagging: {} } },
  });
  const script = [
    'import boto3, sys',
    "jobs = boto3.client('s3control', region_name='snow', endpoint_url=sys.argv[1])",
    "print(jobs.describe_job(AccountId=sys.argv[2], JobId=sys.argv[3])['Job']['Operation'])",
  ].join('\n');
  const python = ['-c', script, drover.apiUrl, drover.account, jobId ?? ''];
  const read = await runProgram(await boto3Python(), python, awsClientEnvironment());
  expect([read.stderr, read.stdout.trim()]).toEqual(['', "{'S3PutObjectTagging': {'TagSet': []}}"]);
});
