/**
 * Goal: what the API changes of a job takes effect in the job, and is read back at once: limits and tags while it runs, tags
 * after its end, and creates that race make one job. Method: the job service on a real Temporal server with real workflows;
 * batches hang until they are told to end.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { PlannedRequest } from '../../api/jobs/job-input';
import { TemporalJobService } from '../../api/jobs/job-service';
import { TemporalJobs } from '../../api/temporal/jobs';
import type { AccountLimits } from '../../config/access/account-limits';
import { jobWorkflowId, SEARCH_ATTRIBUTES } from '../../contracts/engine/naming';
import type { JobRequest } from '../../contracts/job';
import { temporalClientOptions } from '../../temporal/connection';
import { temporalAddress } from '../support/addresses';
import { eventually } from '../support/eventually';
import {
  easyActivities,
  PLAN,
  REQUEST,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../support/workflows/workflow-runner';

const A = { Key: 'a', Value: '1' };
const B = { Key: 'b', Value: '' };

const prefix = `test-${randomUUID()}`;
const account = String(randomInt(1e11, 1e12));
let release: () => void;
let runner: WorkflowRunner;
let client: Client;
let gateway: TemporalJobs;
let service: TemporalJobService;

beforeAll(async () => {
  const released = new Promise<void>((resolve) => (release = resolve));
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
  const easy = easyActivities(1);
  const activities = {
    ...easy,
    runBatch: async (input: Parameters<typeof easy.runBatch>[0]) => released.then(() => easy.runBatch(input)),
  };
  runner = await startWorkflowRunner(temporalAddress(), activities, { client, prefix });
  gateway = new TemporalJobs(client, prefix);
  service = newService();
});

afterAll(async () => {
  release();
  await runner.close();
  await client.connection.close();
});

/** As another API process would have it: with a memory of its own. */
function newService(accounts: readonly AccountLimits[] = []): TemporalJobService {
  return new TemporalJobService({
    accounts,
    gateway,
    flushedTally: () => Promise.resolve(undefined),
    heartbeatTimeoutMs: 20_000,
    region: 'us-east-1',
    workspace: { bucket: 'workspace', prefix: 'jobs/' },
    notifyTargets: () => [],
  });
}

function request(more: Partial<JobRequest> = {}): JobRequest {
  return { ...REQUEST, ClientRequestToken: randomUUID(), ...more };
}

function planned(request: JobRequest): PlannedRequest {
  return { request, plan: PLAN };
}

async function activeJob(more: Partial<JobRequest> = {}): Promise<string> {
  const { jobId } = await service.createJob(account, planned(request(more)));
  await eventually(
    () => newService().describeJob(account, jobId),
    ({ snapshot }) => snapshot.status === 'Active',
  );
  return jobId;
}

test('limits are the new ones once the call has answered', async () => {
  const jobId = await activeJob({ Limits: { Concurrency: 7 } });
  expect((await service.describeJob(account, jobId)).snapshot.limits).toEqual({ Concurrency: 7 });
  const limits = { FailureThreshold: { FailedShare: 0.25, AfterTasks: 9 }, TasksPerSecond: 1_000 };
  await service.setLimits(account, jobId, limits);
  expect((await newService().describeJob(account, jobId)).snapshot.limits).toEqual(limits);
  await service.setLimits(account, jobId, {});
  expect((await newService().describeJob(account, jobId)).snapshot.limits).toEqual({});
  await expect(service.setLimits('111111111111', jobId, {})).rejects.toMatchObject({ code: 'NotFoundException' });
});

test('tags are replaced while the job runs and after its end, and a listing has the job once', async () => {
  const jobId = await activeJob({ Tags: [A] });
  const shown = () => newService().getTags(account, jobId);
  expect(await shown()).toEqual([A]);
  await service.putTags(account, jobId, [B, A]);
  expect(await shown()).toEqual([B, A]);
  expect(await gateway.tagRecord(jobId)).toBeUndefined();

  await service.cancel(account, jobId);
  await client.workflow.getHandle(jobWorkflowId(jobId)).terminate();
  expect(await shown()).toEqual([B, A]);
  await service.putTags(account, jobId, [A]);
  expect(await shown()).toEqual([A]);
  // At once again, while the workflow of the former tags may not have ended.
  await service.putTags(account, jobId, [B]);
  await service.putTags(account, jobId, []);
  expect(await shown()).toEqual([]);
  const page = await eventually(
    () => service.listJobs({ account, statuses: [], maxResults: 100 }),
    ({ jobs }) => jobs.some((job) => job.jobId === jobId),
  );
  expect(page.jobs.map((job) => job.jobId)).toEqual([...new Set(page.jobs.map((job) => job.jobId))]);
});

test('creates that race make one job, and another request under the token none', async () => {
  const same = request();
  const services = Array.from({ length: 4 }, () => newService());
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, index) => services[index % 4]!.createJob(account, planned({ ...same }))),
  );
  expect(new Set(ids.map(({ jobId }) => jobId)).size).toBe(1);
  await expect(service.createJob(account, planned({ ...same, Priority: 11 }))).rejects.toMatchObject({
    code: 'IdempotencyException',
  });

  const token = randomUUID();
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((Priority) =>
      newService().createJob(account, planned(request({ ClientRequestToken: token, Priority }))),
    ),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(
    outcomes.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code?: string }).code] : [])),
  ).toEqual(Array(4).fill('IdempotencyException'));
});

test('a listing is by creation, the latest first, also when jobs end and come between its pages', async () => {
  const own = String(randomInt(1e11, 1e12));
  const ids: string[] = [];
  for (let count = 0; count < 7; count += 1) ids.unshift((await service.createJob(own, planned(request()))).jobId);
  const end = (jobId: string) => client.workflow.getHandle(jobWorkflowId(jobId)).terminate();
  // Temporal itself would have what runs first, and then these two, the one that ended last at their head.
  await end(ids[1]!);
  await end(ids[6]!);
  const page = (maxResults: number, nextToken?: string) =>
    service.listJobs({ account: own, statuses: [], maxResults, nextToken });
  const idsOf = ({ jobs }: { readonly jobs: readonly { readonly jobId: string }[] }) => jobs.map(({ jobId }) => jobId);

  const all = await eventually(
    () => page(100),
    ({ jobs }) => jobs.filter(({ snapshot }) => snapshot.status === 'Failed').length === 2 && jobs.length === 7,
  );
  expect(idsOf(all)).toEqual(ids);
  expect(all.nextToken).toBeUndefined();

  const first = await page(3);
  expect(idsOf(first)).toEqual(ids.slice(0, 3));
  const { jobId: late } = await service.createJob(own, planned(request()));
  await end(ids[3]!);
  await end(ids[0]!);
  await eventually(
    () => page(100),
    ({ jobs }) => jobs[0]?.jobId === late && jobs.filter(({ snapshot }) => snapshot.status === 'Failed').length === 4,
  );
  const rest: string[] = [];
  for (let next = first.nextToken; next !== undefined;) {
    const following = await page(3, next);
    rest.push(...idsOf(following));
    next = following.nextToken;
  }
  // One that is newer than the first page may come, or not.
  expect(rest.filter((jobId) => jobId !== late)).toEqual(ids.slice(3));
});

test('a job is listed as soon as it has been created, also in pages of one', async () => {
  const own = String(randomInt(1e11, 1e12));
  const created: string[] = [];
  for (let count = 0; count < 8; count += 1) {
    created.unshift((await service.createJob(own, planned(request()))).jobId);
    const listed: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await service.listJobs({ account: own, statuses: [], maxResults: 1, nextToken });
      listed.push(...page.jobs.map(({ jobId }) => jobId));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(listed).toEqual(created);
  }
});

test('jobs that an earlier version gave memos of two megabytes are listed and described', async () => {
  const own = String(randomInt(1e11, 1e12));
  const options = temporalClientOptions({ address: temporalAddress(), namespace: 'default', taskQueue: prefix });
  const connection = await Connection.connect(options);
  const patient = new TemporalJobs(new Client({ connection }), prefix);
  const Operation = { S3PutObjectCopy: { TargetResource: 'x'.repeat(1_900_000) } };
  const createdAt = new Date().toISOString();
  const memo = { request: request({ Operation }), requestDigest: 'd', account: own, createdAt, region: 'us-east-1' };
  const ids = [randomUUID(), randomUUID(), randomUUID()];
  for (const jobId of ids) {
    await client.workflow.start('jobWorkflow', {
      workflowId: jobWorkflowId(jobId),
      taskQueue: `${prefix}-nobody`,
      memo,
      typedSearchAttributes: [{ key: { name: SEARCH_ATTRIBUTES.account, type: 'KEYWORD' }, value: own }],
    });
  }
  const query = { account: own, statuses: [] };
  const { records } = await eventually(
    () => patient.list(query, 10),
    (page) => page.records.length === 3,
  );
  expect(records.map(({ jobId }) => jobId).sort()).toEqual([...ids].sort());
  // With the limit of the library, the answer is too large: which is no silence of Temporal, and takes no five seconds.
  const narrow = await Connection.connect({ ...options, channelArgs: {} });
  const since = Date.now();
  await expect(new TemporalJobs(new Client({ connection: narrow }), prefix).list(query, 10)).rejects.toMatchObject({
    code: 'InternalServiceException',
    message: expect.stringContaining('too large') as string,
  });
  expect(Date.now() - since).toBeLessThan(4_500);
  await Promise.all([connection.close(), narrow.close()]);
  for (const jobId of ids) await client.workflow.getHandle(jobWorkflowId(jobId)).terminate();
});

test('an account has no more jobs at a time than its quota, also when creates race', async () => {
  const own = String(randomInt(1e11, 1e12));
  const limited = newService([{ id: own, jobsMax: 3, priorityMax: 20 }]);
  const requests = Array.from({ length: 8 }, () => request());
  const outcomes = await Promise.allSettled(requests.map((one) => limited.createJob(own, planned(one))));
  const made = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.jobId] : []));
  expect(made).toHaveLength(3);
  expect(
    outcomes.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code?: string }).code] : [])),
  ).toEqual(Array(5).fill('TooManyRequestsException'));
  // The same request again is no new job.
  const first = requests[outcomes.findIndex(({ status }) => status === 'fulfilled')]!;
  expect(made).toContain((await limited.createJob(own, planned(first))).jobId);
  await client.workflow.getHandle(jobWorkflowId(made[0]!)).terminate();
  await limited.createJob(own, planned(request()));
  await expect(limited.createJob(own, planned(request()))).rejects.toMatchObject({ code: 'TooManyRequestsException' });

  const message = `Priority: must be at most 20 for account ${own}`;
  await expect(limited.createJob(own, planned(request({ Priority: 21 })))).rejects.toMatchObject({ message });
  await expect(limited.setPriority(own, made[1]!, 21)).rejects.toMatchObject({ code: 'BadRequestException', message });
});
