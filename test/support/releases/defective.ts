import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { JobInput, JobStatus } from '../../../contracts/job';
import { JobState } from '../../../workflows/job/job-state';

export const goOnSignal = defineSignal('goOn');

/** A job that goes from Preparing to `next` when told to. */
export async function goTo(next: JobStatus, input: JobInput): Promise<void> {
  const state = new JobState(input);
  state.enter('Preparing');
  let goOn = false;
  setHandler(goOnSignal, () => {
    goOn = true;
  });
  await condition(() => goOn);
  state.enter(next);
}

/** Bundled by test/workflows/job/illegal-transition.test.ts: leaves the table of transitions. */
export function jobWorkflow(input: JobInput): Promise<void> {
  return goTo('Complete', input);
}
