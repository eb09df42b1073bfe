/** Jobs over REST, and their manifests and reports. Free of Temporal's worker, whose native runtime outlives a test that never uses it. */
import type { ApiClient, Job } from '../../../cli/api-client';
import { defined } from '../../../contracts/defined';
import { isTerminal } from '../../../contracts/engine/lifecycle';
import type { JobStatus } from '../../../contracts/job';
import { eventually } from '../eventually';

/** Resolves with the job once it has one of the statuses. Rejects when it has ended with another, or after `timeoutMs`. */
export async function reaches(
  api: ApiClient,
  jobId: string,
  statuses: JobStatus | readonly JobStatus[],
  timeoutMs = 60_000,
): Promise<Job> {
  const wanted = [statuses].flat();
  const job = await eventually(
    () => api.describeJob(jobId),
    ({ status }) => wanted.includes(status) || isTerminal(status),
    timeoutMs,
  );
  if (wanted.includes(job.status)) return job;
  const reasons = job.failureReasons.map(({ FailureCode, FailureReason }) => `${FailureCode}: ${FailureReason}`);
  throw new Error(`job ${jobId} is ${job.status}, not ${wanted.join(' or ')}. ${reasons.join('; ')}`);
}

export interface JobOptions {
  /** `bucket/key` of the manifest. */
  readonly manifest: string;
  readonly etag?: string;
  readonly fields?: readonly string[];
  readonly operation: Readonly<Record<string, unknown>>;
  /** Bucket of the completion report, which goes below `reports/`; none is written without. */
  readonly report?: string;
  readonly scope?: 'AllTasks' | 'FailedTasksOnly';
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A job request in REST's form, which is CreateJob's. */
export function jobRequest({ manifest, etag, fields, operation, report, scope, more }: JobOptions) {
  return {
    Operation: operation,
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: fields ?? ['Bucket', 'Key'] },
      Location: { ObjectArn: `arn:aws:s3:::${manifest}`, ...defined({ ETag: etag }) },
    },
    Report:
      report === undefined
        ? { Enabled: false }
        : {
            Enabled: true,
            Bucket: `arn:aws:s3:::${report}`,
            Prefix: 'reports',
            Format: 'Report_CSV_20180820',
            ReportScope: scope ?? 'AllTasks',
          },
    ...more,
  };
}

export function reportFolder(jobId: string): string {
  return `reports/job-${jobId}/`;
}

/** A manifest without a header, from keys that need no encoding. */
export function plainManifest(bucket: string, keys: readonly string[]): string {
  return keys.map((key) => `${bucket},${key}\n`).join('');
}
