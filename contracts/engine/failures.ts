/**
 * The failure catalogue: every error Drover itself raises, with the HTTP status an API answers, and what the person can
 * do. What a store says of one object is not here: that goes into the report in the store's own words.
 *
 * Codes of S3 Control (`…Exception`) and of S3 (`AccessDenied`, `SignatureDoesNotMatch`, …) are AWS's, so that the official
 * clients raise their typed errors.
 */
export const FAILURES = {
  // S3 Control's modelled errors. Statuses as documented under API_control_UpdateJobStatus: 400 for all but the internal one.
  BadRequestException: { httpStatus: 400, retryable: false, advice: 'Correct the member that the message names.' },
  InvalidRequestException: {
    httpStatus: 400,
    retryable: false,
    advice: 'Correct the parameter that the message names.',
  },
  IdempotencyException: {
    httpStatus: 400,
    retryable: false,
    advice: 'Use a new ClientRequestToken for a new request.',
  },
  NotFoundException: { httpStatus: 404, retryable: false, advice: 'List the jobs of this account to find the id.' },
  JobStatusException: {
    httpStatus: 400,
    retryable: false,
    advice: 'Describe the job: its present status does not allow this.',
  },
  InvalidNextTokenException: { httpStatus: 400, retryable: false, advice: 'Start the listing again without a token.' },
  TooManyRequestsException: { httpStatus: 400, retryable: true, advice: 'Try again later.' },
  TooManyTagsException: { httpStatus: 400, retryable: false, advice: 'Give at most 50 tags.' },
  InternalServiceException: {
    httpStatus: 500,
    retryable: true,
    advice: 'Try again; the API log has the cause under the request id.',
  },
  ManifestNotWritable: {
    httpStatus: 400,
    retryable: false,
    advice: 'Let the role write to ManifestOutputLocation, or set EnableManifestOutput to false.',
  },
  SourceNotTold: {
    httpStatus: 400,
    retryable: false,
    advice:
      'Let the role read the objects of the source (HeadObject), or leave out the filter that the store does not tell.',
  },
  // S3's request errors.
  AccessDenied: {
    httpStatus: 403,
    retryable: false,
    advice: 'Use an access key of this account that may do this, and ids that belong to it.',
  },
  // S3 has none for these: its clients sign, REST's sign in.
  CredentialsNeeded: {
    httpStatus: 401,
    retryable: false,
    advice:
      'Send HTTP Basic with an access key and its secret, or the secret as a bearer token; the CLI takes DROVER_ACCESS_KEY and DROVER_SECRET_KEY.',
  },
  InvalidCredentials: {
    httpStatus: 401,
    retryable: false,
    advice: 'Check the access key and its secret: the configuration of the API has them.',
  },
  OriginNotAllowed: {
    httpStatus: 403,
    retryable: false,
    advice:
      'Call the API from its own origin, or from a program: pages of other origins are refused, whatever credentials they have.',
  },
  InvalidAccessKeyId: { httpStatus: 403, retryable: false, advice: 'Use an access key that the configuration knows.' },
  SignatureDoesNotMatch: { httpStatus: 403, retryable: false, advice: 'Check the secret key and the clock.' },
  RequestTimeTooSkewed: { httpStatus: 403, retryable: false, advice: 'Set the clock: it is more than 15 minutes off.' },
  AuthorizationHeaderMalformed: {
    httpStatus: 400,
    retryable: false,
    advice: 'Send an AWS4-HMAC-SHA256 Authorization header.',
  },
  XAmzContentSHA256Mismatch: {
    httpStatus: 400,
    retryable: false,
    advice: 'Send the SHA-256 of the body that was sent.',
  },
  MalformedXML: {
    httpStatus: 400,
    retryable: false,
    advice: 'Send well-formed XML without a document type or entities.',
  },
  UnsupportedMediaType: {
    httpStatus: 415,
    retryable: false,
    advice: 'Send the body as JSON in UTF-8, without compression.',
  },
  EntityTooLarge: { httpStatus: 400, retryable: false, advice: 'Shorten the request body.' },
  MethodNotAllowed: { httpStatus: 405, retryable: false, advice: 'Use a method that this resource has.' },
  NoSuchResource: { httpStatus: 404, retryable: false, advice: 'See docs/use/api.md for the paths that exist.' },
  NotImplemented: { httpStatus: 501, retryable: false, advice: 'See docs/use/api.md for the calls that exist.' },
  ServiceUnavailable: {
    httpStatus: 503,
    retryable: true,
    advice: 'Temporal does not answer: start it, then try again.',
  },
  // Reasons a job fails. Names are AWS's where it has one.
  InvalidManifestContent: {
    httpStatus: 400,
    retryable: false,
    advice: 'Correct the manifest and create the job again.',
  },
  ListingUnreliable: {
    httpStatus: 502,
    retryable: false,
    advice:
      "The store's listing contradicts itself, so that keys could be missing or come twice: give the job a manifest instead, and tell the store's maker what the message says.",
  },
  ManifestNotFound: { httpStatus: 404, retryable: false, advice: 'Check the manifest ARN: bucket, key and version.' },
  ManifestAccessDenied: { httpStatus: 403, retryable: false, advice: 'Let the job role read the manifest.' },
  ManifestETagMismatch: {
    httpStatus: 412,
    retryable: false,
    advice: 'The manifest has changed: create the job with its present ETag.',
  },
  ManifestNotReadable: {
    httpStatus: 400,
    retryable: false,
    advice:
      'Store the manifest so that a plain GetObject of the job role reads it: not archived, not encrypted with a key that only the client has (SSE-C).',
  },
  ReportNotWritable: {
    httpStatus: 403,
    retryable: false,
    advice: 'Check the report bucket and the rights of the job role.',
  },
  WorkspaceNotWritable: {
    httpStatus: 403,
    retryable: false,
    advice: 'Create the workspace bucket, or set DROVER_WORKSPACE_BUCKET to one that exists.',
  },
  RoleNotConfigured: {
    httpStatus: 400,
    retryable: false,
    advice: 'Use a role that the configuration maps to credentials.',
  },
  BucketNotAllowed: {
    httpStatus: 403,
    retryable: false,
    advice: 'Use a bucket that the configuration lets the role read or write, or another role.',
  },
  FunctionNotAllowed: {
    httpStatus: 403,
    retryable: false,
    advice: 'Use a function that the configuration lets the role invoke, or another role.',
  },
  VaultNotAllowed: {
    httpStatus: 403,
    retryable: false,
    advice:
      'Use a vault that the configuration lets the role use (roles[].vaults, roles[].deleteArchivesOf), or another role.',
  },
  UrlNotAllowed: {
    httpStatus: 403,
    retryable: false,
    advice: 'Use an address that the configuration lets the role call (roles[].webhooks), or another role.',
  },
  ObjectLockNotEnabled: {
    httpStatus: 400,
    retryable: false,
    advice: 'Use a bucket that has Object Lock: it is switched on when a bucket is made.',
  },
  ReplicationNotConfigured: {
    httpStatus: 400,
    retryable: false,
    advice: 'Give the bucket a replication configuration, or copy the objects with S3PutObjectCopy.',
  },
  StoreNotConfigured: {
    httpStatus: 400,
    retryable: false,
    advice: 'Name the bucket under one of the stores of the configuration.',
  },
  BucketInOtherRegion: {
    httpStatus: 400,
    retryable: false,
    advice: "Name the bucket in the configuration under a store with the bucket's region.",
  },
  TargetBucketNotFound: {
    httpStatus: 404,
    retryable: false,
    advice: 'Create the bucket, or correct its name in the request.',
  },
  StoreCredentialsRefused: {
    httpStatus: 403,
    retryable: false,
    advice:
      'Correct the credentials that the configuration has for this store or role: `drover config check` tries them.',
  },
  StoreRefused: {
    httpStatus: 502,
    retryable: false,
    advice: "Change what the store refuses: the message has the call, the bucket and the store's answer.",
  },
  NotificationNotAllowed: {
    httpStatus: 403,
    retryable: false,
    advice: 'Use a URL that notifications.jobWebhooks.allow of the configuration permits.',
  },
  NotificationFailed: {
    httpStatus: 502,
    retryable: true,
    advice: 'Check the target: the message says how it answered. The event is tried again for a day.',
  },
  NotificationRefused: {
    httpStatus: 502,
    retryable: false,
    advice: 'Check the target and its credentials: this event is not sent to it again.',
  },
  NotificationTargetGone: {
    httpStatus: 502,
    retryable: false,
    advice: 'Nothing, if it is meant to be gone: this job sends it nothing more.',
  },
  NoSuchReport: {
    httpStatus: 404,
    retryable: false,
    advice:
      'Describe the job: it has a report when it was created with one, when tasks of it have run, and when it has ended.',
  },
  ScheduleAlreadyExists: {
    httpStatus: 409,
    retryable: false,
    advice: 'Choose another schedule id, or delete the schedule first.',
  },
  NoSuchSchedule: { httpStatus: 404, retryable: false, advice: 'List the schedules of this account to find the id.' },
  OperationNotSupported: {
    httpStatus: 400,
    retryable: false,
    advice: 'Use one of the operations in docs/use/operations.md.',
  },
  StoreUnreachable: {
    httpStatus: 503,
    retryable: true,
    advice: 'Start the store, correct its endpoint, or wait until it serves again; a job goes on by itself.',
  },
  FailureThresholdExceeded: {
    httpStatus: 400,
    retryable: false,
    advice: 'Read the completion report: most tasks failed.',
  },
  ConfirmationTimedOut: {
    httpStatus: 400,
    retryable: false,
    advice: 'Create the job again and confirm it within 30 days.',
  },
  WorkspaceMismatch: {
    httpStatus: 500,
    retryable: true,
    advice:
      'Give all APIs and workers of a task queue the same workspace (workspace.bucket, workspace.prefix); the job goes on by itself.',
  },
  WorkflowEnded: {
    httpStatus: 500,
    retryable: false,
    advice: 'The workflow was ended in Temporal and not through Drover: create the job again.',
  },
  InvalidConfiguration: { httpStatus: 500, retryable: false, advice: 'Correct the setting that the message names.' },
  InternalError: {
    httpStatus: 500,
    retryable: false,
    advice: 'This is a defect of Drover: please report it with the job id.',
  },
} as const satisfies Record<string, { httpStatus: number; retryable: boolean; advice: string }>;

export type FailureCode = keyof typeof FAILURES;

/** For what Temporal shows: its readers do not read our source. Returns `error` itself. */
/** Type of the failure by which an attempt says that it is to be made again later. Nothing is wrong. */
export const STILL_WAITING = 'StillWaiting';

export function withoutStack<E extends Error>(error: E): E {
  error.stack = '';
  return error;
}

/** What the person can do; undefined for a code that is not of the catalogue. */
export function adviceFor(code: string): string | undefined {
  return code in FAILURES ? FAILURES[code as FailureCode].advice : undefined;
}

/** Thrown for every failure of the catalogue. `message` is for the person: it names the thing that is wrong. */
export class DroverError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'DroverError';
    this.code = code;
  }

  get httpStatus(): number {
    return FAILURES[this.code].httpStatus;
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable;
  }

  get advice(): string {
    return FAILURES[this.code].advice;
  }
}
