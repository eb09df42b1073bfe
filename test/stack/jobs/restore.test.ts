/**
 * Goal: a restore job tells the truth about when objects can be read. Method: moto, whose archives refuse to be read until a
 * restore has taken its time, here some seconds.
 */
import { isTerminal } from '../../../contracts/engine/lifecycle';
import type { JobOperation } from '../../../contracts/job';
import { type StartedServer, startMoto } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { startDrover, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

/**
 * moto's clock of an object starts when it is put: before this many seconds a restore is over at once. After them the first
 * look at a requested restore finds it under way, for as long again.
 */
const RESTORE_SECONDS = 4;
const ARCHIVES = { waited: ['a', 'b', 'c'], home: ['a', 'b'], asked: ['a', 'b'], late: ['a', 'b'] };

let moto: StartedServer;
let drover: TestDrover;
let buckets: Buckets;

beforeAll(async () => {
  moto = await startMoto();
  await fetch(`${moto.url}/moto-api/state-manager/set-transition`, {
    method: 'POST',
    body: JSON.stringify({
      model_name: 's3::keyrestore',
      transition: { progression: 'time', seconds: RESTORE_SECONDS },
    }),
  });
  drover = await startDrover({ DROVER_S3_ENDPOINT: moto.url });
  buckets = new Buckets(moto.url);
  await buckets.create(drover.config.workspace.bucket, 'archive', 'home', 'reports');
  for (const key of Object.keys(ARCHIVES).flatMap((folder) => keysOf(folder as keyof typeof ARCHIVES))) {
    await buckets.put('archive', key, key, { StorageClass: 'GLACIER' });
  }
  await new Promise((resolve) => setTimeout(resolve, RESTORE_SECONDS * 1_000 + 200));
});

afterAll(async () => {
  await drover?.close();
  buckets?.close();
  await moto?.stop();
});

function keysOf(folder: keyof typeof ARCHIVES): string[] {
  return ARCHIVES[folder].map((name) => `${folder}/${name}`);
}

function restoreJob(folder: string, keys: readonly string[], parameters: Readonly<Record<string, unknown>>) {
  return archiveJob(folder, keys, { S3InitiateRestoreObject: { ...TWO_DAYS, ...parameters } });
}

const TWO_DAYS = { ExpirationInDays: 2, GlacierJobTier: 'STANDARD' };

async function archiveJob(folder: string, keys: readonly string[], operation: JobOperation, more = {}) {
  const manifest = `${folder}/manifest.csv`;
  await buckets.put('archive', manifest, plainManifest('archive', keys));
  const { jobId } = await drover.api.createJob(
    jobRequest({
      manifest: `archive/${manifest}`,
      operation,
      report: 'reports',
      more,
    }),
  );
  return jobId;
}

/** Reading is what counts; the header is what the store says of it. */
async function isReadable(key: string): Promise<boolean> {
  const { Restore } = await buckets.head('archive', key);
  if (!Restore?.includes('ongoing-request="false"')) return false;
  return (await buckets.get('archive', key)).toString() === key;
}

test('waits until every object can be read, and says so meanwhile', async () => {
  const keys = keysOf('waited');
  const plain = 'waited/never-archived';
  await buckets.put('archive', plain, plain);
  const started = Date.now();
  const jobId = await restoreJob('waited', [...keys, plain, 'waited/missing'], {
    WaitUntilRestored: true,
    RestorePollSeconds: 1,
  });
  const watched: string[] = [];
  let job = await drover.api.describeJob(jobId);
  while (!isTerminal(job.status)) {
    watched.push(`${job.status} ${job.progress.pending} ${job.waitingFor ?? ''}`.trim());
    await new Promise((resolve) => setTimeout(resolve, 200));
    job = await drover.api.describeJob(jobId);
  }
  expect(job).toMatchObject({ status: 'Complete', progress: { totalTasks: 5, succeeded: 3, failed: 2, pending: 0 } });
  expect(await Promise.all(keys.map(isReadable))).toEqual([true, true, true]);
  expect(Date.now() - started).toBeGreaterThan(RESTORE_SECONDS * 1_000);
  expect(watched).toContainEqual(expect.stringMatching(/^Active 3 restore: 3 of 5 objects, next look \d\d:\d\d UTC$/));
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  expect(rows.map(({ key, taskStatus, errorCode }) => `${key} ${taskStatus} ${errorCode}`.trim()).sort()).toEqual(
    [
      ...keys.map((key) => `${key} succeeded`),
      `${plain} failed InvalidObjectState`,
      'waited/missing failed NoSuchKey',
    ].sort(),
  );
});

test('a pipeline restores at a rate, and goes on with each object when it can be read', async () => {
  const keys = keysOf('home');
  const Steps = [
    { S3InitiateRestoreObject: { ...TWO_DAYS, WaitUntilRestored: true, RestorePollSeconds: 1 } },
    { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::home' } },
    { S3PutObjectTagging: { TagSet: [{ Key: 'from', Value: 'archive' }] } },
  ];
  const Limits = { Restores: { STANDARD: { RequestsPerSecond: 100, BytesPerDay: 1_000_000_000_000 } } };
  const jobId = await archiveJob('home', keys, { Pipeline: { Steps } }, { Limits });
  const job = await drover.reaches(jobId, 'Complete');
  expect(job.progress).toMatchObject({ totalTasks: 2, succeeded: 2, failed: 0, pending: 0 });
  for (const key of keys) expect((await buckets.get('home', key)).toString()).toBe(key);
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  expect(rows.map(({ key, taskStatus }) => `${key} ${taskStatus}`).sort()).toEqual(
    keys.map((key) => `${key} succeeded`),
  );
});

test('without the wait, an accepted request is a success, long before the object can be read', async () => {
  const keys = keysOf('asked');
  const jobId = await restoreJob('asked', keys, {});
  const job = await drover.reaches(jobId, 'Complete');
  expect(job.progress).toMatchObject({ succeeded: 2, failed: 0 });
  expect(await isReadable(keys[1]!)).toBe(false);
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  expect(rows.map(({ taskStatus, message }) => `${taskStatus} ${message}`)).toEqual([
    'succeeded Successful',
    'succeeded Successful',
  ]);
});

test('a restore that takes longer than allowed is a failed task', async () => {
  const keys = keysOf('late');
  const jobId = await restoreJob('late', keys, {
    WaitUntilRestored: true,
    RestorePollSeconds: 1,
    RestoreTimeoutHours: 2 / 3_600,
  });
  const job = await drover.reaches(jobId, 'Complete');
  expect(job.progress).toMatchObject({ succeeded: 0, failed: 2, pending: 0 });
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  expect(rows.map(({ errorCode }) => errorCode)).toEqual(['RestoreTimedOut', 'RestoreTimedOut']);
});
