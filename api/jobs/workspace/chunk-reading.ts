import { defined } from '../../../contracts/defined';
import type { ChunkProgress } from '../../../contracts/engine/messages';
import { addTallies, furthest, subtractTallies, type Tally } from '../../../contracts/engine/outcome';
import type { Workspace } from '../../../contracts/job';
import type { BatchHeartbeat, ChunkRun } from '../../temporal/chunk-run';
import type { ChunkRecount, RecountedBatch } from '../../temporal/history-progress';
import type { JobsGateway } from '../../temporal/jobs';

/** Tasks that a batch has flushed to its workspace, by any of its attempts; undefined for none. */
export type FlushedTally = (workspace: Workspace, batch: number) => Promise<Tally | undefined>;

export type ChunkSource = Pick<JobsGateway, 'chunkRun' | 'chunkProgress' | 'chunkResult' | 'recountChunk'>;

export interface ChunkReading {
  readonly tally: Tally;
  /** Why one of its batches is being tried again, or what holds it up. */
  readonly trouble?: string;
}

/**
 * Tasks that a chunk has done by now: never fewer than an earlier reading, of any process, has found. A batch's number moves from
 * heartbeats, or from the workspace, to the chunk's own count. The places are read in this order, so a number that has left one
 * place is found in the next. Undefined when the chunk has not begun.
 */
export async function readChunk(
  source: ChunkSource,
  flushedTally: FlushedTally,
  jobId: string,
  chunk: number,
  workers: boolean,
): Promise<ChunkReading | undefined> {
  const run = await source.chunkRun(jobId, chunk);
  if (run === undefined) return undefined;
  if (run.state === 'completed') return { tally: await source.chunkResult(jobId, chunk, run) };
  const trouble = run.heartbeats.find((heartbeat) => heartbeat.trouble !== undefined)?.trouble;
  const progress = workers && run.state === 'running' ? await answerOf(source, jobId, chunk) : undefined;
  const tally =
    progress === undefined || progress.open.some(({ recovering }) => recovering)
      ? await recountedTally(await source.recountChunk(jobId, chunk, run), run, flushedTally)
      : chunkTally(progress, run.heartbeats);
  return { tally, ...defined({ trouble }) };
}

/** Undefined when no worker answers. */
async function answerOf(source: ChunkSource, jobId: string, chunk: number): Promise<ChunkProgress | undefined> {
  return source.chunkProgress(jobId, chunk).catch(() => undefined);
}

/** Tasks of a chunk: its own count, and what the heartbeats of its open batches add. */
export function chunkTally({ tally, open }: ChunkProgress, heartbeats: readonly BatchHeartbeat[]): Tally {
  return open.reduce((sum, { activityId, from }) => addBeyond(sum, from, beatenBy(activityId, heartbeats)), tally);
}

async function recountedTally(counted: ChunkRecount, run: ChunkRun, flushedTally: FlushedTally): Promise<Tally> {
  const reached = await Promise.all(
    counted.open.map(async (open) => {
      const beaten = beatenBy(open.activityId, run.heartbeats);
      const known = furthest(beaten ?? open.from, open.beaten ?? open.from);
      if (!isOutOfSight(open, run)) return known;
      // A store that the API can't reach must not hide the job: then what is known serves.
      const flushed = await flushedTally(counted.workspace, open.batch).catch(() => undefined);
      return furthest(known, flushed ?? known);
    }),
  );
  return counted.open.reduce((sum, { from }, index) => addBeyond(sum, from, reached[index]), counted.tally);
}

/**
 * Neither heartbeats nor history have what the batch did: it ended without a result, or Temporal holds its result back because
 * the chunk's workflow has a task under way, maybe in a worker that is dead.
 */
function isOutOfSight(open: RecountedBatch, run: ChunkRun): boolean {
  if (open.recovering || run.state !== 'running') return true;
  const pending = run.heartbeats.some(({ activityId }) => activityId === open.activityId);
  return !pending && open.scheduledAt <= run.events;
}

function beatenBy(activityId: string | undefined, heartbeats: readonly BatchHeartbeat[]): Tally | undefined {
  return heartbeats.find((heartbeat) => heartbeat.activityId === activityId)?.checkpoint?.tally;
}

function addBeyond(sum: Tally, from: Tally, reached: Tally | undefined): Tally {
  return reached === undefined ? sum : addTallies(sum, subtractTallies(furthest(from, reached), from));
}
