/**
 * Goal: the audit log says who did what from where, and never a secret or a signature. Method: requests of both APIs to the app, good,
 * refused and presigned, and every entry they leave.
 */
import request from 'supertest';
import type { AuditEntry } from '../../../logging/audit-log';
import { send, serveApp, signed, signedRequest } from './s3control/client';
import { ACCOUNT, jobRequest, USER } from './test-app';

const entries: AuditEntry[] = [];
const answered: [string | undefined, number][] = [];
const watchers = {
  audit: { write: (entry: AuditEntry) => void entries.push(entry), reopen: () => undefined, close: () => undefined },
  observer: {
    answered: (operation: string | undefined, status: number) => void answered.push([operation, status]),
  },
};
const context = serveApp({ watchers });

beforeEach(() => {
  entries.length = 0;
  answered.length = 0;
});

/** An entry is written once the answer is out. */
async function entry(): Promise<AuditEntry> {
  while (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(entries).toHaveLength(1);
  const [only] = entries;
  return only!;
}

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

const WHO = { account: ACCOUNT, accessKeyId: 'AKIDEXAMPLE' };

test('a job created over REST', async () => {
  const { ClientRequestToken: _token, ...body } = jobRequest();
  const answer = await request(context.app)
    .post('/api/jobs')
    .set({ ...USER, 'user-agent': 'curl/8', 'x-forwarded-for': '203.0.113.9' })
    .send(body);
  const { jobId } = answer.body as { jobId: string };
  expect(answer.status).toBe(201);
  expect(await entry()).toEqual({
    ...WHO,
    claimedAccessKeyId: undefined,
    operation: 'createJob',
    jobId,
    scheduleId: undefined,
    method: 'POST',
    path: '/api/jobs',
    from: expect.stringContaining('127.0.0.1'),
    forwardedFor: '203.0.113.9',
    userAgent: 'curl/8',
    status: 201,
    code: undefined,
    requestId: answer.headers['x-amz-request-id'],
    durationMs: expect.any(Number),
  });
  expect(answered).toEqual([['createJob', 201]]);
});

test('what only reads is not written down, but counted', async () => {
  await request(context.app).get('/api/jobs').set(USER).expect(200);
  await signed('GET', '/v20180820/jobs');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(entries).toEqual([]);
  expect(answered).toEqual([
    ['listJobs', 200],
    ['ListJobs', 200],
  ]);
});

test.each([
  ['a wrong secret', basic('AKIDEXAMPLE:wrong-secret-value'), 'AKIDEXAMPLE'],
  ['key and secret mixed up', basic('secretsecret:AKIDEXAMPLE'), undefined],
  ['a secret as an unknown key', basic('some-secret-value:'), undefined],
  ['a wrong bearer', 'Bearer wrong-secret-value', undefined],
])('%s over REST', async (_what, authorization, claimedAccessKeyId) => {
  await request(context.app)
    .get('/api/jobs')
    .set({ ...USER, authorization })
    .expect(401);
  const found = await entry();
  expect(found).toMatchObject({ operation: 'listJobs', status: 401, code: 'InvalidCredentials', claimedAccessKeyId });
  expect(found.account).toBeUndefined();
  expect(found.accessKeyId).toBeUndefined();
  expect(JSON.stringify(found)).not.toMatch(/secret/);
});

test('a bearer names its key', async () => {
  await request(context.app)
    .delete('/api/jobs')
    .set({ ...USER, authorization: 'Bearer secretsecret' })
    .expect(405);
  expect(await entry()).toMatchObject({ ...WHO, status: 405, code: 'MethodNotAllowed' });
  expect(JSON.stringify(entries)).not.toContain('secretsecret');
});

test('a call on a job over REST, and what it names', async () => {
  await request(context.app).put('/api/jobs/no-such-job/priority').set(USER).send({ priority: 3 });
  expect(await entry()).toMatchObject({
    ...WHO,
    operation: 'setJobPriority',
    jobId: 'no-such-job',
    code: 'NotFoundException',
  });
});

test('S3 Control: a signed call on a job', async () => {
  await signed('POST', '/v20180820/jobs/no-such-job/priority?priority=3');
  expect(await entry()).toMatchObject({
    ...WHO,
    operation: 'UpdateJobPriority',
    jobId: 'no-such-job',
    path: '/v20180820/jobs/no-such-job/priority',
  });
});

test('S3 Control: a wrong signature proves nothing, and neither it nor that of a presigned URL is kept', async () => {
  const good = signedRequest('GET', '/v20180820/jobs', Buffer.alloc(0));
  const at = good.rawHeaders.findIndex((name) => name.toLowerCase() === 'authorization') + 1;
  const signature = /Signature=(\w+)/.exec(good.rawHeaders[at] ?? '')?.[1] ?? 'none';
  const wrong = `${signature.slice(0, -4)}0000`;
  const rawHeaders = good.rawHeaders.with(at, (good.rawHeaders[at] ?? '').replace(signature, wrong));
  await send({ ...good, rawHeaders, target: `/v20180820/jobs?X-Amz-Signature=${wrong}` });
  const found = await entry();
  expect(found).toMatchObject({ status: 403, claimedAccessKeyId: 'AKIDEXAMPLE', path: '/v20180820/jobs' });
  expect(found.account).toBeUndefined();
  expect(JSON.stringify(found)).not.toContain(wrong.slice(0, 16));
});

test('lines have bounds', async () => {
  await request(context.app)
    .post(`/api/${'x'.repeat(5_000)}`)
    .set({ ...USER, 'user-agent': 'u'.repeat(5_000), 'x-forwarded-for': '1'.repeat(3_000) })
    .expect(404);
  expect(JSON.stringify(await entry()).length).toBeLessThan(1_500);
});
