/**
 * Goal: all jobs of an account stand still while they are paused together, those that come meanwhile included, and go on as they
 * were. Method: the services of the API on a real Temporal server with real workflows; batches last until they are told to stop.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { TemporalJobService } from '../../api/jobs/job-service';
import { PauseService } from '../../api/jobs/pause-service';
import { TemporalJobs } from '../../api/temporal/jobs';
import { TemporalPauses } from '../../api/temporal/pauses';
import type { Activities, BatchResult } from '../../contracts/engine/activities';
import { jobsQueue, pauseAllWorkflowId } from '../../contracts/engine/naming';
import type { JobRequest, JobSnapshot } from '../../contracts/job';
import { temporalAddress } from '../support/addresses';
import { eventually } from '../support/eventually';
import {
  easyActivities,
  PLAN,
  REQUEST,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../support/workflows/workflow-runner';

const prefix = `test-${randomUUID()}`;
const account = String(randomInt(1e11, 1e12));
const other = String(randomInt(1e11, 1e12));
let runner: WorkflowRunner;
let client: Client;
let jobs: TemporalJobService;
let pauses: PauseService;
let released = false;
/** Manifests that are read, and batches that run, by job. */
const busy = new Map<string, number>();
const manifestsRead: string[] = [];

async function lasting<T>(jobId: string, result: () => T, handBack: () => T): Promise<T> {
  const context = Context.current();
  const count = (by: number): unknown => busy.set(jobId, (busy.get(jobId) ?? 0) + by);
  const beat = setInterval(() => context.heartbeat(), 50);
  count(1);
  try {
    while (!released) await context.sleep(100);
    return result();
  } catch {
    return handBack();
  } finally {
    clearInterval(beat);
    count(-1);
  }
}

function activities(): Activities {
  const tally = (succeeded: number) => ({ succeeded, failed: 0, pending: 0 });
  return {
    ...easyActivities(2),
    prepareManifest: async ({ jobId, request }) => {
      manifestsRead.push(jobId);
      const plan = { totalTasks: 2_000, batches: 2 };
      if (request.Description !== 'slow manifest') return plan;
      return lasting(
        jobId,
        () => plan,
        () => {
          throw Context.current().cancellationSignal.reason;
        },
      );
    },
    runBatch: ({ jobId }) =>
      lasting<BatchResult>(
        jobId,
        () => ({ status: 'done', tally: tally(1_000) }),
        () => ({ status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally: tally(10) } }),
      ),
  };
}

beforeAll(async () => {
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
  runner = await startWorkflowRunner(temporalAddress(), activities(), { client, prefix });
  const gateway = new TemporalPauses(client, prefix);
  pauses = new PauseService(gateway);
  jobs = new TemporalJobService({
    gateway: new TemporalJobs(client, prefix),
    pauses: gateway,
    flushedTally: () => Promise.resolve(undefined),
    heartbeatTimeoutMs: 20_000,
    region: 'us-east-1',
    workspace: { bucket: 'workspace', prefix: 'jobs/' },
    notifyTargets: () => [],
  });
});

afterAll(async () => {
  released = true;
  await client.workflow
    .getHandle(pauseAllWorkflowId(jobsQueue(prefix), account))
    .terminate()
    .catch(() => undefined);
  await runner.close();
  await client.connection.close();
});

async function job(of = account, more: Partial<JobRequest> = {}): Promise<string> {
  const request = { ...REQUEST, ClientRequestToken: randomUUID(), ...more };
  return (await jobs.createJob(of, { request, plan: PLAN })).jobId;
}

function shows(jobId: string, wanted: Partial<JobSnapshot>, of = account): Promise<unknown> {
  const isSo = ({ snapshot }: { readonly snapshot: JobSnapshot }): boolean =>
    Object.entries(wanted).every(([name, value]) => snapshot[name as keyof JobSnapshot] === value);
  return eventually(() => jobs.describeJob(of, jobId), isSo, 30_000);
}

const BY_ALL = { status: 'Paused', pausedBy: 'all' } as const;
const BY_USER = { status: 'Paused', pausedBy: 'user' } as const;

test('all jobs stand still, new ones wait before their first request, and each goes on as it was', async () => {
  const running = await job();
  const alone = await job();
  const preparing = await job(account, { Description: 'slow manifest' });
  const ofOther = await job(other);
  await Promise.all([shows(running, { status: 'Active' }), shows(alone, { status: 'Active' })]);
  await shows(ofOther, { status: 'Active' }, other);
  await jobs.pause(account, alone);
  await eventually(
    () => Promise.resolve(busy.get(preparing)),
    (count) => count === 1,
  );

  const told = await pauses.pause(account, 'the store is moved');
  expect(told).toMatchObject({ paused: true, reason: 'the store is moved' });
  const late = await job();
  await Promise.all([shows(running, BY_ALL), shows(late, { waitingFor: 'resume of all jobs: drover resume --all' })]);
  await shows(preparing, { status: 'Preparing', waitingFor: 'resume of all jobs: drover resume --all' });
  await shows(alone, BY_USER);
  await eventually(
    () => pauses.show(account),
    ({ jobsAtWork }) => jobsAtWork === 0,
  );
  expect([running, alone, preparing, late].map((jobId) => busy.get(jobId) ?? 0)).toEqual([0, 0, 0, 0]);
  expect(manifestsRead).not.toContain(late);
  expect(busy.get(ofOther)).toBeGreaterThan(0);

  // A job's own pause and the pause of all do not end each other.
  await expect(jobs.resume(account, running)).rejects.toMatchObject({ code: 'JobStatusException' });
  await jobs.pause(account, running);
  await shows(running, BY_USER);
  await jobs.resume(account, alone);
  await shows(alone, BY_ALL);

  expect(await pauses.resume(account)).toMatchObject({ paused: false });
  await shows(running, BY_USER);
  await Promise.all([shows(alone, { status: 'Active' }), shows(late, { status: 'Active' })]);
  await jobs.resume(account, running);
  released = true;
  await Promise.all([running, alone, preparing, late].map((jobId) => shows(jobId, { status: 'Complete' })));
  await shows(ofOther, { status: 'Complete' }, other);
});

test('jobs are found that no longer have a workflow that holds their pause', async () => {
  released = false;
  const stranded = await job();
  await shows(stranded, { status: 'Active' });
  await pauses.pause(account);
  await shows(stranded, BY_ALL);
  await client.workflow.getHandle(pauseAllWorkflowId(jobsQueue(prefix), account)).terminate();
  expect(await pauses.show(account)).toMatchObject({ paused: false });
  await pauses.resume(account);
  await shows(stranded, { status: 'Active' });
  released = true;
  await shows(stranded, { status: 'Complete' });
});
