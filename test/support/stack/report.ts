import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { Buckets } from './buckets';

/** One row of a completion report, by AWS's column names. */
export interface ReportRow {
  readonly bucket: string;
  /** As the manifest spells it. */
  readonly key: string;
  readonly versionId: string;
  readonly taskStatus: string;
  readonly httpStatus: string;
  readonly errorCode: string;
  readonly message: string;
}

export interface CompletionReport {
  readonly manifest: {
    readonly Format: string;
    readonly ReportCreationDate: string;
    readonly ReportSchema: string;
    readonly Results: readonly {
      readonly TaskExecutionStatus: string;
      readonly Bucket: string;
      readonly MD5Checksum: string;
      readonly Key: string;
    }[];
  };
  readonly rows: readonly ReportRow[];
}

/**
 * A completion report as its readers find it: from manifest.json to the rows of all files. Throws when a checksum does not fit,
 * or a file holds a row of another status than its entry says.
 */
export async function readReport(buckets: Buckets, bucket: string, folder: string): Promise<CompletionReport> {
  const text = await buckets.get(bucket, `${folder}manifest.json`);
  const md5 = (await buckets.get(bucket, `${folder}manifest.json.md5`)).toString('utf8');
  if (md5.trim() !== md5Hex(text)) throw new Error('manifest.json.md5 is not the checksum of manifest.json');
  const manifest = JSON.parse(text.toString('utf8')) as CompletionReport['manifest'];
  const rows: ReportRow[] = [];
  for (const { Bucket, Key, MD5Checksum, TaskExecutionStatus } of manifest.Results) {
    const content = await buckets.get(Bucket, Key);
    if (md5Hex(content) !== MD5Checksum) throw new Error(`${Key} has another checksum than manifest.json says`);
    const fileRows = rowsOf(content);
    const stray = fileRows.find(({ taskStatus }) => taskStatus !== TaskExecutionStatus);
    if (stray !== undefined) throw new Error(`${Key} should have ${TaskExecutionStatus} rows only`);
    rows.push(...fileRows);
  }
  return { manifest, rows };
}

function rowsOf(content: Buffer): ReportRow[] {
  return parse(content).map((columns) => {
    if (columns.length !== 7) {
      throw new Error(`a report row has seven columns, not ${columns.length}: ${columns.join()}`);
    }
    const [bucket = '', key = '', versionId = '', taskStatus = '', httpStatus = '', errorCode = '', message = ''] =
      columns;
    return { bucket, key, versionId, taskStatus, httpStatus, errorCode, message };
  });
}

function md5Hex(content: Buffer): string {
  return createHash('md5').update(content).digest('hex');
}
