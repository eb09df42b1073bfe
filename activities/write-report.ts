import { parseS3Arn } from '../contracts/arn';
import type { WriteReportInput, WrittenReport } from '../contracts/engine/activities';
import { listChunk } from '../contracts/engine/naming';
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
  const { chunks, listChunks = 0 } = input;
  const numbers = [
    ...Array.from({ length: chunks }, (_, chunk) => chunk),
    ...Array.from({ length: listChunks }, (_, number) => listChunk(number)),
  ];
  const files: ReportFile[] = [];
  for (let first = 0; first < numbers.length; first += READS_AT_ONCE) {
    const reads = numbers.slice(first, first + READS_AT_ONCE).map((chunk) => readChunkReport(workspace, input, chunk));
    files.push(...(await Promise.all(reads)).flat());
  }
  return files;
}
