/**
 * Goal: the JSON API does what docs/use/api.md says, and lets in only whom it should.
 * Method: supertest on the app over a fake Temporal.
 */
import request from 'supertest';
import { objectAccess } from '../../../../api/jobs/object-access';
import type { ObjectStore, RoleStores, Stores } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { snapshotOf, tally } from '../fake-gateway';
import { jobRequest, planned, ROLE, testApp, USER, WORKSPACE } from '../test-app';

const MINIMAL = {
  Operation: { S3DeleteObjectTagging: {} },
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::man/m.csv', ETag: 'e' },
  },
};

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** A store with these objects (`bucket/key`), nothing else. */
function storesWith(objects: Record<string, string>, down = false): Stores {
  const find = (bucket: string, key: string): Promise<string> => {
    if (down) return Promise.reject(new StoreError('ECONNREFUSED', 0, 'the store does not answer'));
    const content = objects[`${bucket}/${key}`];
    return content === undefined ? Promise.reject(new StoreError('NoSuchKey', 404, 'no')) : Promise.resolve(content);
  };
  const store = {
    headObject: async ({ bucket, key }: { bucket: string; key: string }) => ({
      etag: `etag of ${await find(bucket, key)}`,
    }),
    read: async ({ bucket, key }: { bucket: string; key: string }) => Buffer.from(await find(bucket, key)),
    readStream: async ({ bucket, key }: { bucket: string; key: string }) => {
      const content = await find(bucket, key);
      return { etag: '', body: [Buffer.from(content)] };
    },
  } as unknown as ObjectStore;
  const roleStores = {
    storeFor: () => store,
    functions: { invoke: () => Promise.reject(new Error('no')) },
  } as unknown as RoleStores;
  const stores: Stores = {
    forRole: () => roleStores,
    workspace: () => store,
    ownedBy: () => stores,
    silentStores: () => [],
    close: () => Promise.resolve(),
  };
  return stores;
}

describe('POST /api/jobs', () => {
  test('fills in the defaults', async () => {
    const { app, gateway } = testApp();
    const answer = await request(app).post('/api/jobs').set(USER).send(MINIMAL).expect(201);
    const { jobId } = answer.body as { jobId: string };
    expect(answer.headers['location']).toBe(`/api/jobs/${jobId}`);
    expect(gateway.inputs[0]?.request).toEqual({
      ...MINIMAL,
      ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      ConfirmationRequired: false,
      Priority: 10,
      RoleArn: ROLE,
      Report: { Enabled: false },
    });
  });

  test('gives the same id for the same token', async () => {
    const { app, gateway } = testApp();
    const body = { ...MINIMAL, ClientRequestToken: 'again' };
    const first = await request(app).post('/api/jobs').set(USER).send(body);
    const second = await request(app).post('/api/jobs').set(USER).send(body);
    expect(second.body).toEqual(first.body);
    expect(gateway.inputs).toHaveLength(1);
    const other = await request(app)
      .post('/api/jobs')
      .set(USER)
      .send({ ...body, Priority: 11 })
      .expect(400);
    expect(other.body).toMatchObject({ error: { code: 'IdempotencyException' } });
  });

  test('looks up the ETag that was left out, and refuses without a store', async () => {
    const body = { ...MINIMAL, Manifest: { ...MINIMAL.Manifest, Location: { ObjectArn: 'arn:aws:s3:::man/m.csv' } } };
    const { app, gateway } = testApp({ objects: objectAccess(storesWith({ 'man/m.csv': 'rows' }), WORKSPACE) });
    await request(app).post('/api/jobs').set(USER).send(body).expect(201);
    expect(gateway.inputs[0]?.request.Manifest?.Location.ETag).toBe('etag of rows');
    const missing = await request(testApp({ objects: objectAccess(storesWith({}), WORKSPACE) }).app)
      .post('/api/jobs')
      .set(USER)
      .send(body);
    expect([missing.status, missing.body]).toEqual([
      404,
      { error: expect.objectContaining({ code: 'ManifestNotFound' }) as object },
    ]);
    const down = await request(testApp({ objects: objectAccess(storesWith({}, true), WORKSPACE) }).app)
      .post('/api/jobs')
      .set(USER)
      .send(body);
    expect([down.status, down.body]).toEqual([
      503,
      { error: expect.objectContaining({ code: 'StoreUnreachable' }) as object },
    ]);
    const without = await request(testApp().app).post('/api/jobs').set(USER).send(body).expect(400);
    expect(without.body).toMatchObject({
      error: { message: expect.stringContaining('Manifest.Location.ETag') as string },
    });
  });

  test('names every wrong member, with advice and request id', async () => {
    const { app } = testApp();
    const answer = await request(app)
      .post('/api/jobs')
      .set(USER)
      .send({ ...MINIMAL, Priority: -1, Colour: 'red' })
      .expect(400);
    expect(answer.body).toEqual({
      error: {
        code: 'BadRequestException',
        message: expect.stringMatching(/Priority.*Colour: unknown member|Colour: unknown member.*Priority/) as string,
        advice: expect.any(String) as string,
        requestId: answer.headers['x-amz-request-id'],
      },
    });
  });

  const POINT = 'arn:aws:s3:us-east-1:123456789012:accesspoint/p';
  const reportTo = (Bucket: string) => ({
    Report: { Enabled: true, Bucket, Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
  });
  const manifestAt = (ObjectArn: string) => ({ Manifest: { ...MINIMAL.Manifest, Location: { ObjectArn, ETag: 'e' } } });

  test.each<[string, object, string]>([
    ['manifest', manifestAt(`${POINT}/object/list.csv`), 'Manifest.Location.ObjectArn'],
    ['report', reportTo(POINT), 'Report.Bucket'],
    ['target', { Operation: { S3MoveObject: { TargetResource: POINT } } }, 'Operation.S3MoveObject.TargetResource'],
  ])('refuses an access point as place of the %s', async (_what, change, member) => {
    const { body } = await request(testApp().app)
      .post('/api/jobs')
      .set(USER)
      .send({ ...MINIMAL, ...change })
      .expect(400);
    expect(body.error.message).toBe(`${member}: access points are not supported: name the bucket`);
  });

  test.each([
    ['manifest', manifestAt('arn:aws:s3:::accesspoint/list.csv')],
    ['report', reportTo('arn:aws:s3:us-east-1:123456789012:accesspoint-logs')],
    ...['S3PutObjectCopy', 'S3MoveObject'].map((name): [string, object] => [
      name,
      { Operation: { [name]: { TargetResource: 'arn:aws:s3:::accesspoint-logs', StorageClass: 'EXPRESS_ONEZONE' } } },
    ]),
    ['S3VerifyObject', { Operation: { S3VerifyObject: { Against: { TargetResource: 'arn:aws:s3:::accesspoint' } } } }],
  ])('takes a bucket that is called accesspoint: %s', async (_what, change) => {
    const sent = { ...MINIMAL, ...manifestAt('arn:aws:s3:::m/list.csv'), ...change };
    const { status } = await request(testApp().app).post('/api/jobs').set(USER).send(sent);
    expect(status).toBe(201);
  });

  test.each([['[]'], ['"x"'], ['null'], ['{']])('refuses the body %s', async (body) => {
    const answer = await request(testApp().app).post('/api/jobs').set(USER).type('json').send(body).expect(400);
    expect(answer.body).toMatchObject({ error: { code: 'BadRequestException' } });
  });
});

describe('a job', () => {
  test('is shown, changed and listed', async () => {
    const { app, gateway } = testApp();
    const created = await request(app).post('/api/jobs').set(USER).send(MINIMAL);
    const { jobId } = created.body as { jobId: string };
    gateway.set(jobId, snapshotOf('Active', { totalTasks: 9, tally: tally(4, 1) }));
    const path = `/api/jobs/${jobId}`;

    const paused = await request(app).post(`${path}/pause`).set(USER).send({ reason: 'lunch' }).expect(200);
    expect(paused.body).toEqual({ jobId, status: 'Paused', statusUpdateReason: 'lunch' });
    await request(app).post(`${path}/pause`).set(USER).expect(200);
    expect((await request(app).post(`${path}/resume`).set(USER).expect(200)).body).toMatchObject({
      status: 'Active',
    });
    expect((await request(app).post(`${path}/resume`).set(USER).expect(400)).body).toMatchObject({
      error: { code: 'JobStatusException' },
    });
    await request(app).put(`${path}/priority`).set(USER).send({ priority: 77 }).expect(200);
    expect((await request(app).get(path).set(USER).expect(200)).body).toMatchObject({
      jobId,
      status: 'Active',
      priority: 77,
      operation: 'S3DeleteObjectTagging',
      progress: { totalTasks: 9, succeeded: 4, failed: 1, pending: 0 },
      request: MINIMAL,
      temporalUrl: `http://127.0.0.1:8233/namespaces/default/workflows/job-${jobId}`,
    });
    expect((await request(app).get('/api/jobs?jobStatuses=Active').set(USER)).body).toMatchObject({
      jobs: [{ jobId }],
    });
    expect((await request(app).post(`${path}/cancel`).set(USER).expect(200)).body).toMatchObject({
      status: 'Cancelled',
    });
    expect(gateway.signals.map(([, signal, argument]) => [signal, argument])).toEqual([
      ['pause', 'lunch'],
      ['resume', undefined],
      ['setPriority', 77],
      ['cancel', undefined],
    ]);
  });

  test.each<['get' | 'delete' | 'post' | 'put', string, number, string]>([
    ['get', '/api/jobs/no-such-job', 404, 'NotFoundException'],
    ['get', '/api/jobs/x', 400, 'BadRequestException'],
    ['get', '/api/nothing', 404, 'NoSuchResource'],
    ['get', '/nothing', 404, 'NoSuchResource'],
    ['delete', '/api/jobs/no-such-job', 405, 'MethodNotAllowed'],
    ['post', '/api/jobs/no-such-job/confirm', 404, 'NotFoundException'],
    ['get', '/api/jobs?maxResults=2000', 400, 'BadRequestException'],
    ['get', '/api/jobs?jobStatus=Active', 400, 'BadRequestException'],
    ['get', '/api/jobs?maxResults=1&maxResults=2', 400, 'BadRequestException'],
    ['get', '/api/jobs?nextToken=nonsense', 400, 'InvalidNextTokenException'],
    ['get', '/api/jobs/%E0%A4', 400, 'BadRequestException'],
    ['get', '/api/jobs/no-such-job?verbose=1', 400, 'BadRequestException'],
  ])('%s %s', async (method, path, status, code) => {
    const answer = await request(testApp().app)[method](path).set(USER);
    expect([answer.status, answer.body]).toEqual([status, { error: expect.objectContaining({ code }) as object }]);
  });
});

describe('GET /api/jobs/{id}/report', () => {
  const manifest = {
    Results: [
      { TaskExecutionStatus: 'succeeded', Bucket: 'rep', Key: 's.csv' },
      { TaskExecutionStatus: 'failed', Bucket: 'rep', Key: 'f1.csv' },
      { TaskExecutionStatus: 'failed', Bucket: 'rep', Key: 'f2.csv' },
    ],
  };
  const report = {
    Enabled: true,
    Bucket: 'arn:aws:s3:::rep',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
  } as const;

  async function appWithJob(done: boolean, objects: Record<string, string>) {
    const test = testApp({ objects: objectAccess(storesWith(objects), WORKSPACE) });
    const { jobId } = await test.service.createJob('123456789012', planned(jobRequest({ Report: report })));
    test.gateway.set(
      jobId,
      snapshotOf(done ? 'Complete' : 'Active', done ? { reportManifestKey: 'p/manifest.json' } : {}),
    );
    return { ...test, path: `/api/jobs/${jobId}/report` };
  }

  test('shows the manifest, and streams the rows of one status from all its files', async () => {
    const objects = {
      'rep/p/manifest.json': JSON.stringify(manifest),
      'rep/s.csv': 's\n',
      'rep/f1.csv': 'a\n',
      'rep/f2.csv': 'b\n',
    };
    const { app, path } = await appWithJob(true, objects);
    expect((await request(app).get(path).set(USER).expect(200)).body).toMatchObject({
      bucket: 'rep',
      key: 'p/manifest.json',
      manifest,
    });
    const rows = await request(app).get(`${path}?rows=failed`).set(USER).expect(200);
    expect([rows.text, rows.headers['content-type']]).toEqual(['a\nb\n', 'text/csv; charset=utf-8']);
    await request(app).get(`${path}?rows=all`).set(USER).expect(400);
  });

  test('says that there is none yet, and that a file is gone', async () => {
    const running = await appWithJob(false, {});
    expect((await request(running.app).get(running.path).set(USER).expect(404)).body).toMatchObject({
      error: { code: 'NoSuchReport' },
    });
    const gone = await appWithJob(true, { 'rep/p/manifest.json': JSON.stringify(manifest) });
    expect((await request(gone.app).get(`${gone.path}?rows=failed`).set(USER).expect(404)).body).toMatchObject({
      error: { code: 'NoSuchReport' },
    });
  });

  test('breaks the connection when a later file fails, instead of passing for complete', async () => {
    const { app, path } = await appWithJob(true, {
      'rep/p/manifest.json': JSON.stringify(manifest),
      'rep/f1.csv': 'a\n',
    });
    await expect(request(app).get(`${path}?rows=failed`).set(USER)).rejects.toThrow(/aborted|hang up/);
  });
});

describe('a request', () => {
  test('refuses a form, which a browser would send for any page', async () => {
    const { app, gateway } = testApp();
    await request(app).post('/api/jobs').set(USER).type('text/plain').send(JSON.stringify(MINIMAL)).expect(400);
    await request(app).post('/api/jobs').set(USER).type('form').send('a=b').expect(400);
    expect(gateway.inputs).toHaveLength(0);
  });

  test('acts as the account of the key', async () => {
    const { app, gateway } = testApp();
    const body = { ...MINIMAL, ClientRequestToken: 'same' };
    await request(app)
      .post('/api/jobs')
      .set({ authorization: basic('OTHER:other-secret') })
      .send(body)
      .expect(201);
    await request(app).post('/api/jobs').set(USER).send(body).expect(201);
    expect(gateway.inputs.map(({ account }) => account)).toEqual(['999999999999', '123456789012']);
    expect(gateway.inputs[0]?.jobId).not.toBe(gateway.inputs[1]?.jobId);
    const foreign = gateway.inputs[0]?.jobId ?? '';
    await request(app).get(`/api/jobs/${foreign}`).set(USER).expect(404);
  });
});

describe('createApp', () => {
  test('sets the headers that keep browsers out, and none about itself', async () => {
    const { headers } = await request(testApp().app).get('/healthz');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('GET /healthz', () => {
  test('names what is missing', async () => {
    const { app, gateway } = testApp();
    expect((await request(app).get('/healthz').expect(200)).body).toEqual({ status: 'ok' });
    gateway.down = true;
    expect((await request(app).get('/healthz').expect(503)).body).toEqual({
      status: 'unavailable',
      missing: [{ name: 'Temporal', address: '127.0.0.1:7233', message: 'Temporal does not answer' }],
    });
  });
});
