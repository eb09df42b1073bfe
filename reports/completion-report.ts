import { createHash } from 'node:crypto';
import { md5Hex, type ReportFile, type ReportStatus } from './report-files';

/** As AWS has it, wrong order included: rows have HTTPStatusCode before ErrorCode (see report-row). */
const REPORT_SCHEMA = 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage';

/** Key prefix of a job's completion report: `<Prefix>/job-<id>/`, or `job-<id>/`. A slash that ends `Prefix` is not doubled. */
export function reportPrefix(prefix: string | undefined, jobId: string): string {
  const parent = prefix?.replace(/\/$/, '') ?? '';
  return parent === '' ? `job-${jobId}/` : `${parent}/job-${jobId}/`;
}

export function manifestKey(prefix: string | undefined, jobId: string): string {
  return `${reportPrefix(prefix, jobId)}manifest.json`;
}

export function manifestMd5Key(prefix: string | undefined, jobId: string): string {
  return `${manifestKey(prefix, jobId)}.md5`;
}

export interface ResultName {
  readonly prefix: string | undefined;
  readonly jobId: string;
  readonly chunk: number;
  readonly status: ReportStatus;
  /** The number of the file among those of its chunk and status. */
  readonly sequence: number;
}

/** Key of a results file. AWS's names are 40 hexadecimal digits; ours follow from what the file is, so that a retry overwrites it. */
export function resultKey({ prefix, jobId, chunk, status, sequence }: ResultName): string {
  const name = createHash('sha1').update(`${jobId}/${chunk}/${status}/${sequence}`).digest('hex');
  return `${reportPrefix(prefix, jobId)}results/${name}.csv`;
}

/**
 * The text of manifest.json (user guide, "Completion reports"). Succeeded files stand before failed ones, otherwise the order
 * is kept; a status without rows has no entry. `NumberOfTasksSkipped`, of the succeeded ones, is Drover's own, and absent when there are none.
 */
export function buildManifest(
  files: readonly ReportFile[],
  options: { readonly bucket: string; readonly createdAt: Date; readonly skipped?: number | undefined },
): string {
  const ordered = (['succeeded', 'failed'] as const).flatMap((status) =>
    files.filter((file) => file.status === status && file.rows > 0),
  );
  return JSON.stringify({
    Format: 'Report_CSV_20180820',
    ReportCreationDate: options.createdAt.toISOString(),
    Results: ordered.map(({ status, key, md5 }) => ({
      TaskExecutionStatus: status,
      Bucket: options.bucket,
      MD5Checksum: md5,
      Key: key,
    })),
    ReportSchema: REPORT_SCHEMA,
    ...(options.skipped ? { NumberOfTasksSkipped: options.skipped } : {}),
  });
}

/** The text of manifest.json.md5: AWS's object has 33 bytes of which the first 32 are the digits; the last is taken to be a line feed. */
export function manifestMd5(manifest: string): string {
  return `${md5Hex(manifest)}\n`;
}
