/**
 * Goal: schedules over REST: what is accepted, what is refused and in which words, and what is handed to Temporal. Method:
 * the real app and schedule service on Temporal's schedules in memory; test/workflows/schedules has the real ones.
 */
import request from 'supertest';
import { TemporalScheduleService } from '../../../../api/jobs/schedule-service';
import { DroverError, type FailureCode } from '../../../../contracts/engine/failures';
import { parseOperation } from '../../../../operations';
import { FakeGateway, NOW, snapshotOf } from '../fake-gateway';
import { FakeSchedules } from '../fake-schedules';
import { ACCOUNT, jobRequest, ROLE, testApp, USER } from '../test-app';

const { ClientRequestToken: _token, Manifest, ...REST } = jobRequest();
const TEMPLATE = { ...REST, Manifest: { Spec: Manifest.Spec, Location: { ObjectArn: 'arn:aws:s3:::man/m.csv' } } };
const SPEC = { Cron: ['0 2 * * *'], TimeZone: 'Europe/Berlin' };

const PRIORITY_MAX = 50;

let gateway: FakeSchedules;
let jobs: FakeGateway;
let app: ReturnType<typeof testApp>['app'];

beforeEach(() => {
  gateway = new FakeSchedules();
  jobs = new FakeGateway();
  let now = NOW;
  const schedules = new TemporalScheduleService({
    gateway,
    jobs,
    heartbeatTimeoutMs: 20_000,
    region: 'us-east-1',
    workspace: { bucket: 'workspace', prefix: 'drover/jobs/' },
    notifyTargets: () => ['ops'],
    accounts: [{ id: ACCOUNT, priorityMax: PRIORITY_MAX }],
    // Each look takes a second.
    now: () => (now += 1_000),
  });
  app = testApp({ schedules }).app;
});

function call(method: 'get' | 'post' | 'delete', path: string, body?: object) {
  const sending = request(app)[method](`/api/schedules${path}`).set(USER);
  return body === undefined ? sending : sending.send(body);
}

async function refusal(body: object): Promise<string> {
  const answer = await call('post', '', body);
  const { code, message } = answer.body.error;
  return `${answer.status} ${code} ${message}`;
}

describe('create', () => {
  test('hands the checked template to Temporal, with what a job needs besides', async () => {
    const Tags = [{ Key: 'a', Value: 'b' }];
    const template = { Operation: TEMPLATE.Operation, Manifest: TEMPLATE.Manifest, Tags, Description: 'tidy' };
    const answer = await call('post', '', { scheduleId: 'nightly', spec: SPEC, template, overlap: 'BufferOne' });
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe('/api/schedules/nightly');
    expect(answer.body).toEqual({
      scheduleId: 'nightly',
      operation: 'S3DeleteObjectTagging',
      manifest: 'arn:aws:s3:::man/m.csv',
      description: 'tidy',
      spec: SPEC,
      overlap: 'BufferOne',
      paused: false,
      createdAt: expect.stringMatching(/^2026-11-22T/),
      nextRunTimes: ['2026-11-23T02:00:00.000Z', '2026-11-24T02:00:00.000Z'],
    });
    expect(gateway.schedules.get(`${ACCOUNT}/nightly`)?.input).toEqual({
      scheduleId: 'nightly',
      account: ACCOUNT,
      template: { ...template, ConfirmationRequired: false, Priority: 10, RoleArn: ROLE, Report: { Enabled: false } },
      plan: { ...parseOperation(TEMPLATE.Operation).plan, heartbeatTimeoutMs: 20_000 },
      workspace: { bucket: 'workspace', prefix: 'drover/jobs/' },
      region: 'us-east-1',
      notify: ['ops'],
    });
  });

  test('takes one cron expression, an interval, bounds in time, and makes a name', async () => {
    const one = await call('post', '', { spec: { Cron: '@daily' }, template: TEMPLATE, paused: true, note: 'not yet' });
    expect(one.body).toMatchObject({
      scheduleId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      spec: { Cron: ['@daily'] },
      overlap: 'Skip',
      paused: true,
      note: 'not yet',
    });
    const spec = {
      EverySeconds: 900,
      StartAt: '2026-12-01T00:00:00+01:00',
      EndAt: '2027-01-01T00:00:00Z',
      JitterSeconds: 60,
      CatchUpWindowSeconds: 3_600,
    };
    expect((await call('post', '', { spec, template: TEMPLATE })).body).toMatchObject({ spec });
  });

  test.each([
    [{}, /Cron: is required, or EverySeconds/],
    [{ Cron: '* * * * *', EverySeconds: 5 }, /EverySeconds: excludes Cron/],
    [{ EverySeconds: 5, TimeZone: 'UTC' }, /TimeZone: goes with Cron only/],
    [{ EverySeconds: 0 }, /EverySeconds/],
    [{ EverySeconds: 1.5 }, /EverySeconds/],
    [{ EverySeconds: 5, StartAt: 'tomorrow' }, /StartAt: must be a time/],
    [{ EverySeconds: 5, StartAt: '2027-01-01T00:00:00Z', EndAt: '2026-01-01T00:00:00Z' }, /EndAt: is before StartAt/],
    [{ EverySeconds: 5, CatchUpWindowSeconds: 9 }, /CatchUpWindowSeconds/],
    [{ Cron: [] }, /Cron/],
    [{ EverySeconds: 5, Weekdays: 1 }, /Weekdays: unknown member/],
  ])('refuses the spec %j', async (spec, words) => {
    const said = await refusal({ spec, template: TEMPLATE });
    expect(said).toMatch(/^400 BadRequestException spec/);
    expect(said).toMatch(words);
    expect(gateway.schedules.size).toBe(0);
  });

  test('refuses what would only show at the first run', async () => {
    const withLocation = (Location: object, more: object = {}) =>
      refusal({ spec: SPEC, template: { ...TEMPLATE, Manifest: { Spec: Manifest.Spec, Location }, ...more } });
    const dated = 'arn:aws:s3:::man/{yyyy}/m.csv';
    expect(await withLocation({ ObjectArn: 'arn:aws:s3:::man/{YYYY}/m.csv' })).toMatch(
      /400 BadRequestException template.Manifest.Location.ObjectArn: \{YYYY\} is no placeholder, only \{yyyy\} \{mm\} \{dd\} \{HH\} are/,
    );
    expect(await withLocation({ ObjectArn: dated, ETag: 'e' })).toMatch(/Location.ETag: leave it out/);
    expect(await withLocation({ ObjectArn: dated, ObjectVersionId: 'v' })).toMatch(/ObjectVersionId: leave it out/);
    expect(await refusal({ spec: SPEC, template: { ...TEMPLATE, ClientRequestToken: 't' } })).toMatch(
      /ClientRequestToken: unknown member/,
    );
    expect(
      await refusal({ spec: SPEC, template: { ...TEMPLATE, RoleArn: 'arn:aws:iam::123456789012:role/x' } }),
    ).toMatch(/RoleNotConfigured/);
    expect(await refusal({ spec: SPEC, template: { ...TEMPLATE, Operation: { S3Nothing: {} } } })).toMatch(
      /Operation.S3Nothing: no such operation/,
    );
    expect(await refusal({ spec: SPEC, template: TEMPLATE, overlap: 'Queue' })).toMatch(/overlap/);
    expect(await refusal({ spec: SPEC, template: TEMPLATE, scheduleId: 'a/b' })).toMatch(/scheduleId: must be 1 to 64/);
    expect(gateway.schedules.size).toBe(0);
  });

  test('takes sources, whose prefixes and manifests may be dated', async () => {
    const Prefixes = [{ Bucket: 'herd', Prefix: 'logs/{yyyy}/{mm}/' }];
    const answer = await call('post', '', { spec: SPEC, template: { ...REST, Source: { Prefixes } } });
    expect([answer.status, answer.body.source]).toEqual([201, 'herd/logs/{yyyy}/{mm}/']);
    expect(answer.body).not.toHaveProperty('manifest');
    const withSource = (Source: object) => refusal({ spec: SPEC, template: { ...REST, Source } });
    expect(await withSource({ Prefixes: [{ Bucket: 'herd', Prefix: 'logs/{Y}/' }] })).toMatch(
      /template\.Source\.Prefixes\.0\.Prefix: \{Y\} is no placeholder/,
    );
    const dated = { ObjectArn: 'arn:aws:s3:::man/{dd}/m.csv', ETag: 'e' };
    expect(await withSource({ Manifests: { Spec: Manifest.Spec, Locations: [dated] } })).toMatch(
      /template\.Source\.Manifests\.Locations\.0\.ETag: leave it out/,
    );
    expect(await refusal({ spec: SPEC, template: REST })).toMatch(/Manifest: is required, or ManifestGenerator/);
  });

  test('refuses a priority above what the account may use', async () => {
    const withPriority = (Priority: number) => ({ spec: SPEC, template: { ...TEMPLATE, Priority } });
    expect(await refusal(withPriority(PRIORITY_MAX + 1))).toBe(
      `400 BadRequestException Priority: must be at most 50 for account ${ACCOUNT}`,
    );
    expect(gateway.schedules.size).toBe(0);
    expect((await call('post', '', withPriority(PRIORITY_MAX))).status).toBe(201);
  });

  test('keeps a fixed ETag, and placeholders of the report', async () => {
    const Report = {
      Enabled: true,
      Bucket: 'arn:aws:s3:::rep',
      Prefix: '{yyyy}-{mm}',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    };
    const answer = await call('post', '', { scheduleId: 's', spec: SPEC, template: { ...REST, Manifest, Report } });
    expect(answer.status).toBe(201);
    const input = gateway.schedules.get(`${ACCOUNT}/s`)?.input;
    expect(input?.template).toMatchObject({ Manifest: { Location: { ETag: Manifest.Location.ETag } }, Report });
  });
});

describe('the life of a schedule', () => {
  beforeEach(async () => {
    await call('post', '', { scheduleId: 'nightly', spec: SPEC, template: TEMPLATE });
  });

  test('pause and resume have notes; delete forgets', async () => {
    expect((await call('post', '/nightly/pause', { note: 'lunch' })).body).toMatchObject({
      paused: true,
      note: 'lunch',
    });
    expect((await call('post', '/nightly/resume')).body).toMatchObject({ paused: false, note: 'Resumed' });
    expect(await call('post', '/nightly/pause', { why: 'x' })).toMatchObject({ status: 400 });
    expect(await call('delete', '/nightly')).toMatchObject({ status: 204, text: '' });
    for (const [method, path] of [
      ['get', '/nightly'],
      ['delete', '/nightly'],
      ['post', '/nightly/run'],
      ['post', '/nightly/pause'],
    ] as const) {
      expect(await call(method, path)).toMatchObject({ status: 404, body: { error: { code: 'NoSuchSchedule' } } });
    }
  });

  test('a run has the status of its job', async () => {
    const memo = { request: jobRequest(), requestDigest: '', account: ACCOUNT, createdAt: '2026-11-22T12:00:00.000Z' };
    const record = { jobId: 'job-1', memo: { ...memo, region: 'us-east-1', snapshot: snapshotOf('Paused') } };
    jest.spyOn(jobs, 'record').mockResolvedValue({ ...record, execution: 'running' });
    const { body } = await call('post', '/nightly/run');
    expect(body).toEqual({ run: { startedAt: '2026-11-22T12:00:00.000Z', jobId: 'job-1', status: 'Paused' } });
    expect(gateway.triggered).toEqual(['Skip']);
    expect((await call('get', '/nightly')).body).toMatchObject({
      template: TEMPLATE,
      runs: [{ jobId: 'job-1', status: 'Paused' }],
      runsTaken: 1,
    });
    const again = await call('post', '/nightly/run');
    expect(again).toMatchObject({ status: 400, body: { error: { code: 'JobStatusException' } } });
    expect(again.body.error.message).toContain('job job-1');
    expect(gateway.triggered).toHaveLength(1);
  });

  test('a run without a job says what became of it', async () => {
    const failure = { code: 'ManifestNotFound', message: 'gone' };
    const ended = { startedAt: '2026-11-22T12:00:00.000Z', endedAt: '2026-11-22T12:00:01.000Z' };
    gateway.next = { ...ended, execution: 'failed', memo: { failure } };
    expect((await call('post', '/nightly/run')).body).toEqual({ run: { ...ended, status: 'Failed', failure } });
    gateway.next = { ...ended, execution: 'terminated', memo: {} };
    expect((await call('post', '/nightly/run')).body).toEqual({ run: { ...ended, status: 'Cancelled' } });
  });

  test('a run that does not begin in time is not waited for', async () => {
    gateway.next = undefined;
    expect((await call('post', '/nightly/run')).body).toEqual({});
  });
});

test('lists page by page', async () => {
  for (const scheduleId of ['a', 'b', 'c']) await call('post', '', { scheduleId, spec: SPEC, template: TEMPLATE });
  const first = await call('get', '?maxResults=2');
  expect(first.body.schedules.map((one: { scheduleId: string }) => one.scheduleId)).toEqual(['c', 'b']);
  const rest = await call('get', `?maxResults=2&nextToken=${first.body.nextToken}`);
  expect(rest.body).toEqual({ schedules: [expect.objectContaining({ scheduleId: 'a' })] });
  expect(await call('get', `?nextToken=${first.body.nextToken}x`)).toMatchObject({
    status: 400,
    body: { error: { code: 'InvalidNextTokenException' } },
  });
  expect(await call('get', '?maxResults=101')).toMatchObject({ status: 400 });
});

describe('a list that fails with a good token', () => {
  let nextToken: string;
  /** The errors that calls with a token meet, the first one first. */
  let faults: DroverError[];

  beforeEach(async () => {
    for (const scheduleId of ['a', 'b']) await call('post', '', { scheduleId, spec: SPEC, template: TEMPLATE });
    nextToken = (await call('get', '?maxResults=1')).body.nextToken;
    faults = [];
    const list = gateway.list.bind(gateway);
    gateway.list = (account, rowsMax, pageToken) => {
      const fault = pageToken === undefined ? undefined : faults.shift();
      return fault === undefined ? list(account, rowsMax, pageToken) : Promise.reject(fault);
    };
  });

  async function rest(...codes: readonly FailureCode[]) {
    faults = codes.map((code) => new DroverError(code, 'it fails'));
    const { status, body } = await call('get', `?maxResults=1&nextToken=${nextToken}`);
    return [status, body.error?.code ?? body.schedules[0].scheduleId];
  }

  test('goes on when the fault has passed', async () => {
    expect(await rest('ServiceUnavailable')).toEqual([200, 'a']);
  });

  test.each(['TooManyRequestsException', 'InvalidConfiguration'] as const)(
    'says %s, and blames no token',
    async (code) => {
      expect((await rest(code))[1]).toBe(code);
      expect((await rest('ServiceUnavailable', code))[1]).toBe(code);
    },
  );

  test('blames the token when only lists with it fail', async () => {
    expect(await rest('ServiceUnavailable', 'ServiceUnavailable')).toEqual([400, 'InvalidNextTokenException']);
  });
});
