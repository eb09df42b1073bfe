/**
 * Goal: schedules make jobs as they promise, under every overlap policy, and nobody sees another account's. Method: the
 * schedule service, the workflows and Temporal's own scheduler on a real server; activities are replaced by ones that
 * behave as the test says.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { writeToken } from '../../api/jobs/list-token';
import { type NewSchedule, type ScheduleDetails, TemporalScheduleService } from '../../api/jobs/schedule-service';
import { TemporalJobs } from '../../api/temporal/jobs';
import { TemporalSchedules } from '../../api/temporal/schedules';
import { jobWorkflowId, temporalScheduleId } from '../../contracts/engine/naming';
import { temporalAddress } from '../support/addresses';
import { eventually } from '../support/eventually';
import { type Behaviour, scheduledWork, type Seen, template } from '../support/workflows/scheduled-work';
import { PLAN, REQUEST, startWorkflowRunner, type WorkflowRunner } from '../support/workflows/workflow-runner';

const NEVER = { Cron: ['0 0 30 2 *'] };

let runner: WorkflowRunner | undefined;
let connection: Connection;
let client: Client;
let prefix: string;
let account: string;
const created: [account: string, scheduleId: string][] = [];

beforeAll(async () => {
  connection = await Connection.connect({ address: temporalAddress() });
  client = new Client({ connection });
});

afterAll(() => connection.close());

beforeEach(() => {
  prefix = `test-${randomUUID()}`;
  account = String(randomInt(1e11, 1e12));
});

afterEach(async () => {
  for (const [owner, id] of created.splice(0)) {
    await client.schedule
      .getHandle(temporalScheduleId(owner, id))
      .delete()
      .catch(() => undefined);
  }
  await runner?.close();
  runner = undefined;
});

async function work(behaviour: Behaviour = {}): Promise<Seen> {
  const { seen, activities } = scheduledWork(behaviour);
  runner = await startWorkflowRunner(temporalAddress(), activities, { prefix });
  return seen;
}

/** As each API process makes it. */
function service(temporal: Client = client): TemporalScheduleService {
  return new TemporalScheduleService({
    gateway: new TemporalSchedules(temporal, prefix),
    jobs: jobs(),
    heartbeatTimeoutMs: 20_000,
    region: 'us-east-1',
    workspace: { bucket: 'workspace', prefix: 'jobs/' },
    notifyTargets: () => [],
  });
}

function jobs(): TemporalJobs {
  return new TemporalJobs(client, prefix);
}

async function create(scheduleId: string, more: Partial<NewSchedule> = {}) {
  created.push([account, scheduleId]);
  return service().create(account, { scheduleId, spec: NEVER, template: template(), plan: PLAN, ...more });
}

/** The description of a schedule once it is as wanted. */
function described(scheduleId: string, wanted: (details: ScheduleDetails) => boolean): Promise<ScheduleDetails> {
  return eventually(() => service().describe(account, scheduleId), wanted, 20_000);
}

async function startedJob(scheduleId: string): Promise<string> {
  const { run } = await service().runNow(account, scheduleId);
  if (run?.jobId === undefined) throw new Error(`no job: ${JSON.stringify(run)}`);
  return run.jobId;
}

async function statusOf(jobId: string): Promise<string | undefined> {
  return (await jobs().record(jobId))?.memo.snapshot?.status;
}

function reaches(jobId: string, status: string) {
  return eventually(
    () => statusOf(jobId),
    (present) => present === status,
  );
}

test('run now makes a job like any other, which the schedule shows', async () => {
  const seen = await work();
  const view = await create('nightly.tags_1', {
    spec: { Cron: ['0 2 * * *'], TimeZone: 'Europe/Berlin' },
    note: 'new',
  });
  expect(view).toMatchObject({
    scheduleId: 'nightly.tags_1',
    operation: 'S3PutObjectTagging',
    manifest: 'arn:aws:s3:::manifests/m.csv',
    spec: { Cron: ['0 2 * * *'], TimeZone: 'Europe/Berlin' },
    overlap: 'Skip',
    paused: false,
    note: 'new',
  });
  // Two in the morning in Berlin.
  expect(view.nextRunTimes[0]).toMatch(/T0[01]:00:00\.000Z$/);
  const jobId = await startedJob('nightly.tags_1');
  await reaches(jobId, 'Complete');
  expect(seen.requests).toEqual([
    {
      ...REQUEST,
      ClientRequestToken: jobId,
      Manifest: {
        Spec: REQUEST.Manifest!.Spec,
        Location: { ObjectArn: 'arn:aws:s3:::manifests/m.csv', ETag: 'etag of arn:aws:s3:::manifests/m.csv' },
      },
    },
  ]);
  const { records } = await eventually(
    () => jobs().list({ account, statuses: ['Complete'] }, 10),
    (page) => page.records.length === 1,
  );
  expect(records[0]).toMatchObject({ jobId, memo: { account, region: 'us-east-1', head: { priority: 10 } } });
  // Another API process knows as much.
  const other = await Connection.connect({ address: temporalAddress() });
  const details = await eventually(
    () => service(new Client({ connection: other })).describe(account, 'nightly.tags_1'),
    ({ runs }) => runs[0]?.endedAt !== undefined,
  );
  await other.close();
  expect(details.runs).toEqual([expect.objectContaining({ jobId, status: 'Complete' })]);
  expect(details).toMatchObject({ template: template(), runsTaken: 1, runsSkipped: 0, runsMissed: 0 });
});

test('fires when it is due; nothing while it is paused, no burst after; nothing once it is deleted', async () => {
  const seen = await work();
  await create('often', { spec: { EverySeconds: 1 }, overlap: 'AllowAll' });
  await described('often', ({ runs }) => runs.filter(({ status }) => status === 'Complete').length >= 2);
  const paused = await service().pause(account, 'often', 'lunch');
  expect(paused).toMatchObject({ paused: true, note: 'lunch', nextRunTimes: [] });
  const before = (await service().describe(account, 'often')).runsTaken;
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect((await service().describe(account, 'often')).runsTaken).toBe(before);
  expect(await service().resume(account, 'often')).toMatchObject({ paused: false, note: 'Resumed' });
  const resumedAt = Date.now();
  const { runsTaken } = await described('often', (details) => details.runsTaken > before);
  expect(runsTaken - before).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - resumedAt) / 1_000));
  await service().delete(account, 'often');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const ran = seen.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(seen.requests.length).toBe(ran);
  await expect(service().describe(account, 'often')).rejects.toMatchObject({ code: 'NoSuchSchedule' });
  // A new one of the same name does not show the runs of the old.
  await create('often');
  expect(await service().describe(account, 'often')).toMatchObject({ runs: [], runsTaken: 0 });
}, 60_000);

test('Skip leaves runs out while a job is going, and says so to who asks for one', async () => {
  const seen = await work({ endless: true });
  await create('long', { spec: { EverySeconds: 1 } });
  const { runs } = await described(
    'long',
    ({ runsSkipped, runs: [run] }) => runsSkipped >= 2 && run?.status === 'Active',
  );
  expect(seen.requests).toHaveLength(1);
  await expect(service().runNow(account, 'long')).rejects.toMatchObject({
    code: 'JobStatusException',
    message: expect.stringContaining(String(runs[0]?.jobId)),
  });
  await service().pause(account, 'long');
  // Cancelled by its owner, not by the schedule: the run has ended as well as the job.
  await jobs().signal(String(runs[0]?.jobId), 'cancel');
  const ended = await described('long', ({ runs: [run] }) => run?.endedAt !== undefined);
  expect(ended.runs).toEqual([expect.objectContaining({ jobId: runs[0]?.jobId, status: 'Cancelled' })]);
  expect(ended.runs[0]).not.toHaveProperty('failure');
});

test('BufferOne puts a run behind the one that is going', async () => {
  const seen = await work({ endless: true });
  await create('queue', { overlap: 'BufferOne' });
  const first = await startedJob('queue');
  await reaches(first, 'Active');
  expect(await service().runNow(account, 'queue')).toEqual({});
  expect(seen.requests).toHaveLength(1);
  // The job alone, past the run that waits for it.
  await client.workflow.getHandle(jobWorkflowId(first)).cancel();
  const { runs } = await described(
    'queue',
    (details) => details.runs[0]?.status === 'Active' && details.runs.length === 2,
  );
  expect(runs[1]).toMatchObject({ jobId: first, status: 'Cancelled' });
  expect(runs[1]).not.toHaveProperty('failure');
});

test('runs asked for one right after the other are as many', async () => {
  await work({ endless: true });
  await create('both', { overlap: 'AllowAll' });
  const ids = [await startedJob('both'), await startedJob('both'), await startedJob('both')];
  expect(new Set(ids).size).toBe(3);
  for (const jobId of ids) await jobs().signal(jobId, 'cancel');
  for (const jobId of ids) await reaches(jobId, 'Cancelled');
});

test.each(['CancelOther', 'TerminateOther'] as const)(
  '%s: the job of the former run ends with its report',
  async (overlap) => {
    const seen = await work({ endless: true });
    await create('latest', { overlap });
    const first = await startedJob('latest');
    // A job none of whose tasks ran has no report.
    await eventually(
      () => Promise.resolve(seen.batches),
      (batches) => batches > 0,
    );
    await service().runNow(account, 'latest');
    const { runs } = await described(
      'latest',
      (details) => details.runs[0]?.status === 'Active' && details.runs.length === 2,
    );
    await reaches(first, 'Cancelled');
    expect(seen.reports).toEqual([first]);
    expect(runs[0]?.jobId).not.toBe(first);
    if (overlap === 'TerminateOther') return;
    // The next run waits for the end of the first job, not for the word to end.
    expect(Date.parse(runs[0]!.startedAt)).toBeGreaterThanOrEqual(Date.parse(runs[1]!.endedAt!));
  },
);

test('a run without a manifest fails and names it; a job that fails gives the run its code', async () => {
  const missing = ApplicationFailure.nonRetryable(
    'There is no manifest arn:aws:s3:::manifests/m.csv',
    'ManifestNotFound',
  );
  await work({ resolve: () => Promise.reject(missing) });
  await create('missing');
  const { run } = await service().runNow(account, 'missing');
  expect(run).toMatchObject({
    status: 'Failed',
    failure: { code: 'ManifestNotFound', message: 'There is no manifest arn:aws:s3:::manifests/m.csv' },
  });
  expect(run).not.toHaveProperty('jobId');
  await runner?.close();
  const bad = ApplicationFailure.nonRetryable('Row 7 has one column', 'InvalidManifestContent');
  await work({ prepare: () => Promise.reject(bad) });
  await create('bad');
  const jobId = await startedJob('bad');
  const { runs } = await described('bad', (details) => details.runs[0]?.failure !== undefined);
  expect(runs).toEqual([
    expect.objectContaining({
      jobId,
      status: 'Failed',
      failure: { code: 'InvalidManifestContent', message: 'Row 7 has one column' },
    }),
  ]);
});

test('placeholders are the time that a run was due, not the time it began', async () => {
  const seen = await work();
  const ObjectArn = 'arn:aws:s3:::manifests/inventory/{yyyy}-{mm}-{dd}T{HH}/m.csv';
  await create('dated', {
    spec: { Cron: ['30 1 * * *'] },
    template: template({
      Manifest: { Spec: REQUEST.Manifest!.Spec, Location: { ObjectArn } },
      Report: { ...REQUEST.Report, Prefix: 'reports/{yyyy}/{mm}' },
    }),
  });
  const handle = client.schedule.getHandle(temporalScheduleId(account, 'dated'));
  await handle.backfill({
    start: new Date('2024-02-29T00:00:00Z'),
    end: new Date('2024-02-29T23:00:00Z'),
    overlap: 'ALLOW_ALL',
  });
  await eventually(
    () => Promise.resolve(seen.requests.length),
    (count) => count === 1,
  );
  const expanded = 'arn:aws:s3:::manifests/inventory/2024-02-29T01/m.csv';
  expect(seen.requests[0]).toMatchObject({
    Manifest: { Location: { ObjectArn: expanded, ETag: `etag of ${expanded}` } },
    Report: { Prefix: 'reports/2024/02' },
  });
  const { runs } = await described('dated', (details) => details.runs.length === 1);
  expect(runs[0]?.scheduledAt).toBe('2024-02-29T01:30:00.000Z');
});

test('accounts do not see each other; names are taken per account; pages', async () => {
  await create('mine', { paused: true, note: 'not yet' });
  const other = String(randomInt(1e11, 1e12));
  const calls = [
    () => service().describe(other, 'mine'),
    () => service().pause(other, 'mine'),
    () => service().resume(other, 'mine'),
    () => service().runNow(other, 'mine'),
    () => service().delete(other, 'mine'),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'NoSuchSchedule' });
  await expect(create('mine')).rejects.toMatchObject({ code: 'ScheduleAlreadyExists' });
  created.push([other, 'mine']);
  await service().create(other, { scheduleId: 'mine', spec: NEVER, template: template(), plan: PLAN });
  await create('second', { overlap: 'CancelOther' });
  const all = await eventually(
    () => service().list({ account, maxResults: 10 }),
    ({ schedules }) => schedules.length === 2,
  );
  expect(all.schedules).toEqual([
    expect.objectContaining({ scheduleId: 'second', overlap: 'CancelOther', paused: false }),
    expect.objectContaining({ scheduleId: 'mine', paused: true, note: 'not yet', operation: 'S3PutObjectTagging' }),
  ]);
  const first = await service().list({ account, maxResults: 1 });
  expect(first.schedules.map(({ scheduleId }) => scheduleId)).toEqual(['second']);
  const { nextToken } = first;
  const rest = await service().list({ account, maxResults: 1, nextToken });
  expect(rest.schedules.map(({ scheduleId }) => scheduleId)).toEqual(['mine']);
  await expect(service().list({ account: other, maxResults: 1, nextToken })).rejects.toMatchObject({
    code: 'InvalidNextTokenException',
  });
  // The description has the newest word at once.
  expect(await service().describe(other, 'mine')).toMatchObject({ paused: false, runs: [], runsTaken: 0 });
});

test.each([
  [{ Cron: ['61 * * * *'] }, /Minute is not in range/],
  [{ Cron: ['every day'] }, /CronString does not have 5-7 fields/],
  [{ Cron: ['0 0 * * *'], TimeZone: 'Mars/Phobos' }, /unknown time zone Mars\/Phobos/],
])('Temporal explains what is wrong with %j', async (spec, message) => {
  await expect(create('wrong', { spec })).rejects.toMatchObject({
    code: 'BadRequestException',
    message: expect.stringMatching(message),
  });
});

test('a job has the trace that was begun for it', async () => {
  const trace = { traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01` };
  const asked: unknown[] = [];
  await work({
    admit: (input) => {
      asked.push(input.jobId);
      return Promise.resolve({ pausedWithAll: false, trace });
    },
  });
  await create('traced');
  const jobId = await startedJob('traced');
  expect(asked).toEqual([jobId]);
  await reaches(jobId, 'Complete');
  const { events } = await client.workflow.getHandle(jobWorkflowId(jobId)).fetchHistory();
  const { header } = events![0]!.workflowExecutionStartedEventAttributes!;
  expect(JSON.parse(Buffer.from(header!.fields!['_tracer-data']!.data!).toString())).toEqual(trace);
});

test('a run that the account may not have any more fails, says why, and makes no job', async () => {
  const asked: unknown[] = [];
  const seen = await work({
    admit: (input) => {
      asked.push(input);
      return Promise.reject(ApplicationFailure.nonRetryable('not for this account', 'AccessDenied'));
    },
  });
  await create('taken', { template: template({ Priority: 7 }) });
  await service().runNow(account, 'taken');
  const { runs } = await described('taken', (details) => details.runs[0]?.failure !== undefined);
  expect(runs[0]).toMatchObject({
    status: 'Failed',
    failure: { code: 'AccessDenied', message: 'not for this account' },
  });
  expect(asked).toEqual([{ account, roleArn: REQUEST.RoleArn, priority: 7, jobId: expect.any(String) }]);
  expect(seen.requests).toEqual([]);
});

test('a token that somebody made is refused as such', async () => {
  await create('listed');
  const nextToken = writeToken(Buffer.from('{"StartTime":"x","RunID":7}'), {
    account: `schedules of ${account}`,
    statuses: [],
  });
  await expect(service().list({ account, maxResults: 1, nextToken })).rejects.toMatchObject({
    code: 'InvalidNextTokenException',
  });
});
