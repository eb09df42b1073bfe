import { parseS3Arn } from '../contracts/arn';
import type { WriteChunkReportInput } from '../contracts/engine/activities';
import type { OpenBatch } from '../contracts/engine/checkpoint';
import { workspaceKeys } from '../contracts/engine/naming';
import { addTallies, EMPTY_TALLY, executed, type Tally, type TaskOutcome } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import {
  compactParts,
  openPartRef,
  PartBuilder,
  partRef,
  type PartScope,
  partScope,
  readIfThere,
  recordedBatch,
  type ReportFile,
  resultKey,
  slicePart,
} from '../reports';
import type { ObjectStore } from '../storage/object-store';
import type { ActivityDependencies } from './dependencies';
import type { JobSpecs } from './job-spec';
import { underLease } from './lease';
import { closedPart } from './waiting/closed-parts';
import { readWaitingState, type WaitingState } from './waiting/waiting-list';

/** Parts read ahead of the file that is written: hides the store's latency, holds some hundred kilobytes. */
const READ_AHEAD = 8;

/** What a task of a job of a former version gets whose effect is no longer awaited, since its job has ended. */
const NOT_AWAITED: TaskOutcome = {
  status: 'failed',
  httpStatus: 202,
  errorCode: 'RestoreNotAwaited',
  message: 'The restore was requested; the job ended before the object became readable',
};

/** Joins the parts of a chunk's batches into report files. Keys are deterministic: a second run writes the same files. */
export function writeChunkReportActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function writeChunkReport(input: WriteChunkReportInput): Promise<Tally> {
    return underLease(dependencies, input.jobId, async ({ stores, signal }) => {
      const { account, request, plan } = await specs.load(input);
      const bucket = parseS3Arn(request.Report.Bucket ?? '')?.bucket;
      if (bucket === undefined) throw new Error('a job without a report bucket asks for a report');
      const { chunk } = input.range;
      const { jobId } = input;
      const workspace = stores.workspace();
      let tally = EMPTY_TALLY;
      const onPart = (part: Buffer): void => {
        tally = addTallies(tally, slicePart(part).tally);
      };
      const waits = input.open !== undefined && plan.wait?.kind === 'lists';
      const closing: Closing | undefined = waits
        ? { state: await readWaitingState(workspace, input, { signal }), scope: partScope(request.Report), signal }
        : undefined;
      const files = await compactParts({
        parts: readParts(workspace, input, onPart, closing),
        store: stores.forRole(request.RoleArn, account).storeFor(bucket, 'write'),
        bucket,
        keyOf: (status, sequence) => resultKey({ prefix: request.Report.Prefix, jobId, chunk, status, sequence }),
        fileBytesMax: LIMITS.report.fileBytesMax,
        signal,
      });
      await workspace.put(chunkReportRef(input, chunk), JSON.stringify(files), { contentType: 'application/json' });
      return tally;
    });
  };
}

function chunkReportRef(job: Pick<WriteChunkReportInput, 'workspace'>, chunk: number) {
  return { bucket: job.workspace.bucket, key: workspaceKeys.chunkReport(job.workspace.prefix, chunk) };
}

/** What `writeChunkReport` left for a chunk: nothing when the chunk never began. */
export async function readChunkReport(
  workspace: ObjectStore,
  job: Pick<WriteChunkReportInput, 'workspace'>,
  chunk: number,
): Promise<ReportFile[]> {
  const bytes = await readIfThere(workspace, chunkReportRef(job, chunk));
  return bytes ? (JSON.parse(bytes.toString('utf8')) as ReportFile[]) : [];
}

/** What tells the rows of tasks that waited when their job ended. */
interface Closing {
  readonly state: WaitingState;
  readonly scope: PartScope;
  readonly signal: AbortSignal;
}

async function* readParts(
  workspace: ObjectStore,
  input: WriteChunkReportInput,
  onPart: (part: Buffer) => void,
  closing: Closing | undefined,
): AsyncIterable<Buffer> {
  const { firstBatch, batches } = input.range;
  const ahead: Promise<Buffer | undefined>[] = [];
  for (let taken = 0, begun = 0; taken < batches; taken++) {
    for (; begun < batches && begun < taken + READ_AHEAD; begun++) {
      const reading = readPart(workspace, input, firstBatch + begun, closing);
      // Awaited below, in order; until then a failure must not count as unhandled.
      reading.catch(() => undefined);
      ahead.push(reading);
    }
    const part = await ahead.shift();
    if (!part) continue;
    onPart(part);
    yield part;
  }
}

async function readPart(
  workspace: ObjectStore,
  input: WriteChunkReportInput,
  batch: number,
  closing: Closing | undefined,
): Promise<Buffer | undefined> {
  const { open } = input;
  if (open && closing) {
    const part = await fullestPart(workspace, open, input, batch);
    return closedPart(workspace, input, batch, { ...closing, part }, closing);
  }
  const finished = await readIfThere(workspace, partRef(input, batch));
  if (finished) return open ? closePending(finished) : finished;
  if (!open) throw new Error(`the rows of batch ${batch} are missing in the workspace`);
  const part = await fullestPart(workspace, open, input, batch);
  return part && closePending(part);
}

/** Undefined for a batch of which nothing was flushed. */
async function fullestPart(
  workspace: ObjectStore,
  open: readonly OpenBatch[],
  input: WriteChunkReportInput,
  batch: number,
): Promise<Buffer | undefined> {
  const token = await openToken(workspace, open, input, batch);
  if (token === undefined) return undefined;
  return workspace.read(token === 'finished' ? partRef(input, batch) : openPartRef(input, batch, token));
}

/** A chunk that was ended from outside knows less of its batches than they have flushed. */
async function openToken(
  workspace: ObjectStore,
  open: readonly OpenBatch[],
  input: WriteChunkReportInput,
  batch: number,
): Promise<string | undefined> {
  const known = open.find((one) => one.batch === batch)?.checkpoint;
  const recorded = await recordedBatch(workspace, input, batch);
  if (recorded?.status === 'done') return 'finished';
  const found = recorded?.checkpoint;
  return executed(found?.tally ?? EMPTY_TALLY) > executed(known?.tally ?? EMPTY_TALLY) ? found?.part : known?.part;
}

function closePending(bytes: Buffer): Buffer {
  const part = PartBuilder.resume(bytes);
  const pending = part.takePending();
  if (pending.length === 0) return bytes;
  for (const task of pending) part.add(task, NOT_AWAITED);
  return part.encode();
}
