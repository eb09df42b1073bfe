/**
 * Goal: a round of cleaning removes what no job needs any more, and nothing else. Method: jobs that have ended well, with a failure,
 * and not at all, one that nobody knows, and manifests that were sent to the API; all older than what is kept, which is nothing.
 */
import { createHash, randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import type { CleanedWorkspace } from '../../../contracts/engine/activities';
import { cleaningId, jobsQueue, WORKFLOW_TYPES } from '../../../contracts/engine/naming';
import { scheduleCleaning } from '../../../worker/cleaning-schedule';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest } from '../../support/stack/jobs';

let drover: TestDrover;
let buckets: Buckets;
let herd: string;

beforeAll(async () => {
  ({
    drover,
    buckets,
    names: { herd },
  } = await startDroverOnBuckets(['herd'], {}, 1));
  await buckets.putMany(herd, ['a', 'b']);
});

afterAll(() => drover?.close());

const prefix = () => drover.config.workspace.prefix;

async function clean(): Promise<CleanedWorkspace> {
  const taskQueue = jobsQueue(drover.config.temporal.taskQueue);
  // The store tells the times of objects in whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const workflowId = `${cleaningId(taskQueue)}-${randomUUID()}`;
  return drover.temporal.workflow.execute(WORKFLOW_TYPES.cleaning, { workflowId, taskQueue, args: [] });
}

async function startTagging(manifest: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const operation = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };
  const request = jobRequest({ manifest, operation, report: herd, more: { RoleArn: drover.role, ...more } });
  return (await drover.api.createJob(request)).jobId;
}

async function send(rows: string): Promise<string> {
  const sha256 = createHash('sha256').update(rows).digest('hex');
  const body = (async function* () {
    yield Buffer.from(rows);
  })();
  const { ObjectArn } = await drover.api.putManifest(body, sha256);
  return ObjectArn.replace('arn:aws:s3:::', '');
}

/** What is left in the workspace: folders, by the names that were given to them. */
async function left(): Promise<ReadonlySet<string>> {
  const keys = await buckets.list(drover.config.workspace.bucket, prefix());
  return new Set(keys.map(({ key }) => key.slice(prefix().length).split('/')[0] ?? ''));
}

async function sent(): Promise<readonly string[]> {
  const keys = await buckets.list(drover.config.workspace.bucket, `${prefix()}manifests/`);
  return keys.map(({ key }) => key);
}

test('what ended well goes; what runs, failed, or may be needed for another reason stays', async () => {
  const { bucket } = drover.config.workspace;
  await buckets.put(herd, 'good.csv', plainManifest(herd, ['a', 'b']));
  await buckets.put(herd, 'bad.csv', plainManifest(herd, ['a', 'missing']));
  const [used, unused] = [await send(plainManifest(herd, ['a'])), await send(plainManifest(herd, ['b']))];
  const good = await startTagging(`${herd}/good.csv`);
  const bad = await startTagging(`${herd}/bad.csv`);
  const waiting = await startTagging(used, { ConfirmationRequired: true });
  await drover.reaches(good, 'Complete');
  await drover.reaches(bad, 'Complete');
  await drover.reaches(waiting, 'Suspended');
  const [unknown, withUpload] = [randomUUID(), randomUUID()];
  await buckets.put(bucket, `${prefix()}${unknown}/parts/000000000.part`, 'rows');
  await buckets.put(bucket, `${prefix()}${withUpload}/uploads/000000000/0.json`, '{}');
  await buckets.put(bucket, `${prefix()}notes/of-somebody.txt`, 'not a job');

  expect(await clean()).toMatchObject({ folders: 2, manifests: 1 });
  const kept = await left();
  expect([bad, waiting, withUpload, 'notes'].filter((name) => !kept.has(name))).toEqual([]);
  expect([good, unknown].filter((name) => kept.has(name))).toEqual([]);
  expect(await sent()).toEqual(expect.arrayContaining([expect.stringContaining(used.split('/').at(-1)!)]));
  expect(await sent()).not.toContainEqual(expect.stringContaining(unused.split('/').at(-1)!));

  // What is left is all there: the job goes on, and the other is retried.
  await drover.api.change(waiting, 'confirm');
  await drover.reaches(waiting, 'Complete');
  const retry = await drover.api.retryJob(bad);
  expect(await drover.reaches(retry.jobId, 'Complete')).toMatchObject({ progress: { totalTasks: 1, failed: 1 } });
  // The rows of the other are in its report, and nowhere else.
  expect((await drover.api.describeJob(good)).status).toBe('Complete');
  const Source = { FromJob: { JobId: good, Rows: 'all' } };
  const { Manifest: _none, ...request } = jobRequest({ manifest: '', operation: { S3DeleteObject: {} }, report: herd });
  const { jobId } = await drover.api.createJob({ ...request, Source });
  expect(await drover.reaches(jobId, 'Failed')).toMatchObject({
    failureReasons: [{ FailureCode: 'ManifestNotFound', FailureReason: expect.stringContaining('have been removed') }],
  });
  expect((await buckets.list(herd)).map(({ key }) => key)).toEqual(expect.arrayContaining(['a', 'b']));

  expect(await clean()).toMatchObject({ manifests: 1 });
  expect(await sent()).toEqual([]);
  await buckets.put(bucket, `${prefix()}cleaned-by.txt`, 'another installation');
  await expect(clean()).rejects.toMatchObject({ cause: { cause: { type: 'InvalidConfiguration' } } });
}, 120_000);

test('the schedule is there while the configuration asks for it', async () => {
  const connection = await NativeConnection.connect({ address: drover.config.temporal.address });
  try {
    const handle = drover.temporal.schedule.getHandle(cleaningId(jobsQueue(drover.config.temporal.taskQueue)));
    await scheduleCleaning(connection, drover.config);
    await scheduleCleaning(connection, drover.config);
    expect((await handle.describe()).spec.intervals).toEqual([expect.objectContaining({ every: 86_400_000 })]);
    const { keepMs: _off, ...workspace } = drover.config.workspace;
    await scheduleCleaning(connection, { ...drover.config, workspace });
    await scheduleCleaning(connection, { ...drover.config, workspace });
    await expect(handle.describe()).rejects.toThrow(/not found/i);
  } finally {
    await connection.close();
  }
});
