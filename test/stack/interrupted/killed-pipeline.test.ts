/**
 * Goal: pipelines that delete lose nothing and report nothing wrong when their workers are killed: what a former attempt has done
 * is no failure. Method: two jobs at a time on a real stack, workers killed with SIGKILL; then the reports and all objects are
 * compared with the manifests.
 */
import { ApiClient } from '../../../cli/api-client';
import { eventually } from '../../support/eventually';
import { type DroverStack, startDroverStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { jobRequest, plainManifest, reaches, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

const KEYS = Array.from({ length: 3_000 }, (_, index) => `herd/${index % 50}/cow-${String(index).padStart(5, '0')}`);
const archive = { TargetResource: 'arn:aws:s3:::archive' };

let stack: DroverStack;
let buckets: Buckets;
let api: ApiClient;

beforeAll(async () => {
  stack = await startDroverStack({ workers: 2 });
  api = new ApiClient({ apiUrl: stack.apiUrl });
  buckets = new Buckets(stack.s3Endpoint);
  await buckets.create('moved', 'removed', 'archive', 'reports');
  for (const bucket of ['moved', 'removed']) {
    await buckets.putMany(bucket, KEYS);
    await buckets.put(bucket, 'manifest.csv', plainManifest(bucket, KEYS));
  }
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  buckets?.close();
});

async function start(bucket: string, operation: Readonly<Record<string, unknown>>): Promise<string> {
  const { jobId } = await api.createJob(
    jobRequest({ manifest: `${bucket}/manifest.csv`, operation, report: 'reports' }),
  );
  return jobId;
}

/** As soon as both jobs together have done so many tasks, and while they still run. */
async function killAt(tasks: number, jobs: readonly string[], worker: string): Promise<void> {
  const told = await eventually(
    () => Promise.all(jobs.map((jobId) => api.describeJob(jobId))),
    (shown) => shown.reduce((sum, { progress }) => sum + progress.succeeded + progress.failed, 0) >= tasks,
    90_000,
  );
  expect(told.map(({ status }) => status)).toContain('Active');
  const pid = stack.pidOf(worker);
  if (pid === undefined) throw new Error(`${worker} does not run`);
  process.kill(pid, 'SIGKILL');
}

async function expectOnlySuccess(jobId: string): Promise<void> {
  const job = await reaches(api, jobId, 'Complete', 150_000);
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  expect(rows.filter(({ taskStatus }) => taskStatus !== 'succeeded')).toEqual([]);
  expect(rows.map(({ key }) => key).sort()).toEqual([...KEYS].sort());
  expect(job.progress).toMatchObject({ totalTasks: KEYS.length, succeeded: KEYS.length, failed: 0 });
}

test('copied, compared, deleted; tagged and deleted under a condition that the tags end: workers killed three times', async () => {
  const moved = await start('moved', {
    Pipeline: {
      Steps: [
        { S3PutObjectCopy: archive },
        { S3VerifyObject: { Against: archive }, AppliesTo: 'Source' },
        { S3DeleteObject: {}, AppliesTo: 'Source' },
      ],
    },
  });
  const removed = await start('removed', {
    Pipeline: { Steps: [{ S3PutObjectTagging: { TagSet: [{ Key: 'last', Value: 'yes' }] } }, { S3DeleteObject: {} }] },
    When: { Not: { MatchAllTags: [{ Key: 'last', Value: 'yes' }] } },
  });
  await killAt(500, [moved, removed], 'worker-1');
  await killAt(1_500, [moved, removed], 'worker-2');
  await killAt(3_000, [moved, removed], 'worker-1');
  await expectOnlySuccess(moved);
  await expectOnlySuccess(removed);
  expect((await buckets.list('archive')).map(({ key }) => key)).toEqual([...KEYS].sort());
  for (const bucket of ['moved', 'removed']) {
    expect((await buckets.list(bucket)).map(({ key }) => key)).toEqual(['manifest.csv']);
  }
  expect(stack.output().match(/^worker-1 ended \(SIGKILL\); starting it again/gm)).toHaveLength(2);
}, 300_000);
