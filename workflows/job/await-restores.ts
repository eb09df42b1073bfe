import { CancellationScope, ChildWorkflowFailure, executeChild } from '@temporalio/workflow';
import { restoreWatchWorkflowId, WORKFLOW_TYPES } from '../../contracts/engine/naming';
import type { ChunkRange } from '../../contracts/engine/plan';
import { LIMITS } from '../../contracts/limits';
import { failureOf, isStepInterruption } from '../failures';
import type { restoreWatchWorkflow } from '../restore-watch';
import { jobIdAttribute } from '../search-attributes';
import type { ChunkPool } from './chunk-pool';
import type { JobRun } from './job-run';

/** For jobs of former versions. Starts one watch per stripe of chunks, all at once: waiting costs nothing, so there is no window. */
export async function awaitRestores(run: JobRun, pool: ChunkPool, since: string): Promise<void> {
  run.state.await(waitingFor(pool));
  const stripes = stripe(pool.awaiting, LIMITS.restore.stripesMax);
  await run.gate.interruptible(async () => {
    await Promise.all(stripes.map((ranges, number) => watch(run, pool, { ranges, number, since })));
  });
}

function waitingFor(pool: ChunkPool): string {
  return `restores: ${pool.settledTally.pending} objects are not readable yet`;
}

interface Stripe {
  readonly ranges: readonly ChunkRange[];
  readonly number: number;
  readonly since: string;
}

async function watch({ input, state, gate }: JobRun, pool: ChunkPool, part: Stripe): Promise<void> {
  const { jobId, workspace, plan, request } = input;
  if (plan.wait?.kind !== 'restore') throw new Error('tasks are pending, but the plan has nothing to wait for');
  try {
    const tally = await executeChild<typeof restoreWatchWorkflow>(WORKFLOW_TYPES.restoreWatch, {
      workflowId: restoreWatchWorkflowId(jobId, part.number),
      staticSummary: `restores of ${part.ranges.length} chunks`,
      typedSearchAttributes: [{ key: jobIdAttribute, value: jobId }],
      args: [
        {
          jobId,
          workspace,
          wait: plan.wait,
          ranges: part.ranges,
          since: part.since,
          reportEnabled: request.Report.Enabled,
        },
      ],
    });
    pool.settle(part.ranges, tally);
    state.await(pool.awaiting.length === 0 ? undefined : waitingFor(pool));
  } catch (error) {
    if (CancellationScope.current().consideredCancelled && isStepInterruption(error)) return;
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    const failure = failureOf(error);
    gate.stopWith(failure.code, failure.message);
  }
}

/** Deals the chunks into at most `most` contiguous groups. */
function stripe(ranges: readonly ChunkRange[], most: number): ChunkRange[][] {
  const size = Math.ceil(ranges.length / most);
  const stripes: ChunkRange[][] = [];
  for (let start = 0; start < ranges.length; start += size) stripes.push(ranges.slice(start, start + size));
  return stripes;
}
