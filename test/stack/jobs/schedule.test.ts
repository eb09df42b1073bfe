/**
 * Goal: a schedule works through what is in the store when it is due, all the way. Method: the command line, a real store
 * and Temporal's own scheduler; the manifest lies below a dated prefix and is replaced between two runs.
 */
import { eventually } from '../../support/eventually';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { plainManifest } from '../../support/stack/jobs';
import { type CommandResult, runDroverCli } from '../../support/stack/run-command';

let drover: TestDrover;
let buckets: Buckets;
let source: string;

beforeAll(async () => {
  ({
    drover,
    buckets,
    names: { source },
  } = await startDroverOnBuckets(['source']));
  await buckets.putMany(source, ['a', 'b']);
});

afterAll(async () => {
  const { schedules } = await drover.api.listSchedules(new URLSearchParams());
  for (const { scheduleId } of schedules) await drover.api.deleteSchedule(scheduleId);
  await drover?.close();
});

function schedule(...args: readonly string[]): Promise<CommandResult> {
  return runDroverCli(drover.apiUrl, ['schedule', ...args]);
}

/** Every second, over the manifest of the year. */
async function create(scheduleId: string, ...more: readonly string[]): Promise<CommandResult> {
  const operation = ['--operation', 'S3PutObjectTagging', '--parameters', '{"TagSet":[{"Key":"seen","Value":"yes"}]}'];
  const manifest = ['--manifest', `s3://${source}/lists/{yyyy}/manifest.csv`];
  const report = ['--report', `s3://${source}/reports/{yyyy}`];
  return schedule('create', scheduleId, ...operation, ...manifest, ...report, ...more);
}

test('each run takes the manifest of its day as it is then, and reports below a dated prefix', async () => {
  expect(await create('tags', '--every', '1s', '--paused')).toMatchObject({ exitCode: 0, stdout: 'tags is paused\n' });
  const missing = await schedule('run', 'tags');
  expect(missing.exitCode).toBe(1);
  const key = `lists/${new Date().getUTCFullYear()}/manifest.csv`;
  expect(missing.stderr).toContain(`ManifestNotFound: There is no manifest arn:aws:s3:::${source}/${key}`);

  await buckets.put(source, key, plainManifest(source, ['a']));
  const first = await schedule('run', 'tags', '--wait', '--json');
  expect(first.exitCode).toBe(0);
  const { jobId } = JSON.parse(first.stdout);
  expect([await buckets.tags(source, 'a'), await buckets.tags(source, 'b')]).toEqual([{ seen: 'yes' }, {}]);
  const reports = await buckets.list(source, `reports/${new Date().getUTCFullYear()}/job-${jobId}/`);
  expect(reports.map((report) => report.key).filter((name) => name.endsWith('/manifest.json'))).toHaveLength(1);

  await buckets.put(source, key, plainManifest(source, ['b']));
  expect((await schedule('resume', 'tags')).stdout).toMatch(/^tags runs next at /);
  const { runs } = await eventually(
    () => drover.api.describeSchedule('tags'),
    (details) => details.runs[0]?.status === 'Complete' && details.runs[0].jobId !== jobId,
    30_000,
  );
  expect(await buckets.tags(source, 'b')).toEqual({ seen: 'yes' });
  // ListJobs of every client shows it: the job is like any other.
  const listed = await runDroverCli(drover.apiUrl, ['list', '--json']);
  expect(JSON.parse(listed.stdout).jobs.map((job: { jobId: string }) => job.jobId)).toEqual(
    expect.arrayContaining([jobId, runs[0]!.jobId]),
  );
  expect((await schedule('pause', 'tags', '--note', 'enough')).stdout).toBe('tags is paused (enough)\n');
  const described = await schedule('describe', 'tags');
  expect(described.stdout).toMatch(/^State +paused\nNote +enough\nDue +every 1s\n/m);
  expect(described.stdout).toMatch(/Failed +- +ManifestNotFound: There is no manifest/);
});

test("Temporal's words about a wrong cron expression reach the command line", async () => {
  const wrong = await create('wrong', '--cron', '0 25 * * *');
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toMatch(/BadRequestException: spec: Hour is not in range/);
  expect((await schedule('describe', 'wrong')).stderr).toContain('NoSuchSchedule');
});
