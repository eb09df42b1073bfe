/**
 * Goal: events have AWS's shape, field by field. Method: a whole event is compared with the one that the S3 user guide shows
 * ("Tracking a Batch Operations job using EventBridge"), values exchanged.
 */
import { eventOf, statusOf } from '../../../workflows/job/event-of';

const JOB = { jobId: 'c8a4e3a2-62c8-4c6a-a1a4-b9a5b54b7a5f', account: '123456789012', region: 'eu-west-1' };

function counting(): () => string {
  let count = 0;
  return () => `0000000${(count += 1)}-1111-4111-8111-111111111111`;
}

test('a change of status', () => {
  const event = eventOf(
    JOB,
    {
      status: 'Failed',
      failureReasons: [
        { FailureCode: 'ManifestNotFound', FailureReason: 'There is no manifest' },
        { FailureCode: 'ReportNotWritable', FailureReason: 'No report either' },
      ],
      reason: 'tried again',
      at: Date.parse('2026-02-03T04:05:06.789Z'),
    },
    counting(),
  );
  expect(event).toEqual({
    version: '0',
    id: '00000001-1111-4111-8111-111111111111',
    'detail-type': 'AWS Service Event via CloudTrail',
    source: 'aws.s3',
    account: '123456789012',
    time: '2026-02-03T04:05:06Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventVersion: '1.05',
      userIdentity: { accountId: '123456789012', invokedBy: 's3.amazonaws.com' },
      eventTime: '2026-02-03T04:05:06Z',
      eventSource: 's3.amazonaws.com',
      eventName: 'JobStatusChanged',
      awsRegion: 'eu-west-1',
      sourceIPAddress: 's3.amazonaws.com',
      userAgent: 's3.amazonaws.com',
      requestParameters: null,
      responseElements: null,
      eventID: '00000002-1111-4111-8111-111111111111',
      readOnly: false,
      eventType: 'AwsServiceEvent',
      recipientAccountId: '123456789012',
      serviceEventDetails: {
        jobId: JOB.jobId,
        jobArn: `arn:aws:s3:eu-west-1:123456789012:job/${JOB.jobId}`,
        status: 'Failed',
        jobEventId: '00000003111141118111111111111111',
        failureCodes: ['ManifestNotFound', 'ReportNotWritable'],
        statusChangeReason: ['tried again', 'There is no manifest', 'No report either'],
      },
    },
  });
  expect(statusOf(event)).toBe('Failed');
});

test('a creation', () => {
  const event = eventOf(JOB, { status: 'New', failureReasons: [], at: 0 }, counting());
  expect(event.detail.eventName).toBe('JobCreated');
  expect(event.time).toBe('1970-01-01T00:00:00Z');
  expect(event.detail.serviceEventDetails).toMatchObject({ status: 'New', failureCodes: [], statusChangeReason: [] });
  expect(event.detail.serviceEventDetails.jobEventId).toMatch(/^[0-9a-f]{32}$/);
});
