/**
 * Goal: what the API changes of a job takes effect in the job, and is read back at once: limits and tags while it runs, tags
 * after its end, and creates that race make one job. Method: the job service on a real Temporal server with real workflows;
 * batches hang until they are told to end.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { TemporalJobService } from '../../api/job-service';
import { TemporalJobs } from '../../api/temporal-jobs';
import type { JobRequest } from '../../contracts/job';
import { jobWorkflowId } from '../../contracts/naming';
import { temporalAddress } from '../support/addresses';
import {
  easyActivities,
  eventually,
  PLAN,
  REQUEST,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../support/workflow-runner';

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
function newService(): TemporalJobService {
  return new TemporalJobService({
    gateway,
    planOperation: () => PLAN,
    region: 'us-east-1',
    workspace: { bucket: 'workspace', prefix: 'jobs/' },
    notifyTargets: () => [],
  });
}

function request(more: Partial<JobRequest> = {}): JobRequest {
  return { ...REQUEST, ClientRequestToken: randomUUID(), ...more };
}

async function activeJob(more: Partial<JobRequest> = {}): Promise<string> {
  const { jobId } = await service.createJob(account, request(more));
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
  const services = Array.from({ length: 4 }, newService);
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, index) => services[index % 4]!.createJob(account, { ...same })),
  );
  expect(new Set(ids.map(({ jobId }) => jobId)).size).toBe(1);
  await expect(service.createJob(account, { ...same, Priority: 11 })).rejects.toMatchObject({
    code: 'IdempotencyException',
  });

  const token = randomUUID();
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((Priority) =>
      newService().createJob(account, request({ ClientRequestToken: token, Priority })),
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
  for (let count = 0; count < 7; count += 1) ids.unshift((await service.createJob(own, request())).jobId);
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
  const { jobId: late } = await service.createJob(own, request());
  await end(ids[3]!);
  await end(ids[0]!);
  await eventually(
    () => page(100),
    ({ jobs }) => jobs[0]?.jobId === late && jobs.filter(({ snapshot }) => snapshot.status === 'Failed').length === 4,
  );
  const second = await page(3, first.nextToken);
  expect(idsOf(second)).toEqual(ids.slice(3, 6));
  const third = await page(3, second.nextToken);
  expect(idsOf(third)).toEqual(ids.slice(6));
  expect(third.nextToken).toBeUndefined();
});
