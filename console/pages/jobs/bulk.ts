import { act, allJobs, type JobFilterQuery } from '../../client/jobs';
import { type Action, canBe } from '../../parts/lifecycle';

/** Requests at a time: the API and Temporal have other things to do as well. */
const AT_ONCE = 4;

export type BulkAction = Exclude<Action, 'confirm'>;

export interface Failure {
  readonly jobId: string;
  readonly message: string;
}

export interface BulkOutcome {
  readonly done: number;
  readonly failures: readonly Failure[];
}

/** The ids of all jobs of the filter that the action would change; `onCount` hears how many are found so far. */
export async function findAll(
  action: Action,
  filter: JobFilterQuery,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<string[]> {
  const found: string[] = [];
  for await (const job of allJobs(filter, signal)) {
    if (!canBe(action, job)) continue;
    found.push(job.jobId);
    onCount(found.length);
  }
  return found;
}

/** Does the action to each job, some at a time. One that is refused does not stop the others. */
export async function actOnAll(
  action: Action,
  jobIds: readonly string[],
  signal: AbortSignal,
  onProgress: (outcome: BulkOutcome) => void,
  doOne: (action: Action, jobId: string) => Promise<unknown> = act,
): Promise<BulkOutcome> {
  const left = [...jobIds];
  let outcome: BulkOutcome = { done: 0, failures: [] };
  const lane = async (): Promise<void> => {
    for (let jobId = left.shift(); jobId !== undefined && !signal.aborted; jobId = left.shift()) {
      const failure = await tried(jobId, doOne(action, jobId));
      outcome = withResult(outcome, failure);
      onProgress(outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return outcome;
}

async function tried(jobId: string, work: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return { jobId, message: error instanceof Error ? error.message : String(error) };
  }
}

function withResult({ done, failures }: BulkOutcome, failure: Failure | undefined): BulkOutcome {
  return failure === undefined ? { done: done + 1, failures } : { done, failures: [...failures, failure] };
}
