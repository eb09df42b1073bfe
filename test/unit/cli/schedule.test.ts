/**
 * Goal: `drover schedule` sends what was meant and answers readably or as JSON; exit codes tell the truth. Method: every
 * command in process against the real API on Temporal's schedules in memory.
 */
import { TemporalScheduleService } from '../../../api/jobs/schedule-service';
import { NOW, snapshotOf, tally } from '../api/fake-gateway';
import { FakeSchedules } from '../api/fake-schedules';
import { ACCOUNT, jobRequest, planned, ROLE, testApp } from '../api/test-app';
import { type CliContext, type Ended, runCli, serveForCli } from './run-cli';

const CREATE = [
  'schedule',
  'create',
  'nightly',
  '--operation',
  'S3DeleteObjectTagging',
  '--manifest',
  's3://man/{yyyy}/m.csv',
];

let gateway: FakeSchedules;

const context: CliContext = serveForCli(() => {
  gateway = new FakeSchedules();
  let now = NOW;
  const schedules = new TemporalScheduleService({
    gateway,
    jobs: { record: (jobId) => context.gateway.record(jobId) },
    heartbeatTimeoutMs: 20_000,
    region: 'us-east-1',
    workspace: { bucket: 'workspace', prefix: 'drover/jobs/' },
    notifyTargets: () => [],
    now: () => (now += 1_000),
  });
  return testApp({ schedules });
});

function drover(argv: readonly string[], stdin = ''): Promise<Ended> {
  return runCli(argv, { env: context.env, stdin });
}

function sent(scheduleId = 'nightly') {
  return gateway.schedules.get(`${ACCOUNT}/${scheduleId}`);
}

test('create: a job from options, and when it is due', async () => {
  const timing = [
    '--cron',
    '0 2 * * *',
    '--cron',
    '0 14 * * 7',
    '--time-zone',
    'Europe/Berlin',
    '--overlap',
    'BufferAll',
  ];
  const more = ['--jitter', '5m', '--catch-up', '6h', '--end-at', '2027-01-01T00:00:00+01:00', '--note', 'tidy up'];
  const ended = await drover([...CREATE, ...timing, ...more, '--report', 's3://rep/{mm}/{dd}', '--priority', '7']);
  expect(ended).toEqual({ code: 0, stdout: 'nightly runs next at 2026-11-23T02:00:00Z (tidy up)\n', stderr: '' });
  expect(sent()?.memo).toMatchObject({
    overlap: 'BufferAll',
    spec: {
      Cron: ['0 2 * * *', '0 14 * * 7'],
      TimeZone: 'Europe/Berlin',
      JitterSeconds: 300,
      CatchUpWindowSeconds: 21_600,
      EndAt: '2026-12-31T23:00:00.000Z',
    },
  });
  expect(sent()?.input.template).toMatchObject({
    Priority: 7,
    RoleArn: ROLE,
    Manifest: { Location: { ObjectArn: 'arn:aws:s3:::man/{yyyy}/m.csv' } },
    Report: { Enabled: true, Prefix: '{mm}/{dd}' },
  });
});

test('create: the template from stdin, at an interval, paused', async () => {
  const { ClientRequestToken: _token, ...template } = jobRequest();
  const argv = ['schedule', 'create', '--request', '-', '--every', '15m', '--paused', '--json'];
  const ended = await drover(argv, JSON.stringify(template));
  const created = JSON.parse(ended.stdout);
  expect(created).toMatchObject({ spec: { EverySeconds: 900 }, paused: true, nextRunTimes: [] });
  expect(sent(created.scheduleId)?.input.template).toEqual(template);
});

test.each([
  [[...CREATE], /--cron or --every is required/],
  [[...CREATE, '--cron', '* * * * *', '--every', '1h'], /cannot be combined/],
  [[...CREATE, '--every', '1h', '--time-zone', 'UTC'], /--time-zone requires --cron/],
  [[...CREATE, '--every', '1 hour'], /--every must be a duration/],
  [[...CREATE, '--every', '0s'], /--every must be a duration/],
  [[...CREATE, '--every', '1h', '--start-at', '2026-12-01T00:00:00'], /--start-at must be a time with a zone/],
  [[...CREATE, '--every', '1h', '--start-at', '2026-13-01T00:00:00Z'], /--start-at must be a time with a zone/],
  [[...CREATE, '--every', '1h', '--overlap', 'Queue'], /Allowed choices/],
  [[...CREATE, '--every', '1h', '--wait'], /unknown option/],
  [[...CREATE, '--every', '1h', '--token', 't'], /unknown option/],
  [['schedule', 'create', 'a/b', ...CREATE.slice(3), '--every', '1h'], /is not a valid schedule name/],
  [['schedule', 'create', '--request', '-', '--every', '1h', '--priority', '3'], /--request and --priority cannot/],
  [['schedule', 'list', '--max', '101'], /--max/],
  [['schedule', 'describe'], /missing required argument/],
  [['schedule', 'nonsense'], /unknown command/],
  [['schedule'], /Usage: drover schedule/],
])('%j is a usage error', async (argv, words) => {
  const ended = await drover(argv);
  expect([ended.code, ended.stdout]).toEqual([2, '']);
  expect(ended.stderr).toMatch(words);
  expect(gateway.schedules.size).toBe(0);
});

test('list, describe, pause, resume, delete', async () => {
  expect((await drover(['schedule', 'list'])).stdout).toBe('No schedules.\n');
  await drover([
    ...CREATE,
    '--cron',
    '0 2 * * *',
    '--time-zone',
    'Europe/Berlin',
    '--description',
    'old\u001b[2J tags',
  ]);
  await drover(['schedule', 'create', 'hourly', ...CREATE.slice(3), '--every', '1h']);
  const listed = await drover(['schedule', 'list', '--max', '1']);
  expect(listed.stdout).toMatch(
    /^SCHEDULE +STATE +DUE .*\nhourly +on +every 1h +S3DeleteObjectTagging +Skip +2026-11-23T02:00:00Z +-\n$/,
  );
  const [, token = ''] = /--next-token (\S+)/.exec(listed.stderr) ?? [];
  const rest = await drover(['schedule', 'list', '--next-token', token, '--json']);
  expect(JSON.parse(rest.stdout)).toMatchObject({ schedules: [{ scheduleId: 'nightly' }] });
  const failure = { code: 'ManifestNotFound', message: 'There is no manifest' };
  gateway.next = { startedAt: '2026-11-22T12:00:00.123Z', endedAt: 'x', execution: 'failed', memo: { failure } };
  await drover(['schedule', 'run', 'nightly']);
  const { stdout } = await drover(['schedule', 'describe', 'nightly']);
  expect(stdout).toMatch(
    /^Schedule +nightly\nDescription +old \[2J tags\nState +on\nDue +0 2 \* \* \* \(Europe\/Berlin\)\n/,
  );
  expect(stdout).toMatch(/^Runs +1 begun, 0 skipped, 0 missed\n\nDUE +STATUS +JOB ID +FAILURE\n/m);
  expect(stdout).toMatch(/^2026-11-22T12:00:00Z +Failed +- +ManifestNotFound: There is no manifest$/m);
  const paused = await drover(['schedule', 'pause', 'nightly', '--note', 'audit']);
  expect(paused.stdout).toBe('nightly is paused (audit)\n');
  expect((await drover(['schedule', 'list'])).stdout).toMatch(/^nightly +paused /m);
  expect((await drover(['schedule', 'resume', 'nightly'])).stdout).toMatch(/^nightly runs next at /);
  expect((await drover(['schedule', 'delete', 'nightly'])).stdout).toBe('nightly deleted\n');
  expect(await drover(['schedule', 'describe', 'nightly'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('NoSuchSchedule'),
  });
});

describe('run', () => {
  beforeEach(() => drover([...CREATE, '--every', '1h']));

  test('prints the id of the job, and follows it', async () => {
    const { jobId } = await context.service.createJob(ACCOUNT, planned(jobRequest()));
    gateway.next = { startedAt: 'x', execution: 'completed', memo: { jobId } };
    expect(await drover(['schedule', 'run', 'nightly'])).toEqual({ code: 0, stdout: `${jobId}\n`, stderr: '' });
    context.gateway.set(jobId, snapshotOf('Complete', { totalTasks: 2, tally: tally(1, 1) }));
    const ended = await drover(['schedule', 'run', 'nightly', '--wait']);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(`job ${jobId}`) });
    expect(ended.stdout).toContain('1 succeeded, 1 failed of 2 tasks');
  });

  test('says when there is no job to print', async () => {
    gateway.next = {
      startedAt: 'x',
      execution: 'failed',
      endedAt: 'x',
      memo: { failure: { code: 'C', message: 'm' } },
    };
    expect(await drover(['schedule', 'run', 'nightly'])).toMatchObject({
      code: 1,
      stderr: 'The run failed: C: m\n',
    });
    gateway.next = undefined;
    const later = await drover(['schedule', 'run', 'nightly']);
    expect(later).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('waits for') });
    expect((await drover(['schedule', 'run', 'nightly', '--wait'])).code).toBe(1);
    expect(JSON.parse((await drover(['schedule', 'run', 'nightly', '--json'])).stdout)).toEqual({});
    gateway.next = { startedAt: 'x', execution: 'running', memo: {} };
    expect((await drover(['schedule', 'run', 'nightly'])).stderr).toContain('its job has not');
    expect(await drover(['schedule', 'run', 'nightly'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('JobStatusException'),
    });
  });
});
