import type { JobEvent } from '../../contracts/engine/events';
import { jobArn } from '../../contracts/engine/naming';
import type { FailureReason, JobStatus } from '../../contracts/job';

export interface StatusChange {
  readonly status: JobStatus;
  readonly failureReasons: readonly FailureReason[];
  readonly reason?: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The event of one change (S3 user guide, "Tracking a Batch Operations job using EventBridge"): `JobCreated` for the status
 * New, `JobStatusChanged` for all others. Calls `uuid` three times.
 */
export function eventOf(
  job: { readonly jobId: string; readonly account: string; readonly region: string },
  { status, failureReasons, reason, at }: StatusChange,
  uuid: () => string,
): JobEvent {
  const { jobId, account, region } = job;
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    version: '0',
    id: uuid(),
    'detail-type': 'AWS Service Event via CloudTrail',
    source: 'aws.s3',
    account,
    time,
    region,
    resources: [],
    detail: {
      eventVersion: '1.05',
      userIdentity: { accountId: account, invokedBy: 's3.amazonaws.com' },
      eventTime: time,
      eventSource: 's3.amazonaws.com',
      eventName: status === 'New' ? 'JobCreated' : 'JobStatusChanged',
      awsRegion: region,
      sourceIPAddress: 's3.amazonaws.com',
      userAgent: 's3.amazonaws.com',
      requestParameters: null,
      responseElements: null,
      eventID: uuid(),
      readOnly: false,
      eventType: 'AwsServiceEvent',
      recipientAccountId: account,
      serviceEventDetails: {
        jobId,
        jobArn: jobArn(region, account, jobId),
        status,
        jobEventId: uuid().replaceAll('-', ''),
        failureCodes: failureReasons.map(({ FailureCode }) => FailureCode),
        statusChangeReason: [
          ...(reason === undefined ? [] : [reason]),
          ...failureReasons.map(({ FailureReason }) => FailureReason),
        ],
      },
    },
  };
}

export function statusOf(event: JobEvent): JobStatus {
  return event.detail.serviceEventDetails.status;
}
