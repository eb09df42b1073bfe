import { parseS3Arn } from '../../contracts/arn';
import { DroverError } from '../../contracts/engine/failures';
import { jobFolder } from '../../contracts/engine/job-start';
import type { Json, Workspace } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { formOfJob, manifestEtag, storeOfManifest } from '../../manifests';
import type { ObjectStore, Stores } from '../../storage/object-store';
import { generalRefusal } from '../../storage/refusals';
import { StoreError } from '../../storage/store-error';
import type { JobDescription } from './job-view';
import type { OpenFile } from './report-search';

export type ReportRows = 'succeeded' | 'failed';

export interface CompletionReport {
  readonly bucket: string;
  /** Key of the report's manifest.json. */
  readonly key: string;
  /** The content of manifest.json. */
  readonly manifest: Json;
}

/** The API's reads in stores, always under the role of the job. It starts and serves everything else without stores. */
export interface ObjectAccess {
  /** ETag of a manifest that the requester did not look up. Throws what `manifestRefusal` makes of the store's answer. */
  resolveEtag(account: string, roleArn: string, objectArn: string, versionId: string | undefined): Promise<string>;
  /** Throws NoSuchReport when the job has no report, or not yet, or when it is gone. */
  readReport(view: JobDescription): Promise<CompletionReport>;
  /** The report's files of one status, none of them open yet. */
  reportFiles(view: JobDescription, rows: ReportRows): Promise<readonly OpenFile[]>;
  /** The report's CSV rows of one status, as they lie in the store (AWS's columns, no header). */
  readReportRows(view: JobDescription, rows: ReportRows): Promise<AsyncIterable<Uint8Array>>;
  /** Whether the report has keys that are not URL-encoded. */
  keysAreRaw(view: JobDescription): Promise<boolean>;
}

/** `workspace` is that of the configuration: manifests that were sent to the API lie there. */
export function objectAccess(stores: Stores, workspace: Workspace): ObjectAccess {
  const readReport = async (view: JobDescription): Promise<CompletionReport> => {
    const { bucket, key } = locationOf(view);
    const store = stores.forRole(view.request.RoleArn, view.account).storeFor(bucket, 'read');
    const content = await explained(bucket, key, () =>
      answered(store, (signal) => store.read({ bucket, key }, { signal })),
    );
    return { bucket, key, manifest: JSON.parse(content.toString('utf8')) as Json };
  };
  const reportFiles = async (view: JobDescription, rows: ReportRows): Promise<OpenFile[]> => {
    const files = filesOf((await readReport(view)).manifest, rows);
    const roleStores = stores.forRole(view.request.RoleArn, view.account);
    return files.map(({ bucket, key }) => async () => {
      const store = roleStores.storeFor(bucket, 'read');
      const opened = await explained(bucket, key, () =>
        answered(store, (signal) => store.readStream({ bucket, key }, { signal })),
      );
      return opened.body;
    });
  };
  return {
    resolveEtag: async (account, roleArn, objectArn, versionId) => {
      if (parseS3Arn(objectArn)?.key === undefined) {
        throw new DroverError('BadRequestException', 'Manifest.Location.ObjectArn: must be the ARN of an object');
      }
      const role = stores.forRole(roleArn, account);
      const location = { ObjectArn: objectArn, ObjectVersionId: versionId };
      const { store, ref } = storeOfManifest(location, {
        account,
        storeFor: (bucket) => role.storeFor(bucket, 'read'),
        workspace: { ...workspace, store: stores.workspace() },
      });
      return answered(store, (signal) => manifestEtag(store, ref, objectArn, { signal }));
    },
    readReport,
    keysAreRaw: async ({ jobId, request }) => {
      const store = stores.workspace();
      const folder = jobFolder(workspace, jobId);
      return (await answered(store, (signal) => formOfJob(store, folder, request, signal))).keyEncoding === 'Raw';
    },
    reportFiles,
    readReportRows: async (view, rows) => {
      const [first, ...rest] = await reportFiles(view, rows);
      // The first file is opened before anything is answered, so that a store's refusal still becomes a status.
      return concatenated(await first?.(), rest);
    },
  };
}

async function* concatenated(
  first: AsyncIterable<Uint8Array> | undefined,
  rest: readonly OpenFile[],
): AsyncGenerator<Uint8Array> {
  if (first !== undefined) yield* first;
  for (const open of rest) yield* await open();
}

/** Rejects with `StoreUnreachable` when the store has not answered in time, repeats included. */
async function answered<Answer>(store: ObjectStore, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const late = new AbortController();
  const seconds = LIMITS.api.storeTimeoutMs / 1_000;
  const timer = setTimeout(() => {
    late.abort(new DroverError('StoreUnreachable', `No answer from the store ${store.describe()} within ${seconds} s`));
  }, LIMITS.api.storeTimeoutMs);
  try {
    return await ask(late.signal);
  } finally {
    clearTimeout(timer);
  }
}

function locationOf(view: JobDescription): { bucket: string; key: string } {
  const { request, snapshot, jobId } = view;
  if (!request.Report.Enabled) {
    throw new DroverError('NoSuchReport', `Job ${jobId} was created without a completion report`);
  }
  const bucket = parseS3Arn(request.Report.Bucket ?? '')?.bucket;
  if (snapshot.reportManifestKey === undefined || bucket === undefined) {
    throw new DroverError('NoSuchReport', `Job ${jobId} has no completion report: its status is ${snapshot.status}`);
  }
  return { bucket, key: snapshot.reportManifestKey };
}

function filesOf(manifest: Json, rows: ReportRows): { bucket: string; key: string }[] {
  const results =
    typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest) ? manifest['Results'] : undefined;
  if (!Array.isArray(results)) throw new Error('the manifest.json of the report has no Results');
  return results.flatMap((result) => {
    if (typeof result !== 'object' || result === null || Array.isArray(result)) return [];
    const { TaskExecutionStatus, Bucket, Key } = result;
    const wanted = TaskExecutionStatus === rows && typeof Bucket === 'string' && typeof Key === 'string';
    return wanted ? [{ bucket: Bucket, key: Key }] : [];
  });
}

async function explained<Answer>(bucket: string, key: string, read: () => Promise<Answer>): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    throw reportError(error, bucket, key);
  }
}

function reportError(error: unknown, bucket: string, key: string): unknown {
  if (!(error instanceof StoreError)) return error;
  const cause = { cause: error };
  const general = generalRefusal(error, 'report bucket');
  if (general !== undefined) return general;
  if (error.httpStatus === 404) {
    return new DroverError('NoSuchReport', `The report is gone: there is no ${key} in bucket ${bucket}`, cause);
  }
  return new DroverError('StoreRefused', `The report ${key} in bucket ${bucket} cannot be read: ${error.told}`, cause);
}
