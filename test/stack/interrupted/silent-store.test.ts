/**
 * Goal: a store that takes requests and answers none is seen, and holds up neither pause nor cancel. Method: a SeaweedFS of this
 * test's own is stopped (SIGSTOP) in the middle of two jobs, which are looked at as people do, paused, cancelled, and gone on with.
 */
import { ApiError, type Job } from '../../../cli/api-client';
import { MESSAGES } from '../../../contracts/engine/messages';
import { jobWorkflowId } from '../../../contracts/engine/naming';
import type { JobSnapshot } from '../../../contracts/job';
import { eventually } from '../../support/eventually';
import { type KillableStore, startKillableStore } from '../../support/servers/killable-store';
import { Buckets } from '../../support/stack/buckets';
import { startDrover, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';
import { runDroverCli } from '../../support/stack/run-command';

const KEYS = Array.from({ length: 1_500 }, (_, index) => `cow-${String(index).padStart(5, '0')}`);
/** Long enough to be met in the middle. */
const LIMITS = { TasksPerSecond: 60 };

let store: KillableStore;
let drover: TestDrover;
let buckets: Buckets;

beforeAll(async () => {
  store = await startKillableStore();
  drover = await startDrover({ DROVER_S3_ENDPOINT: store.url, DROVER_WORKSPACE_BUCKET: 'workspace' });
  buckets = new Buckets(store.url);
  await buckets.create('workspace', 'herd', 'reports', 'paused', 'cancelled');
  await buckets.putMany('herd', KEYS);
  await buckets.put('herd', 'all.csv', plainManifest('herd', KEYS));
}, 120_000);

afterAll(async () => {
  store?.thaw();
  await drover?.close();
  buckets?.close();
  await store?.close();
});

function requestOf(target: string) {
  const operation = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${target}` } };
  const more = { Limits: LIMITS };
  return jobRequest({ manifest: 'herd/all.csv', operation, more, report: 'reports' });
}

async function begun(target: string): Promise<string> {
  const { jobId } = await drover.api.createJob(requestOf(target));
  await until(jobId, ({ progress }) => progress.succeeded > 20);
  return jobId;
}

function until(jobId: string, wanted: (job: Job) => boolean, timeoutMs = 60_000): Promise<Job> {
  return eventually(() => drover.api.describeJob(jobId), wanted, timeoutMs);
}

/** Milliseconds until the job has all its batches back. */
async function timeToStop(jobId: string, change: 'pause' | 'cancel'): Promise<number> {
  const askedMs = performance.now();
  await drover.api.change(jobId, change);
  await eventually(
    () => drover.temporal.workflow.getHandle(jobWorkflowId(jobId)).query<JobSnapshot>(MESSAGES.snapshot),
    ({ chunksInFlight }) => chunksInFlight.length === 0,
  );
  return performance.now() - askedMs;
}

test('a store that hangs is named, refuses new jobs in time, and holds up neither pause nor cancel', async () => {
  const [paused, cancelled] = await Promise.all([begun('paused'), begun('cancelled')]);
  store.freeze();
  const hung = `the store default (${store.url}, us-east-1): no answer since `;
  const job = await until(paused, ({ waitingFor }) => waitingFor !== undefined, 20_000);
  expect(job.status).toBe('Active');
  expect(job.waitingFor).toContain(hung);
  expect(job.waitingFor).toMatch(/ since \d{4}-\d\d-\d\dT\S+Z \((?:CopyObject|PutObject), bucket \S+\)$/);
  const { stdout } = await runDroverCli(drover.apiUrl, ['describe', paused]);
  expect(stdout.replace(/\s+/g, ' ')).toContain(hung);
  const details = await eventually(
    () => currentDetails(paused),
    (text) => text.includes('Waiting for'),
    5_000,
  );
  expect(details).toContain(hung);

  const askedMs = performance.now();
  const refusal = await drover.api.createJob(requestOf('paused')).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ApiError);
  expect(refusal).toMatchObject({ code: 'StoreUnreachable', message: expect.stringContaining(store.url) });
  expect(performance.now() - askedMs).toBeLessThan(30_000);

  const [pauseMs, cancelMs] = await Promise.all([timeToStop(paused, 'pause'), timeToStop(cancelled, 'cancel')]);
  expect(pauseMs).toBeLessThan(5_000);
  expect(cancelMs).toBeLessThan(5_000);
  expect((await drover.api.describeJob(paused)).status).toBe('Paused');
  // At once, before the store is known to be silent for this.
  expect((await drover.api.describeJob(cancelled)).waitingFor).toContain('no task runs any more');
  // It owes a report, and says what that waits for.
  const owing = await until(cancelled, ({ waitingFor }) => waitingFor?.includes(hung) === true, 20_000);
  expect(owing.status).toBe('Cancelling');

  store.thaw();
  const ended = await drover.reaches(cancelled, 'Cancelled');
  const { rows } = await readReport(buckets, 'reports', reportFolder(cancelled));
  expect(rows).toHaveLength(ended.progress.succeeded);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  await drover.api.setLimits(paused, {});
  await drover.api.change(paused, 'resume');
  await drover.reaches(paused, 'Complete');
  const report = await readReport(buckets, 'reports', reportFolder(paused));
  const seen = report.rows.map(({ key, taskStatus }) => `${key} ${taskStatus}`).sort();
  expect(seen).toEqual(KEYS.map((key) => `${key} succeeded`));
  expect(await currentDetails(paused)).not.toContain('no answer since');
}, 240_000);

async function currentDetails(jobId: string): Promise<string> {
  const handle = drover.temporal.workflow.getHandle(jobWorkflowId(jobId));
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}
