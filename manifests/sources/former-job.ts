import { DroverError } from '../../contracts/engine/failures';
import { listBatch, workspaceKeys } from '../../contracts/engine/naming';
import { isSkippedMessage } from '../../contracts/engine/outcome';
import type { JobRequest, Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { FormerJobSource } from '../../contracts/source';
import {
  decodePart,
  openPartRef,
  partRef,
  partScope,
  readIfThere,
  recordedBatch,
  type ReportPart,
} from '../../reports';
import { StoreError } from '../../storage/store-error';
import { decodeManifestKey } from '../csv/key-encoding';
import { splitRows } from '../csv/split-rows';
import { formOfJob } from '../form-of-job';
import { batchesIn } from '../manifest-index';
import { CANONICAL_FORM } from '../segments/canonical-row';
import type { ManifestForm } from '../segments/segment-table';
import type { SourceRow } from './row';
import {
  type FormerJob,
  type SequentialPage,
  sequentialReading,
  type SourceContext,
  type SourceDefinition,
} from './source';

type Rows = FormerJobSource['FromJob']['Rows'];

/** Batches of the former job that one activity reads. JSON. */
interface FormerBatches {
  readonly jobId: string;
  readonly rows: Rows;
  readonly keysAreRaw: boolean;
  readonly first: number;
  readonly end: number;
}

const BATCHES_PER_PART = 200;
const READ_AHEAD = 8;

/** Rows of a job that has ended, from what its batches have left in the workspace: also of a job without a report. */
export const formerJob: SourceDefinition<FormerJobSource> = {
  name: 'formerJob',

  async plan({ FromJob: { JobId, Rows } }, context) {
    const former = await context.formerJob(JobId);
    if (former === undefined) throw new DroverError('ManifestNotFound', `There is no job ${JobId} of this account`);
    if (former.isRunning) {
      throw new DroverError('ManifestNotReadable', `The job ${JobId} has not ended: take its rows when it has`);
    }
    checkKept(JobId, Rows, former.request);
    const batches = await batchesOf(JobId, former, context);
    const perPart = Math.max(BATCHES_PER_PART, Math.ceil(batches / LIMITS.source.partsMax));
    const form = await formOfFormer(JobId, former.request, context);
    const keysAreRaw = form.keyEncoding === 'Raw';
    const parts: Json[] = [];
    const firstList = listBatch(0);
    for (const [begin, end] of [
      [0, batches],
      [firstList, firstList + (await listsOf(JobId, context))],
    ] as const) {
      for (let first = begin; first < end; first += perPart) {
        parts.push({ jobId: JobId, rows: Rows, keysAreRaw, first, end: Math.min(end, first + perPart) });
      }
    }
    return { parts, form: refusesEmptyVersions(form) ? WITHOUT_NEWEST : CANONICAL_FORM };
  },

  open(part, left, context) {
    const batches = part as unknown as FormerBatches;
    return sequentialReading(left, readBatches(batches, typeof left === 'number' ? left : batches.first, context));
  },
};

/** An empty version id is a failed row, as in the former job. */
const WITHOUT_NEWEST: ManifestForm = { fields: CANONICAL_FORM.fields };

/** A row without a version id failed for that: it must not be taken for the newest version now. */
function refusesEmptyVersions({ fields, emptyVersionId }: ManifestForm): boolean {
  return fields.includes('VersionId') && emptyVersionId !== 'Newest';
}

function formOfFormer(
  jobId: string,
  request: JobRequest,
  { workspace: { store, bucket, prefix }, signal }: SourceContext,
): Promise<ManifestForm> {
  return formOfJob(store, { bucket, prefix: `${prefix}${jobId}/` }, request, signal);
}

/** Failed rows are always kept, and those that were passed over. */
function checkKept(jobId: string, rows: Rows, { Report }: JobRequest): void {
  if (rows === 'failed' || rows === 'skipped' || partScope(Report) === 'AllTasks') return;
  throw new DroverError(
    'ManifestNotReadable',
    `The job ${jobId} kept the rows of failed and skipped tasks alone: only a job with a report of all tasks (ReportScope AllTasks) keeps those of others`,
  );
}

/** None where the job failed before its first task. */
async function batchesOf(
  jobId: string,
  former: FormerJob,
  { workspace: { store, bucket, prefix }, signal }: SourceContext,
): Promise<number> {
  const index = { bucket, key: workspaceKeys.index(`${prefix}${jobId}/`) };
  try {
    const { contentLength } = await store.headObject(index, { signal, plainNotFound: true });
    return batchesIn(contentLength ?? (await store.read(index, { signal })).byteLength);
  } catch (error) {
    if (!(error instanceof StoreError && error.httpStatus === 404)) throw error;
    if (await former.hadTasks()) throw rowsRemoved(jobId);
    return 0;
  }
}

/** Lists of tasks that have waited, which have the rows of these. */
async function listsOf(
  jobId: string,
  { workspace: { store, bucket, prefix }, signal }: SourceContext,
): Promise<number> {
  const bytes = await readIfThere(store, { bucket, key: workspaceKeys.waiting(`${prefix}${jobId}/`) }, { signal });
  return bytes === undefined ? 0 : (JSON.parse(bytes.toString('utf8')) as { readonly lists: number }).lists;
}

async function* readBatches(
  batches: FormerBatches,
  from: number,
  context: SourceContext,
): AsyncGenerator<SequentialPage> {
  const ahead: Promise<ReportPart | undefined>[] = [];
  // What a former attempt has found is not known here.
  let isUnsure = from > batches.first;
  for (let batch = from, begun = from; batch < batches.end; batch++) {
    for (; begun < batches.end && begun < batch + READ_AHEAD; begun++) {
      const reading = readPart(batches.jobId, begun, context);
      // Awaited below, in order; until then a failure must not count as unhandled.
      reading.catch(() => undefined);
      ahead.push(reading);
    }
    const part = await ahead.shift();
    isUnsure ||= part === undefined;
    if (isUnsure && batch === batches.end - 1) await checkThere(batches.jobId, context);
    yield { rows: part === undefined ? [] : rowsOf(part, batches), cursor: batch + 1 };
  }
}

/** A part that is not there is one of a batch that has not begun, unless the job's folder has been removed: its index goes first. */
async function checkThere(
  jobId: string,
  { workspace: { store, bucket, prefix }, signal }: SourceContext,
): Promise<void> {
  const index = { bucket, key: workspaceKeys.index(`${prefix}${jobId}/`) };
  try {
    await store.headObject(index, { signal, plainNotFound: true });
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) throw rowsRemoved(jobId);
    throw error;
  }
}

function rowsRemoved(jobId: string): DroverError {
  return new DroverError(
    'ManifestNotFound',
    `The rows of job ${jobId} have been removed from the workspace (workspace.keepDays): take them from its report`,
  );
}

/** Undefined for a batch that has not begun. */
async function readPart(jobId: string, batch: number, context: SourceContext): Promise<ReportPart | undefined> {
  const { store, bucket, prefix } = context.workspace;
  const job = { workspace: { bucket, prefix: `${prefix}${jobId}/` } };
  const { signal } = context;
  const finished = await readIfThere(store, partRef(job, batch), { signal });
  if (finished !== undefined) return decodePart(finished);
  const recorded = await recordedBatch(store, job, batch, { signal });
  if (recorded?.status !== 'interrupted') return undefined;
  return decodePart(await store.read(openPartRef(job, batch, recorded.checkpoint.part), { signal }));
}

function rowsOf(part: ReportPart, { jobId, rows, keysAreRaw }: FormerBatches): SourceRow[] {
  const found: SourceRow[] = [];
  const take = (text: string, passes: (message: string) => boolean): void => {
    splitRows(text, ([bucket = '', manifestKey = '', versionId = '', , , , message = '']) => {
      if (passes(message)) found.push(rowOf(bucket, manifestKey, versionId, keysAreRaw));
    });
  };
  if (rows !== 'succeeded' && rows !== 'skipped') take(part.failed, () => true);
  if (rows === 'all' || rows === 'succeeded') take(part.succeeded, () => true);
  if (rows !== 'skipped') return found;
  take(part.succeeded, isSkippedMessage);
  take(part.skipped ?? '', () => true);
  // A former release kept none beside failed rows.
  if (part.scope === 'AllTasks' || found.length >= (part.tally.skipped ?? 0)) return found;
  throw new DroverError(
    'ManifestNotReadable',
    `The job ${jobId} was run by a release that kept no rows of skipped tasks`,
  );
}

/** A row whose key can't be decoded failed for that, and fails again. */
function rowOf(bucket: string, manifestKey: string, versionId: string, keysAreRaw: boolean): SourceRow {
  const decoded = keysAreRaw ? { key: manifestKey } : decodeManifestKey(manifestKey);
  const named = 'key' in decoded ? { key: decoded.key } : { key: manifestKey, spelledKey: manifestKey };
  return versionId === '' ? { bucket, ...named } : { bucket, ...named, versionId };
}
