import { CancellationScope, ChildWorkflowFailure, executeChild } from '@temporalio/workflow';
import type { JobInput } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { restoreWatchWorkflowId } from '../../contracts/naming';
import type { ChunkRange } from '../../contracts/plan';
import type { ChunkPool } from './chunk-pool';
import { failureOf, isStepInterruption } from '../chunk/failure-of';
import type { JobControl } from './job-control';
import type { JobState } from './job-state';
import type { restoreWatchWorkflow } from '../restore-watch';
import { jobIdAttribute } from '../search-attributes';

/** One watch per stripe of chunks, all at once: waiting costs nothing, so there is no window. */
export async function awaitRestores(
  input: JobInput,
  state: JobState,
  pool: ChunkPool,
  control: JobControl,
  since: string,
): Promise<void> {
  state.await(`restores: ${pool.settledTally.pending} objects are not readable yet`);
  const stripes = stripe(pool.awaiting, LIMITS.restoreStripesMax);
  await control.interruptible(async () => {
    await Promise.all(stripes.map((ranges, number) => watch(input, state, pool, control, { ranges, number, since })));
  });
}

interface Stripe {
  readonly ranges: readonly ChunkRange[];
  readonly number: number;
  readonly since: string;
}

async function watch(
  input: JobInput,
  state: JobState,
  pool: ChunkPool,
  control: JobControl,
  part: Stripe,
): Promise<void> {
  const { jobId, workspace, plan, request } = input;
  if (!plan.wait) throw new Error('tasks are pending, but the plan has nothing to wait for');
  try {
    const tally = await executeChild<typeof restoreWatchWorkflow>('restoreWatchWorkflow', {
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
    state.await(
      pool.awaiting.length === 0 ? undefined : `restores: ${pool.settledTally.pending} objects are not readable yet`,
    );
  } catch (error) {
    if (CancellationScope.current().consideredCancelled && isStepInterruption(error)) return;
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    const failure = failureOf(error);
    control.stopWith(failure.code, failure.message);
  }
}

/** Deals the chunks into at most `most` contiguous groups. */
function stripe(ranges: readonly ChunkRange[], most: number): ChunkRange[][] {
  const size = Math.ceil(ranges.length / most);
  const stripes: ChunkRange[][] = [];
  for (let start = 0; start < ranges.length; start += size) stripes.push(ranges.slice(start, start + size));
  return stripes;
}
