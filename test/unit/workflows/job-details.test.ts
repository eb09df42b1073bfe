/** Goal: the Temporal UI says how far a job is, what it does and where its report is. Method: the details of made-up snapshots. */
import type { JobSnapshot } from '../../../contracts/job';
import { jobDetails } from '../../../workflows/progress-details';
import { jobFixture } from '../../support/job-fixture';

test('percent, limits, parameters and the report', () => {
  const { job, request, plan, createdAt } = jobFixture({ rows: 1 });
  const Operation = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive' }, When: { OlderThanDays: 30 } };
  const Report = { Enabled: true, Bucket: 'arn:aws:s3:::r', Prefix: 'p' };
  const input = {
    ...job,
    account: '123456789012',
    region: 'us-east-1',
    request: { ...request, Operation, Report, Description: 'nightly' },
    plan,
    createdAt,
  };
  const snapshot: JobSnapshot = {
    status: 'Active',
    totalTasks: 2_000,
    tally: { succeeded: 900, failed: 20, pending: 0 },
    priority: 10,
    limits: { Concurrency: 3 },
    failureReasons: [],
    activeSeconds: 1,
    asOf: createdAt,
    chunksInFlight: [0],
  };
  const rows = jobDetails(input, snapshot).split('\n');
  expect(rows).toEqual(
    expect.arrayContaining([
      '| Description | nightly |',
      '| Tasks | 2,000 (46 % done) |',
      '| Limits | 3 tasks at a time |',
      '| Parameters | TargetResource=s3://archive |',
      '| When | OlderThanDays=30 |',
      '| Report | s3://r/p/ (all tasks) |',
    ]),
  );
  const ended = jobDetails(input, { ...snapshot, reportManifestKey: 'p/job-1/manifest.json' });
  expect(ended).toContain('| Report | s3://r/p/job-1/manifest.json (all tasks) |');
});
