/** `slowDown`: the store is asked too much. `transient`: it may go well the next time. `final`: it won't. */
export type FaultKind = 'slowDown' | 'transient' | 'final';

interface Meaning {
  readonly kind: FaultKind;
  readonly codes: readonly string[];
  /** The public text that says so. */
  readonly source: string;
}

/**
 * What error codes say of the next attempt, for everything that asks a store or calls a function. The code decides, whatever
 * its status; the status only for codes that are not here. Codes whose status says the same are left out.
 */
export const MEANINGS: readonly Meaning[] = [
  {
    kind: 'slowDown',
    codes: ['SlowDown', 'ServiceUnavailable'],
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
  },
  {
    kind: 'slowDown',
    codes: ['SlowDownRead', 'SlowDownWrite'],
    source: 'https://github.com/minio/minio/blob/master/cmd/api-errors.go',
  },
  {
    kind: 'slowDown',
    codes: [
      'BandwidthLimitExceeded',
      'EC2ThrottledException',
      'LimitExceededException',
      'PriorRequestNotComplete',
      'RequestLimitExceeded',
      'RequestThrottled',
      'RequestThrottledException',
      'ThrottledException',
      'Throttling',
      'ThrottlingException',
      'TooManyRequestsException',
    ],
    source: '@smithy/core (AWS SDK for JavaScript), submodules/retry, THROTTLING_ERROR_CODES',
  },
  {
    kind: 'slowDown',
    codes: ['TooManyRequests'],
    source: 'https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm',
  },
  {
    // Refused before the function ran. They come with 502.
    kind: 'slowDown',
    codes: ['ResourceNotReadyException', 'ENILimitReachedException'],
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors',
  },
  {
    // "Try again", with 409.
    kind: 'transient',
    codes: ['OperationAborted'],
    source:
      'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; https://github.com/apache/arrow-rs-object-store/issues/138 (OVH); opendal, core/src/services/s3/error.rs',
  },
  {
    // "On a 409 failure, retry the upload." Nothing was written.
    kind: 'transient',
    codes: ['ConditionalRequestConflict'],
    source:
      'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html; https://github.com/apache/opendal/issues/6741',
  },
  {
    kind: 'transient',
    codes: ['InternalError'],
    source:
      'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; minio-go, retry.go; opendal, error.rs',
  },
  {
    // S3's 400 for a body that did not arrive in time.
    kind: 'transient',
    codes: ['RequestTimeout', 'RequestTimeoutException', 'TimeoutError'],
    source: '@smithy/core, submodules/retry, TRANSIENT_ERROR_CODES; minio-go, retry.go',
  },
  {
    // Each attempt is signed anew: one that waited too long in a frozen process is not late again.
    kind: 'transient',
    codes: ['RequestTimeTooSkewed'],
    source: 'https://github.com/peak/s5cmd/pull/221; https://github.com/awslabs/aws-c-s3/pull/343',
  },
  {
    // Some stores say it with 500 or 503.
    kind: 'final',
    codes: ['NotImplemented'],
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
  },
];

/** Families that grow: `SlowDownRead`, `Throttling.User`, … */
const SLOW_DOWN_CODE = /^(?:SlowDown|Throttl)/;

/**
 * The credentials had expired. They are renewed, and then it is final (minio-go, retry.go;
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
 */
export const EXPIRED_CODES: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
]);

const KIND_OF_CODE: ReadonlyMap<string, FaultKind> = new Map(
  MEANINGS.flatMap(({ kind, codes }) => codes.map((code) => [code, kind] as const)),
);

export function classify(httpStatus: number, code: string): FaultKind {
  return KIND_OF_CODE.get(code) ?? (SLOW_DOWN_CODE.test(code) ? 'slowDown' : kindOfStatus(httpStatus));
}

/** A method or protocol that is not known (501, 505) is the same the next time. 499 is R2's (opendal, error.rs; minio-go, retry.go). */
function kindOfStatus(httpStatus: number): FaultKind {
  if (httpStatus === 429 || httpStatus === 503) return 'slowDown';
  if (httpStatus === 501 || httpStatus === 505) return 'final';
  return httpStatus >= 500 || httpStatus === 408 || httpStatus === 499 ? 'transient' : 'final';
}
