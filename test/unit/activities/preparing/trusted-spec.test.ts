/**
 * Goal: what a job may do follows from what its workflow was started with and from the configuration of now, whatever lies in
 * the workspace and whatever an activity is told of it. Method: the activities in memory; files overwritten, rights taken,
 * other workspaces named between them.
 */
import type { Activities, JobRef } from '../../../../contracts/engine/activities';
import { activityEnvironment } from '../../../support/activity-environment';
import { ACCOUNT, type JobFixture, jobFixture } from '../../../support/job-fixture';

function prepare({ activities, job, createdAt, request, plan }: JobFixture): Promise<unknown> {
  return activityEnvironment().run(activities.prepareManifest, { ...job, createdAt, request, plan });
}

/** Everything that an activity does in the name of a job, by its name. */
function everyActivity({
  activities,
  createdAt,
  request,
  plan,
}: JobFixture): [string, (job: JobRef) => Promise<unknown>][] {
  const run = (name: keyof Activities, more: object): [string, (job: JobRef) => Promise<unknown>] => [
    name,
    (job) => activityEnvironment().run(activities[name] as (input: object) => Promise<unknown>, { ...job, ...more }),
  ];
  const range = { chunk: 0, firstBatch: 0, batches: 1 };
  return [
    run('prepareManifest', { createdAt, request, plan }),
    run('runBatch', { batch: 0 }),
    run('writeChunkReport', { range }),
    run('checkRestores', { wait: { kind: 'restore' }, ranges: [range], deadline: createdAt }),
    run('writeReport', { chunks: 1 }),
    run('giveUpUploads', {}),
  ];
}

async function failureOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => 'succeeded',
    (thrown: unknown) => thrown as { type?: string; message: string; nonRetryable?: boolean },
  );
  return typeof error === 'string'
    ? error
    : `${error.type} ${error.nonRetryable ? 'for good' : 'for now'}: ${error.message}`;
}

test('a request that is put into the folder of a job changes nothing', async () => {
  const fixture = jobFixture({ rows: 2, operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } } });
  await prepare(fixture);
  const { store, job, createdAt, plan, request } = fixture;
  const forged = { createdAt, plan, request: { ...request, Operation: { S3DeleteObject: {} } } };
  for (const name of ['job.json', ...store.keys('workspace').filter((key) => key.endsWith('.json'))]) {
    await store.put({ bucket: 'workspace', key: `${job.workspace.prefix}${name}` }, JSON.stringify(forged));
  }
  const batch = await activityEnvironment().run(fixture.activities.runBatch, { ...job, batch: 0 });
  expect(batch).toMatchObject({ tally: { succeeded: 2, failed: 0 } });
  expect(store.keys('source')).toEqual(['object-0', 'object-1']);
});

test('a role that is taken from the account is no longer acted as, whatever a job is about to do', async () => {
  const takenFrom: string[] = [];
  const fixture = jobFixture({ rows: 1, takenFrom });
  await prepare(fixture);
  takenFrom.push(ACCOUNT);
  for (const [name, run] of everyActivity(fixture)) {
    expect([name, await failureOf(run(fixture.job))]).toEqual([
      name,
      expect.stringMatching(/^AccessDenied for good: .*account 123456789012/),
    ]);
  }
});

test('a workspace other than the configured one is refused, whatever a job is about to do', async () => {
  const fixture = jobFixture({ rows: 1 });
  await prepare(fixture);
  const { jobId, workspace } = fixture.job;
  const recover: ReturnType<typeof everyActivity>[number] = [
    'recoverBatch',
    (job) => activityEnvironment().run(fixture.activities.recoverBatch, { ...job, batch: 0 }),
  ];
  for (const other of [
    { ...workspace, bucket: 'source' },
    { ...workspace, prefix: 'jobs/another/' },
  ]) {
    for (const [name, run] of [...everyActivity(fixture), recover]) {
      expect([name, await failureOf(run({ jobId, workspace: other }))]).toEqual([
        name,
        expect.stringMatching(/^WorkspaceMismatch for now: .*workspace/),
      ]);
    }
  }
});
