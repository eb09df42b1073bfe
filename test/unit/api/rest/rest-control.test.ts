/**
 * Goal: what people may change of a job beside its status: limits, tags, and whose pause it is; and what every call refuses.
 * Method: supertest on the app over a fake Temporal.
 */
import request from 'supertest';
import type { JobOperation } from '../../../../contracts/job';
import { snapshotOf } from '../fake-gateway';
import { jobRequest, planned, testApp, USER } from '../test-app';

const MINIMAL = {
  Operation: { S3DeleteObjectTagging: {} },
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::man/m.csv', ETag: 'e' },
  },
};
const OTHER_ACCOUNT = { authorization: `Basic ${Buffer.from('OTHER:other-secret').toString('base64')}` };

describe('limits of a job', () => {
  async function withJob(limits: object = {}) {
    const test = testApp();
    const { jobId } = await test.service.createJob('123456789012', planned(jobRequest({ Limits: limits })));
    return { ...test, jobId, path: `/api/jobs/${jobId}/limits` };
  }

  test('are replaced, and shown at once', async () => {
    const { app, gateway, jobId, path } = await withJob({ Concurrency: 2 });
    const shown = async () => (await request(app).get(`/api/jobs/${jobId}`).set(USER)).body.limits;
    expect(await shown()).toEqual({ Concurrency: 2 });
    const limits = { TasksPerSecond: 0.5, FailureThreshold: { FailedShare: 1, AfterTasks: 7 } };
    const answer = await request(app).put(path).set(USER).send(limits).expect(200);
    expect(answer.body).toEqual({ jobId, status: 'New' });
    expect(await shown()).toEqual(limits);
    await request(app).put(path).set(USER).send({}).expect(200);
    expect(await shown()).toEqual({});
    expect(gateway.signals).toEqual([
      [jobId, 'setLimits', limits],
      [jobId, 'setLimits', {}],
    ]);
    const empty = await request(app).put(path).set(USER).expect(400);
    expect(empty.body.error.message).toBe('body: is required');
    expect(gateway.signals).toHaveLength(2);
    gateway.end(jobId, snapshotOf('Complete'));
    const ended = await request(app).put(path).set(USER).send({}).expect(400);
    expect(ended.body.error).toMatchObject({ code: 'JobStatusException', message: expect.stringContaining('limits') });
  });

  test.each<[object, RegExp]>([
    [{ TasksPerSecond: 0 }, /^TasksPerSecond: /],
    [{ TasksPerSecond: 1_000_001 }, /^TasksPerSecond: /],
    [{ TasksPerSecond: null }, /^TasksPerSecond: /],
    [{ Concurrency: 0 }, /^Concurrency: /],
    [{ Concurrency: 1.5 }, /^Concurrency: /],
    [{ Concurrency: 100_001 }, /^Concurrency: /],
    [{ FailureThreshold: { FailedTasks: -1 } }, /^FailureThreshold.FailedTasks: must be at least 0/],
    [{ FailureThreshold: { FailedShare: 0 } }, /^FailureThreshold.FailedShare: must be more than 0/],
    [{ FailureThreshold: { FailedShare: 1.01 } }, /^FailureThreshold.FailedShare: must be at most 1/],
    [{ FailureThreshold: { FailedShare: 0.5, AfterTasks: 0 } }, /^FailureThreshold.AfterTasks: /],
    [{ FailureThreshold: { FailedTasks: 1, FailedShare: 0.5 } }, /^FailureThreshold: must have FailedTasks, or/],
    [{ FailureThreshold: {} }, /^FailureThreshold: must have FailedTasks, or/],
    [{ FailureThreshold: 5 }, /^FailureThreshold: must have FailedTasks, or/],
    [{ Speed: 1 }, /^Speed: unknown member$/],
    [{ Restores: {} }, /^Restores: must name at least one tier/],
    [{ Restores: { BULK: {} } }, /^Restores.BULK: must have at least one member/],
    [{ Restores: { EXPEDITED: { RequestsPerSecond: 1 } } }, /^Restores.EXPEDITED: unknown member/],
    [{ Restores: { BULK: { RequestsPerSecond: 0 } } }, /^Restores.BULK.RequestsPerSecond: must be more than 0$/],
    [{ Restores: { BULK: { BytesPerDay: 0.5 } } }, /^Restores.BULK.BytesPerDay: /],
    [
      { Restores: { BULK: { BytesPerDay: 1 } } },
      /^Restores: has a meaning only for a job with S3InitiateRestoreObject/,
    ],
  ])('%j is refused', async (limits, message) => {
    const { app, gateway, path } = await withJob();
    const answer = await request(app).put(path).set(USER).send(limits);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'BadRequestException']);
    expect(answer.body.error.message).toMatch(message);
    const created = await request(app)
      .post('/api/jobs')
      .set(USER)
      .send({ ...MINIMAL, Limits: limits });
    expect(created.body.error.message).toMatch(new RegExp(message.source.replace('^', '^Limits.')));
    expect(gateway.signals).toEqual([]);
  });
});

describe('limits of restores', () => {
  const Restores = { BULK: { RequestsPerSecond: 0.5, BytesPerDay: 5 }, STANDARD: { RequestsPerSecond: 2 } };
  const restore = { S3InitiateRestoreObject: { ExpirationInDays: 1 } };
  const copied = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::b' } };

  test.each<[JobOperation]>([
    [restore],
    [{ Pipeline: { Steps: [{ S3InitiateRestoreObject: { ExpirationInDays: 1, WaitUntilRestored: true } }, copied] } }],
  ])('are those of a job that restores: %j', async (Operation) => {
    const { app, gateway } = testApp();
    const body = { ...MINIMAL, Operation, Limits: { Restores } };
    const { body: created } = await request(app).post('/api/jobs').set(USER).send(body).expect(201);
    expect(gateway.inputs[0]?.request.Limits).toEqual({ Restores });
    const path = `/api/jobs/${created.jobId}/limits`;
    const others = { Restores: { STANDARD: { BytesPerDay: 7 } } };
    await request(app).put(path).set(USER).send(others).expect(200);
    expect(gateway.signals).toEqual([[created.jobId, 'setLimits', others]]);
  });

  test('are refused to a job of a former version, which would ignore them', async () => {
    const { app, gateway, service } = testApp();
    const { request: asked, plan } = planned(jobRequest({ Operation: restore }));
    const wait = { kind: 'restore', firstCheckMs: 1, intervalMs: 1, timeoutMs: 1 } as const;
    const { jobId } = await service.createJob('123456789012', { request: asked, plan: { ...plan, wait } });
    const answer = await request(app).put(`/api/jobs/${jobId}/limits`).set(USER).send({ Restores }).expect(400);
    expect(answer.body.error.message).toMatch(/that no former version of Drover has started/);
    expect(gateway.signals).toEqual([]);
  });
});

describe('tags of a job', () => {
  const A = { Key: 'a', Value: '1' };
  const B = { Key: 'b', Value: '' };

  async function withJob() {
    const test = testApp();
    const { jobId } = await test.service.createJob('123456789012', planned(jobRequest({ Tags: [A] })));
    const path = `/api/jobs/${jobId}/tags`;
    const shown = async () => [
      (await request(test.app).get(path).set(USER).expect(200)).body.tags,
      (await request(test.app).get(`/api/jobs/${jobId}`).set(USER).expect(200)).body.tags,
    ];
    return { ...test, jobId, path, shown };
  }

  test('are replaced and removed while it runs', async () => {
    const { app, gateway, jobId, path, shown } = await withJob();
    expect(await shown()).toEqual([[A], [A]]);
    const answer = await request(app)
      .put(path)
      .set(USER)
      .send({ tags: [B, A] });
    expect([answer.status, answer.body]).toEqual([200, { tags: [B, A] }]);
    expect(await shown()).toEqual([
      [B, A],
      [B, A],
    ]);
    await request(app).delete(path).set(USER).expect(204, '');
    expect(await shown()).toEqual([[], []]);
    expect(gateway.signals).toEqual([
      [jobId, 'setTags', [B, A]],
      [jobId, 'setTags', []],
    ]);
    expect(gateway.tagRecords.size).toBe(0);
  });

  test('are replaced after its end', async () => {
    const { app, gateway, jobId, path, shown } = await withJob();
    gateway.end(jobId, snapshotOf('Complete'));
    expect(await shown()).toEqual([[A], [A]]);
    await request(app)
      .put(path)
      .set(USER)
      .send({ tags: [B] })
      .expect(200);
    expect(await shown()).toEqual([[B], [B]]);
    expect(gateway.signals).toEqual([]);
    // The same id again, long after: what was said of the former job is not said of this one.
    gateway.tagRecords.set(jobId, { tags: [B], jobCreatedAt: '2025-01-01T00:00:00.000Z' });
    expect(await shown()).toEqual([[A], [A]]);
  });

  test('are replaced when it ends as they come', async () => {
    const { app, gateway, jobId, path, shown } = await withJob();
    const { record } = gateway;
    // To our look it runs, to the signal it has ended.
    jest.spyOn(gateway, 'record').mockImplementationOnce(async (id) => {
      const found = (await record.call(gateway, id))!;
      gateway.end(jobId, snapshotOf('Complete'));
      return found;
    });
    await request(app)
      .put(path)
      .set(USER)
      .send({ tags: [B] })
      .expect(200);
    expect(await shown()).toEqual([[B], [B]]);
  });

  test.each<[unknown, string, RegExp]>([
    [{ tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) }, 'TooManyTagsException', /50/],
    [{ tags: [A, A] }, 'BadRequestException', /keys of tags must differ/],
    [{ tags: [{ Key: '', Value: '' }] }, 'BadRequestException', /tags\.0\.Key/],
    [{ tags: [{ Key: 'k', Value: '#' }] }, 'BadRequestException', /tags\.0\.Value/],
    [{ tags: [{ Key: 'k' }] }, 'BadRequestException', /tags\.0\.Value: is required/],
    [{}, 'BadRequestException', /^tags: is required/],
  ])('%j is refused', async (body, code, message) => {
    const { app, path, shown } = await withJob();
    const answer = await request(app)
      .put(path)
      .set(USER)
      .send(body as object);
    expect(answer.body.error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await shown()).toEqual([[A], [A]]);
  });

  test('of another account are none of the others', async () => {
    const { app, path, gateway } = await withJob();
    for (const sent of [
      request(app).get(path),
      request(app).delete(path),
      request(app)
        .put(path)
        .send({ tags: [B] }),
    ]) {
      expect((await sent.set(OTHER_ACCOUNT).expect(404)).body.error.code).toBe('NotFoundException');
    }
    expect(gateway.signals).toEqual([]);
  });
});

describe('a job that waits for jobs of higher priority', () => {
  async function waiting() {
    const test = testApp();
    const { jobId } = await test.service.createJob('123456789012', planned(jobRequest()));
    test.gateway.set(jobId, snapshotOf('Paused', { pausedBy: 'priority' }));
    return { ...test, path: `/api/jobs/${jobId}` };
  }

  test('can be paused by its user, and then resumed', async () => {
    const { app, gateway, path } = await waiting();
    expect((await request(app).get(path).set(USER)).body).toMatchObject({ status: 'Paused', pausedBy: 'priority' });
    await request(app).post(`${path}/pause`).set(USER).expect(200);
    expect((await request(app).get(path).set(USER)).body).toMatchObject({ status: 'Paused', pausedBy: 'user' });
    await request(app).post(`${path}/pause`).set(USER).expect(200);
    await request(app).post(`${path}/resume`).set(USER).expect(200);
    expect(gateway.signals.map(([, signal]) => signal)).toEqual(['pause', 'resume']);
  });

  test('is not resumed by hand', async () => {
    const { app, gateway, path } = await waiting();
    const { body } = await request(app).post(`${path}/resume`).set(USER).expect(400);
    expect(body.error).toMatchObject({
      code: 'JobStatusException',
      message: expect.stringContaining('higher or equal priority run: it resumes by itself'),
    });
    expect(gateway.signals).toEqual([]);
  });
});

describe('a call', () => {
  test('names the methods there are', async () => {
    const { app } = testApp();
    const tags = await request(app).post('/api/jobs/no-such-job/tags').set(USER).expect(405);
    expect(tags.headers['allow']).toBe('GET, HEAD, PUT, DELETE');
    const jobs = await request(app).delete('/api/jobs').set(USER).expect(405);
    expect(jobs.headers['allow']).toBe('POST, GET, HEAD');
  });

  test('refuses a body where none is meant', async () => {
    const { app } = testApp();
    const path = '/api/jobs/no-such-job/tags';
    const { body } = await request(app).delete(path).set(USER).send({ tags: [] }).expect(400);
    expect(body.error.message).toBe('body: this call takes none');
  });

  test.each([
    '/api/jobs?nextToken=',
    '/api/jobs?maxResults=',
    '/api/jobs?jobStatuses=',
    '/api/jobs/abcde/report?rows=',
  ])('refuses an empty parameter: %s', async (path) => {
    const { body } = await request(testApp().app).get(path).set(USER).expect(400);
    expect(body.error.message).toMatch(/^(nextToken|maxResults|jobStatuses|rows): is empty/);
  });

  test('answers HEAD', async () => {
    const { status } = await request(testApp().app).head('/api/jobs').set(USER);
    expect(status).toBe(200);
  });
});
