import { parseS3Arn } from '../contracts/arn';
import type { WriteReportInput, WrittenReport } from '../contracts/engine/activities';
import { buildManifest, manifestKey, manifestMd5, manifestMd5Key, putReportObject, type ReportFile } from '../reports';
import type { ObjectStore } from '../storage/object-store';
import type { ActivityDependencies } from './dependencies';
import type { JobSpecs } from './job-spec';
import { underLease } from './lease';
import { readChunkReport } from './write-chunk-report';

const READS_AT_ONCE = 16;

/** Lists the report files of all chunks in manifest.json, and its MD5 beside it. */
export function writeReportActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function writeReport(input: WriteReportInput): Promise<WrittenReport> {
    return underLease(dependencies, input.jobId, async ({ stores }) => {
      const { account, request } = await specs.load(input);
      const bucket = parseS3Arn(request.Report.Bucket ?? '')?.bucket;
      if (bucket === undefined) return {};
      const store = stores.forRole(request.RoleArn, account).storeFor(bucket, 'write');
      const files = await readAll(stores.workspace(), input);
      const manifest = buildManifest(files, { bucket, createdAt: new Date(), skipped: input.skipped });
      const key = manifestKey(request.Report.Prefix, input.jobId);
      const md5Key = manifestMd5Key(request.Report.Prefix, input.jobId);
      await putReportObject(store, bucket, key, manifest, { contentType: 'application/json' });
      await putReportObject(store, bucket, md5Key, manifestMd5(manifest), { contentType: 'text/plain' });
      return { manifestKey: key };
    });
  };
}

async function readAll(workspace: ObjectStore, input: WriteReportInput): Promise<ReportFile[]> {
  const files: ReportFile[] = [];
  for (let first = 0; first < input.chunks; first += READS_AT_ONCE) {
    const count = Math.min(READS_AT_ONCE, input.chunks - first);
    const reads = Array.from({ length: count }, (_, i) => readChunkReport(workspace, input, first + i));
    files.push(...(await Promise.all(reads)).flat());
  }
  return files;
}
