import { recordedBatch } from '../../../reports';
import type { Stores } from '../../../storage/object-store';
import type { FlushedTally } from './chunk-reading';

/** A read of one job must not hang on its store. */
const TIMEOUT_MS = 5_000;

/** The tally of a batch by its parts in the job's workspace: the finished one, else the fullest of the open ones. */
export function flushedTally(stores: Pick<Stores, 'workspace'>): FlushedTally {
  return async (workspace, batch) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const recorded = await recordedBatch(stores.workspace(), { workspace }, batch, { signal });
    return recorded?.status === 'done' ? recorded.tally : recorded?.checkpoint.tally;
  };
}
