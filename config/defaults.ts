import { DEFAULT_TASK_QUEUE } from '../contracts/engine/naming';
import { LIMITS } from '../contracts/limits';

/** The key and account of the embedded stack. Documented, hence no secret: refused where the API is reachable from outside. */
export const DEV_ACCESS_KEY = 'drover';
export const DEV_SECRET_KEY = 'drover-secret';
export const DEV_ACCOUNT_ID = '123456789012';

/** The store that DROVER_S3_… variables speak of. */
export const DEFAULT_STORE = 'default';

/** What a setting is when neither the environment nor the file has it. */
export const DEFAULTS = {
  region: 'us-east-1',
  apiHost: '127.0.0.1',
  apiPort: 8800,
  temporalAddress: '127.0.0.1:7233',
  temporalNamespace: 'default',
  taskQueue: DEFAULT_TASK_QUEUE,
  s3Endpoint: 'http://127.0.0.1:8333',
  pathStyle: true,
  workspaceBucket: 'drover-workspace',
  workspacePrefix: 'drover/jobs/',
  batchSlots: 8,
  heartbeatTimeoutSeconds: LIMITS.batch.heartbeatTimeoutMs / 1_000,
  bucketRequestsInFlightMax: LIMITS.request.perBucketMax,
  multipartAboveBytes: LIMITS.multipart.aboveBytes,
  multipartPartBytes: LIMITS.multipart.partBytes,
  traceJobShare: 1,
  /** One request of a batch of 1,000. */
  traceRequestShare: 0.001,
  logLevel: 'info',
} as const;

/** The role of an account for which the file names none. */
export function defaultRoleArn(account: string): string {
  return `arn:aws:iam::${account}:role/drover`;
}

export const DEV_ROLE_ARN = defaultRoleArn(DEV_ACCOUNT_ID);
