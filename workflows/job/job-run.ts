import type { JobInput } from '../../contracts/job';
import { JobGate } from './control/job-gate';
import { JobIntents } from './control/job-intents';
import { JobShare } from './control/job-share';
import { JobState } from './job-state';

/** The objects of one run of the job workflow. */
export interface JobRun {
  readonly input: JobInput;
  readonly state: JobState;
  readonly intents: JobIntents;
  readonly share: JobShare;
  readonly gate: JobGate;
}

export function newJobRun(input: JobInput): JobRun {
  const state = new JobState(input);
  const intents = new JobIntents();
  intents.pausedWithAll = state.pausedWithAll;
  const share = new JobShare(input, state, () => gate.shareChanged());
  const gate = new JobGate(state, intents, share);
  return { input, state, intents, share, gate };
}
