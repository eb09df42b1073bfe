/**
 * Goal: handlers with the types of aws-lambda-go, and those of Powertools for AWS Lambda (Python), read what Drover sends, and
 * Drover what they answer. Method: a webhook passes each request on to a real program, built or run with the pinned library,
 * whose answer says what it has read.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userEnvironment } from '../../../config/dev';
import { buildGo } from '../../support/go-client';
import { type HttpStoreStub, startHttpStoreStub } from '../../support/servers/http-store-stub';
import { powertoolsPython, testStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { startDrover, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';
import { runProgram } from '../../support/stack/run-command';

const HANDLERS = join(__dirname, '..', '..', 'support', 'handlers');
const KEYS = ['a+b%2Fc', 'plain'];

/** The program that the webhook passes its requests on to. */
let program: readonly [file: string, ...args: string[]];
let webhook: HttpStoreStub;
let drover: TestDrover;
let buckets: Buckets;
let source: string;

beforeAll(async () => {
  webhook = await startHttpStoreStub((response, { body }) => {
    const [file, ...args] = program;
    void runProgram(file, [...args, body.toString()], userEnvironment()).then(
      ({ exitCode, stdout, stderr }) => response.writeHead(exitCode === 0 ? 200 : 400).end(stdout + stderr),
      (error: Error) => response.writeHead(400).end(error.message),
    );
  });
  drover = await startDrover({
    DROVER_HTTP_INVOKE_URL: webhook.endpoint,
    DROVER_HTTP_INVOKE_SECRET: 'whsec_ZHJvdmVyLWRldg==',
  });
  buckets = new Buckets(testStack().s3Endpoint);
  source = drover.config.workspace.bucket.replace('workspace-', 'handled-');
  await buckets.create(drover.config.workspace.bucket, source);
  await buckets.put(source, 'manifest.csv', plainManifest(source, KEYS));
});

afterAll(async () => {
  await drover?.close();
  buckets?.close();
  await webhook?.close();
});

/** The rows of a job with these parameters, in the order of their keys; of their messages, the job's id is left out. */
async function rowsOf(parameters: Readonly<Record<string, unknown>>): Promise<string[]> {
  const { jobId } = await drover.api.createJob(
    jobRequest({
      manifest: `${source}/manifest.csv`,
      operation: { HttpInvoke: { Url: webhook.endpoint, ...parameters } },
      report: source,
    }),
  );
  await drover.reaches(jobId, 'Complete');
  const { rows } = await readReport(buckets, source, reportFolder(jobId));
  return [...rows]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ taskStatus, message }) => `${taskStatus}: ${message.replace(jobId, 'JOB').trim()}`);
}

const NEWER = { InvocationSchemaVersion: '2.0', UserArguments: { width: '640' } };

test('aws-lambda-go, which refuses what it does not know', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drover-go-handler-'));
  try {
    program = [join(folder, 'handler')];
    await buildGo(join(HANDLERS, 'go'), program[0]);
    const older = KEYS.map((key) => `succeeded: JOB arn:aws:s3:::${source} ${key}`);
    expect(await rowsOf({})).toEqual(older);
    expect(await rowsOf({ TasksPerInvocation: 10 })).toEqual(older);
    const newer = KEYS.map((key) => `succeeded: JOB ${source} ${key}  640`);
    expect(await rowsOf(NEWER)).toEqual(newer);
    expect(await rowsOf({ ...NEWER, TasksPerInvocation: 10 })).toEqual(newer);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 400_000);

test('Powertools for AWS Lambda, which decodes keys, and reads the first task only', async () => {
  program = [await powertoolsPython(), join(HANDLERS, 'powertools.py')];
  expect(await rowsOf({})).toEqual(['a b/c', 'plain'].map((key) => `succeeded: JOB ${source} ${key}`));
  expect(await rowsOf(NEWER)).toEqual(['a b/c', 'plain'].map((key) => `succeeded: JOB ${source} ${key}  640`));
  expect(await rowsOf({ TasksPerInvocation: 10 })).toEqual([
    `succeeded: JOB ${source} a b/c`,
    'failed: The webhook returned no result for this task, one of 2 in the request: treatMissingKeysAs Succeeded counts with TrustMissingResults only',
  ]);
});
