import { condition, continueAsNew, log, setCurrentDetails, setHandler, upsertMemo } from '@temporalio/workflow';
import { LIMITS } from '../contracts/limits';
import type { PauseOfAll, PauseOfAllInput } from '../contracts/pause-all';
import { failureOf } from './failures';
import { pauseOfAllSignal } from './messages';
import { pausingActivities } from './proxies';
import { isPauseOfAll } from './signal-arguments';

/** Far below the server's own suggestion: some 11 events for a look. */
const LOOKS_OF_A_RUN_MAX = 200;

/**
 * Holds the pause of all jobs of an account for as long as it lasts. It tells the jobs that there are; new ones are told when they
 * are created. A job that is created at the very moment is told by neither, and Temporal's lists are late: so it looks again, less
 * and less often. At the pause's end it tells the jobs to go on, looks again for those that missed it, and ends.
 */
export async function pauseAllWorkflow(input: PauseOfAllInput): Promise<void> {
  const { account } = input;
  let { looks = 0 } = input;
  let pause: PauseOfAll = pauseOf(input);
  let changed = false;
  const hasChanged = (): boolean => changed;
  setHandler(pauseOfAllSignal, (wanted) => {
    if (!isPauseOfAll(wanted) || wanted.paused === pause.paused) return;
    pause = wanted;
    changed = true;
    looks = 0;
    show(pause);
  });
  show(pause);
  for (let done = 0; done < LOOKS_OF_A_RUN_MAX; done += 1) {
    changed = false;
    await tellJobs(account, pause);
    looks += 1;
    const waitMs =
      LIMITS.pauseAll.lookIntervalsMs[looks - 1] ?? (pause.paused ? LIMITS.pauseAll.lookIntervalMs : undefined);
    if (waitMs === undefined && !hasChanged()) return;
    await condition(hasChanged, waitMs ?? 0);
  }
  await continueAsNew<typeof pauseAllWorkflow>({ account, ...pause, looks });
}

async function tellJobs(account: string, { paused, reason }: PauseOfAll): Promise<void> {
  try {
    await pausingActivities().tellPause({ account, paused, ...(reason === undefined ? {} : { reason }) });
  } catch (error) {
    // The next look does it.
    log.warn('jobs could not be told of the pause of all, or its end', { error: failureOf(error) });
  }
}

function show(pause: PauseOfAll): void {
  upsertMemo({ pause });
  const why = pause.reason === undefined ? '' : `: ${pause.reason}`;
  setCurrentDetails(`All jobs of the account ${pause.paused ? 'are paused' : 'go on'} since ${pause.since}${why}`);
}

function pauseOf({ paused, since, reason }: PauseOfAll): PauseOfAll {
  return { paused, since, ...(reason === undefined ? {} : { reason }) };
}
