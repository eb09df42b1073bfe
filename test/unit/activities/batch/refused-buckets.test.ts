/**
 * Goal: a bucket that the role may not use fails the rows that name it and nothing else, whenever it comes up; the manifest's
 * and the report's own buckets fail the job. Method: the activities on the in-memory store, with some buckets refused.
 */
import { workspaceKeys } from '../../../../contracts/engine/naming';
import { decodePart } from '../../../../reports';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture } from '../../../support/job-fixture';

function prepare({ activities, job, createdAt, request, plan }: JobFixture): Promise<unknown> {
  return activityEnvironment().run(activities.prepareManifest, { ...job, createdAt, request, plan });
}

function runBatch({ activities, job }: JobFixture): Promise<unknown> {
  return activityEnvironment().run(activities.runBatch, { ...job, batch: 0 });
}

function partOf({ store, job }: JobFixture) {
  return decodePart(store.peek('workspace', workspaceKeys.part(job.workspace.prefix, 0))!.body);
}

test('rows that name a refused bucket fail, the others go on', async () => {
  const fixture = jobFixture({
    rows: 2,
    manifest: 'source,object-0\nsecret,object-0\nsource,object-1\n',
    denied: ['secret'],
  });
  await prepare(fixture);
  expect(await runBatch(fixture)).toEqual({ status: 'done', tally: { succeeded: 2, failed: 1, pending: 0 } });
  expect(partOf(fixture).failed).toMatch(/^secret,object-0,,failed,403,AccessDenied,.*may not use bucket secret/);
});

test('a restore that is awaited in a bucket refused meanwhile fails', async () => {
  const denied: string[] = [];
  const operation = { S3InitiateRestoreObject: { ExpirationInDays: 1, WaitUntilRestored: true } };
  const fixture = jobFixture({ rows: 0, manifest: 'source,a\ntarget,b\n', operation, denied });
  fixture.store.seed('source', 'a', 'a', { storageClass: 'GLACIER' });
  fixture.store.seed('target', 'b', 'b', { storageClass: 'GLACIER' });
  await prepare(fixture);
  expect(await runBatch(fixture)).toMatchObject({ tally: { pending: 2 } });
  fixture.store.advance(13 * 3_600_000);
  denied.push('target');
  const tally = await activityEnvironment().run(fixture.activities.checkRestores, {
    ...fixture.job,
    // As in a job of a former version.
    wait: { kind: 'restore' as const, firstCheckMs: 1, intervalMs: 1, timeoutMs: 1 },
    ranges: [{ chunk: 0, firstBatch: 0, batches: 1 }],
    deadline: '2100-01-01T00:00:00Z',
  });
  expect(tally).toEqual({ succeeded: 1, failed: 1, pending: 0 });
  expect(partOf(fixture).failed).toMatch(/target,b,,failed,403,AccessDenied,.*may not use bucket target/);
});

test.each(['manifests', 'reports'])('a job whose %s bucket is refused does not begin, for good', async (bucket) => {
  const fixture = jobFixture({ rows: 1, denied: [bucket] });
  await expect(prepare(fixture)).rejects.toMatchObject({ type: 'BucketNotAllowed', nonRetryable: true });
});
