/** Goal: a failed job tells each reason once, with what to do. Method: its state and the details for the Temporal UI, outside a workflow. */
import { JobState } from '../../../workflows/job/job-state';
import { jobDetails } from '../../../workflows/progress-details';
import { jobFixture } from '../../support/job-fixture';

function failedState(...reasons: [code: string, message: string][]) {
  const { job, request, plan, createdAt } = jobFixture({ rows: 1 });
  const input = { ...job, account: '123456789012', region: 'us-east-1', request, plan, createdAt };
  const state = new JobState(input);
  for (const [code, message] of reasons) state.fail(code, message);
  return { input, state };
}

test('a reason that each part of the report meets stands once; others stay', () => {
  const { state } = failedState(['ReportNotWritable', 'no'], ['ReportNotWritable', 'no'], ['StoreRefused', 'x']);
  expect(state.snapshot.failureReasons).toEqual([
    { FailureCode: 'ReportNotWritable', FailureReason: 'no' },
    { FailureCode: 'StoreRefused', FailureReason: 'x' },
  ]);
});

test('the details have the advice below the reason', () => {
  const { input, state } = failedState(['BucketInOtherRegion', 'The report bucket b is in region r']);
  expect(jobDetails(input, state.snapshot)).toContain(
    '| Failure | BucketInOtherRegion: The report bucket b is in region r |\n' +
      "| Advice | Name the bucket in the configuration under a store with the bucket's region. |",
  );
});
