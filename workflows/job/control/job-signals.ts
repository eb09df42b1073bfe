import { CancellationScope, log, setHandler } from '@temporalio/workflow';
import { hasWorkAhead } from '../../../contracts/engine/lifecycle';
import {
  cancelSignal,
  chunkTallySignal,
  confirmSignal,
  pauseSignal,
  pauseWithAllSignal,
  resumeSignal,
  resumeWithAllSignal,
  setLimitsSignal,
  setPrioritySignal,
  setTagsSignal,
  shareSignal,
  silentStoreSignal,
  snapshotQuery,
} from '../../messages';
import { isChunkTally, isLimits, isPriority, isShare, isTags, reasonOf, silentStoreOf } from '../../signal-arguments';
import type { JobRun } from '../job-run';
import { checkFailureThreshold } from './failure-rule';

/**
 * Receives everything that people, the dispatcher and chunks send to the job. A signal that does not fit is ignored. To be called in
 * the workflow's root scope, whose cancellation is a signal, too.
 */
export function receiveSignals(run: JobRun): void {
  const { state, share } = run;
  setHandler(shareSignal, (message) => {
    if (isShare(message)) share.receive(message);
  });
  setHandler(silentStoreSignal, (text) => state.heardOfStore(silentStoreOf(text)));
  setHandler(snapshotQuery, () => state.snapshot);
  setHandler(pauseSignal, (reason) => pause(run, reason));
  setHandler(resumeSignal, (reason) => resume(run, reason));
  setHandler(pauseWithAllSignal, (reason) => pauseWithAll(run, reason));
  setHandler(resumeWithAllSignal, (reason) => resumeWithAll(run, reason));
  setHandler(cancelSignal, (reason) => cancel(run, reason));
  setHandler(confirmSignal, (reason) => confirm(run, reason));
  setHandler(setPrioritySignal, (priority) => changePriority(run, priority));
  setHandler(setLimitsSignal, (limits) => changeLimits(run, limits));
  setHandler(setTagsSignal, (tags) => changeTags(run, tags));
  setHandler(chunkTallySignal, (message) => receiveTally(run, message));
  CancellationScope.current().cancelRequested.catch(() => {
    run.intents.cancelledByTemporal = true;
    cancel(run, 'Cancelled in Temporal');
  });
}

function pause({ intents, state, gate }: JobRun, reason: unknown): void {
  if (intents.paused || gate.shouldStop()) return;
  intents.paused = true;
  state.statusUpdateReason = reasonOf(reason);
  gate.pauseWork('user');
}

function resume({ intents, state }: JobRun, reason: unknown): void {
  if (!intents.paused) return;
  intents.paused = false;
  state.statusUpdateReason = reasonOf(reason);
}

function pauseWithAll({ intents, state, gate }: JobRun, reason: unknown): void {
  if (intents.pausedWithAll || gate.shouldStop()) return;
  intents.pausedWithAll = true;
  state.statusUpdateReason = reasonOf(reason);
  state.changePausedWithAll(true);
  gate.pauseWork('all');
}

function resumeWithAll({ intents, state }: JobRun, reason: unknown): void {
  if (!intents.pausedWithAll) return;
  intents.pausedWithAll = false;
  state.statusUpdateReason = reasonOf(reason);
  state.changePausedWithAll(false);
}

function cancel({ intents, state, gate }: JobRun, reason: unknown): void {
  if (gate.shouldStop() || !hasWorkAhead(state.current)) return;
  intents.cancelled = true;
  state.statusUpdateReason = reasonOf(reason);
  gate.cancelWork();
}

function confirm({ intents, state }: JobRun, reason: unknown): void {
  if (intents.confirmed) return;
  intents.confirmed = true;
  state.statusUpdateReason = reasonOf(reason);
}

function changePriority({ state, share }: JobRun, priority: unknown): void {
  if (!isPriority(priority)) {
    log.warn('ignoring invalid priority signal', { priority });
    return;
  }
  state.changePriority(priority);
  share.update();
}

function changeLimits(run: JobRun, limits: unknown): void {
  const { state, share, gate } = run;
  // A job of a former version can't wait for turns.
  if (!isLimits(limits) || (limits.Restores && run.input.plan.wait?.kind !== 'lists')) {
    log.warn('ignoring invalid limits signal', { limits });
    return;
  }
  const same = JSON.stringify(limits) === JSON.stringify(state.limits);
  const restoresChanged = JSON.stringify(limits.Restores) !== JSON.stringify(state.limits.Restores);
  state.changeLimits(limits);
  if (same) return;
  share.update();
  checkFailureThreshold(run);
  gate.limitsChanged(restoresChanged);
}

function changeTags({ state }: JobRun, tags: unknown): void {
  if (isTags(tags)) state.changeTags(tags);
  else log.warn('ignoring invalid tags signal');
}

function receiveTally(run: JobRun, message: unknown): void {
  if (!isChunkTally(message)) return;
  run.state.pool?.reported(message.chunk, message.tally);
  checkFailureThreshold(run);
}
