import { DroverError } from '../../contracts/engine/failures';
import { isTerminal } from '../../contracts/engine/lifecycle';
import type { JobRequest, PreparingProgress, Workspace } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { PreviewLine, PreviewRow } from '../../contracts/preview';
import type { Logger } from '../../logging/logger';
import { type FormerJob, selectByStoreOf, type SourceContext, type SourceRow } from '../../manifests';
import { rowCondition } from '../../operations/composing/row-condition';
import { takenByRule } from '../../operations/replicating/taken-by-rule';
import type { ObjectStore, Stores } from '../../storage/object-store';
import { generalRefusal } from '../../storage/refusals';
import { StoreError } from '../../storage/store-error';
import { toDroverError } from '../error-answer';
import type { JobService } from '../jobs/job-service';
import { Lines } from './lines';
import { readWholeSource } from './read-source';

/** A source as in a job request, checked, and what is to be shown of it. */
export interface PreviewRequest extends Pick<
  JobRequest,
  'Manifest' | 'ManifestGenerator' | 'Source' | 'Filter' | 'RoleArn'
> {
  /** First rows that are shown. */
  readonly Rows: number;
  /** All rows are shown. */
  readonly List: boolean;
}

export interface Previews {
  /**
   * Reads a source, and answers in lines of JSON (`PreviewLine`). The last one has totals or an error: an answer without has
   * broken off. Throws TooManyRequestsException.
   */
  open(account: string, request: PreviewRequest): AsyncIterable<Uint8Array>;
}

export interface PreviewDeps {
  readonly stores: Stores;
  /** That of the configuration. */
  readonly workspace: Workspace;
  readonly service: Pick<JobService, 'describeJob'>;
  readonly log: Pick<Logger, 'error'>;
  readonly now?: () => number;
}

export function previews(deps: PreviewDeps): Previews {
  let underWay = 0;
  return {
    open(account, request) {
      if (underWay >= LIMITS.preview.inFlight) {
        throw new DroverError('TooManyRequestsException', `${underWay} previews are being made by this API already`);
      }
      underWay += 1;
      const lines = new Lines(LIMITS.preview.idleMs);
      void fill(lines, account, request, deps).finally(() => (underWay -= 1));
      return lines;
    },
  };
}

/** Never rejects. */
async function fill(lines: Lines, account: string, request: PreviewRequest, deps: PreviewDeps): Promise<void> {
  let now: PreparingProgress = { read: 0, rows: 0, parts: 1, partsDone: 0 };
  // Also a sign of life: a reader that has gone is noticed by it.
  const pace = setInterval(() => lines.pushIfRoom({ progress: now } satisfies PreviewLine), LIMITS.preview.progressMs);
  const push = (line: PreviewLine): Promise<void> => lines.push(line);
  try {
    const totals = await readWholeSource(request, contextOf(account, request, lines.signal, deps), {
      rows: (rows) => push({ rows: rows.map(rowJson) }),
      restart: (bucket) => push({ restart: { bucket } }),
      progress: (progress) => void (now = progress),
    });
    await push({ totals });
  } catch (error) {
    if (!lines.signal.aborted) await push(refusal(error, deps)).catch(() => undefined);
  } finally {
    clearInterval(pace);
    lines.end();
  }
}

function contextOf(
  account: string,
  request: PreviewRequest,
  signal: AbortSignal,
  { stores, workspace, service, now = Date.now }: PreviewDeps,
): Omit<SourceContext, 'listAs'> {
  const role = stores.forRole(request.RoleArn, account);
  const storeFor = (bucket: string): ObjectStore => role.storeFor(bucket, 'read');
  return {
    storeFor,
    workspace: { ...workspace, store: stores.workspace() },
    account,
    batchRows: LIMITS.batch.rows,
    // Every source gives rows then, with all that it knows of them.
    isFiltered: true,
    ...selectByStoreOf(request),
    nowMs: now(),
    formerJob: (jobId) => formerJob(service, account, jobId),
    isTakenByRule: takenByRule(storeFor, signal),
    condition: (when) => rowCondition(when, new Date(now()), storeFor, signal),
    signal,
  };
}

async function formerJob(
  service: PreviewDeps['service'],
  account: string,
  jobId: string,
): Promise<FormerJob | undefined> {
  try {
    const { request, snapshot } = await service.describeJob(account, jobId);
    const { status, totalTasks = 0 } = snapshot;
    return { request, isRunning: !isTerminal(status), hadTasks: () => Promise.resolve(totalTasks > 0) };
  } catch (error) {
    if (error instanceof DroverError && error.code === 'NotFoundException') return undefined;
    throw error;
  }
}

function rowJson({ lastModifiedMs, spelledKey: _spelledKey, ...row }: SourceRow): PreviewRow {
  return lastModifiedMs === undefined ? row : { ...row, lastModified: new Date(lastModifiedMs).toISOString() };
}

function refusal(error: unknown, { log }: PreviewDeps): PreviewLine {
  const { code, message, advice } = toDroverError(told(error), 'preview', log);
  return { error: { code, message, advice } };
}

function told(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  const general = generalRefusal(error, 'bucket of the source');
  return general ?? new DroverError('StoreRefused', `The source can't be read: ${error.told}`, { cause: error });
}
