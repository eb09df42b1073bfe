import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { JobEvent } from '../contracts/engine/events';
import {
  type ChunkProgress,
  type ChunkTallyMessage,
  type DispatcherState,
  type DispatchMessage,
  MESSAGES,
  type ReasonArgument,
  type ShareMessage,
  type SilentStoreArgument,
} from '../contracts/engine/messages';
import type { JobLimits, JobSnapshot, Tag } from '../contracts/job';
import type { PauseOfAll } from '../contracts/pause-all';

export const pauseSignal = defineSignal<[ReasonArgument?]>(MESSAGES.pause);
export const resumeSignal = defineSignal<[ReasonArgument?]>(MESSAGES.resume);
export const cancelSignal = defineSignal<[ReasonArgument?]>(MESSAGES.cancel);
export const confirmSignal = defineSignal<[ReasonArgument?]>(MESSAGES.confirm);
export const setPrioritySignal = defineSignal<[number]>(MESSAGES.setPriority);
export const setLimitsSignal = defineSignal<[JobLimits]>(MESSAGES.setLimits);
export const setTagsSignal = defineSignal<[readonly Tag[]]>(MESSAGES.setTags);
export const pauseWithAllSignal = defineSignal<[ReasonArgument?]>(MESSAGES.pauseWithAll);
export const resumeWithAllSignal = defineSignal<[ReasonArgument?]>(MESSAGES.resumeWithAll);
export const pauseOfAllSignal = defineSignal<[PauseOfAll]>(MESSAGES.pauseOfAll);
export const chunkSlotsSignal = defineSignal<[number]>(MESSAGES.chunkSlots);
export const shareSignal = defineSignal<[ShareMessage]>(MESSAGES.share);
export const silentStoreSignal = defineSignal<[SilentStoreArgument]>(MESSAGES.silentStore);
export const dispatchSignal = defineSignal<[readonly DispatchMessage[]]>(MESSAGES.dispatch);
export const eventsSignal = defineSignal<[readonly JobEvent[]]>(MESSAGES.event);
export const chunkTallySignal = defineSignal<[ChunkTallyMessage]>(MESSAGES.chunkTally);

export const snapshotQuery = defineQuery<JobSnapshot>(MESSAGES.snapshot);
export const chunkProgressQuery = defineQuery<ChunkProgress>(MESSAGES.chunkProgress);
export const membersQuery = defineQuery<DispatcherState>(MESSAGES.members);
