import type { Tally } from '../../../contracts/engine/outcome';
import type { ListedWait } from '../../../contracts/engine/plan';
import type { JobInput } from '../../../contracts/job';
import { DEFAULT_FAILURE_THRESHOLD } from '../../../workflows/batches/failure-threshold';
import { cutChunks } from '../../../workflows/job/chunk-cut';
import { ChunkPool } from '../../../workflows/job/chunk-pool';
import { JobGate } from '../../../workflows/job/control/job-gate';
import { JobIntents } from '../../../workflows/job/control/job-intents';
import type { JobShare } from '../../../workflows/job/control/job-share';
import type { JobRun } from '../../../workflows/job/job-run';
import type { JobState } from '../../../workflows/job/job-state';
import { workWithWaits } from '../../../workflows/job/work-with-waits';

/** Bundled by test/workflows/job/waiting-days.test.ts: a job's work without memo updates, which the time-skipping server does not know. */
export async function waitingWorkflow(input: JobInput, batches: number): Promise<WaitingEnd> {
  const pool = new ChunkPool(cutChunks(batches));
  const said: string[] = [];
  const state = {
    limits: {},
    failureThreshold: DEFAULT_FAILURE_THRESHOLD,
    current: 'Active',
    pool,
    totalTasks: batches * input.plan.batchRows,
    enter: () => undefined,
    progressed: () => undefined,
    await: (text: string | undefined) => text !== undefined && said.push(text),
  } as unknown as JobState;
  let left = 0;
  const share = { batches: 8, batchesAllowed: 8, preempted: false, join: () => undefined, leave: () => (left += 1) };
  const gate = new JobGate(state, new JobIntents(), share as unknown as JobShare);
  const run = { input, state, share, gate, intents: new JobIntents() } as unknown as JobRun;
  await workWithWaits(run, pool, input.plan.wait as ListedWait);
  return { tally: pool.settledTally, said, left };
}

export interface WaitingEnd {
  readonly tally: Tally;
  /** What the job said that it waits for. */
  readonly said: readonly string[];
  /** How often the job left its share to others. */
  readonly left: number;
}

export { chunkWorkflow } from '../../../workflows/chunk';
