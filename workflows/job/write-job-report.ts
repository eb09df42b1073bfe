import { patched } from '@temporalio/workflow';
import { executed } from '../../contracts/engine/outcome';
import type { JobInput } from '../../contracts/job';
import { failureOf } from '../failures';
import { reportActivities } from '../proxies';
import type { JobState } from './job-state';
import { countLists } from './work-with-waits';

/**
 * Reports what stopped chunks have done, then lists all report files. A report that can't be written fails the job, as on
 * AWS: the tasks have run, but nobody would know what became of them.
 */
export async function writeJobReport(input: JobInput, state: JobState): Promise<void> {
  const { jobId, workspace, request } = input;
  const { pool } = state;
  if (!pool) return;
  if (!request.Report.Enabled) {
    pool.failPending();
    return;
  }
  const { writeChunkReport, writeReport } = reportActivities(input.plan);
  const ranByThen = executed(pool.knownTally) > 0;
  try {
    if (input.plan.wait?.kind === 'lists' && !pool.settled) await countLists(input, pool);
    for (const { range, state: chunk } of pool.unfinished) {
      pool.conclude(range, await writeChunkReport({ jobId, workspace, range, open: chunk.open }));
    }
    for (const range of pool.settled ? [] : pool.awaiting) {
      pool.conclude(range, await writeChunkReport({ jobId, workspace, range, open: [] }));
    }
    // Batches whose workers died may have flushed rows of which the job did not know.
    const anyTaskRan = ranByThen || (executed(pool.knownTally) > 0 && patched('report-what-was-found'));
    if (!anyTaskRan) return;
    const { skipped } = pool.knownTally;
    const { begun: chunks, listChunks } = pool;
    const written = await writeReport({
      jobId,
      workspace,
      chunks,
      ...(listChunks > 0 && { listChunks }),
      ...(skipped && { skipped }),
    });
    state.reportManifestKey = written.manifestKey;
  } catch (error) {
    const failure = failureOf(error);
    state.fail(failure.code, failure.message);
  }
}
