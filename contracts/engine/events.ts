import type { JobStatus } from '../job';

/**
 * One change of a job's status, in the shape of the events that AWS sends through EventBridge for S3 Batch Operations:
 * CloudTrail's `JobCreated` and `JobStatusChanged` (S3 user guide, "Tracking a Batch Operations job through EventBridge").
 */
export interface JobEvent {
  readonly version: '0';
  /** UUID of the envelope: the same in every attempt to deliver it. */
  readonly id: string;
  readonly 'detail-type': 'AWS Service Event via CloudTrail';
  readonly source: 'aws.s3';
  readonly account: string;
  /** ISO 8601, seconds, Z. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly eventVersion: '1.05';
    readonly userIdentity: { readonly accountId: string; readonly invokedBy: 's3.amazonaws.com' };
    readonly eventTime: string;
    readonly eventSource: 's3.amazonaws.com';
    readonly eventName: 'JobCreated' | 'JobStatusChanged';
    readonly awsRegion: string;
    readonly sourceIPAddress: 's3.amazonaws.com';
    readonly userAgent: 's3.amazonaws.com';
    readonly requestParameters: null;
    readonly responseElements: null;
    readonly eventID: string;
    readonly readOnly: false;
    readonly eventType: 'AwsServiceEvent';
    readonly recipientAccountId: string;
    readonly serviceEventDetails: {
      readonly jobId: string;
      readonly jobArn: string;
      readonly status: JobStatus;
      /** 32 hexadecimal digits. */
      readonly jobEventId: string;
      readonly failureCodes: readonly string[];
      readonly statusChangeReason: readonly string[];
    };
  };
}

/** Input of the workflow that delivers the events of one job. */
export interface NotifierInput {
  readonly jobId: string;
  /** The targets, each of which gets the events at its own pace. */
  readonly lanes: readonly NotifierTarget[];
  /** Not yet seen by any run of the notifier, oldest first. */
  readonly events: readonly JobEvent[];
  /** What a former run of the same notifier left. */
  readonly carried?: { readonly pending: readonly PendingEvent[]; readonly jobEnded: boolean };
}

export interface NotifierTarget {
  /** Name of a configured target, or absent: the webhook of the job itself, at `url`. */
  readonly target?: string;
  readonly url?: string;
  /** How many of the carried pending events the target needs no more. */
  readonly done?: number;
}

export interface PendingEvent {
  readonly event: JobEvent;
  /** Milliseconds since 1970: from then on the event is no longer delivered. */
  readonly expiresAt: number;
}

/** `skipped`: the target does not want events of this status. */
export type Delivery = 'delivered' | 'skipped';
