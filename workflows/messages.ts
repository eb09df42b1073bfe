import { defineQuery, defineSignal } from '@temporalio/workflow';
import { type ChunkProgress, type ChunkTallyMessage, MESSAGES, type ReasonArgument } from '../contracts/messages';
import type { JobSnapshot } from '../contracts/job';

export const pauseSignal = defineSignal<[ReasonArgument?]>(MESSAGES.pause);
export const resumeSignal = defineSignal<[ReasonArgument?]>(MESSAGES.resume);
export const cancelSignal = defineSignal<[ReasonArgument?]>(MESSAGES.cancel);
export const confirmSignal = defineSignal<[ReasonArgument?]>(MESSAGES.confirm);
export const setPrioritySignal = defineSignal<[number]>(MESSAGES.setPriority);
export const chunkTallySignal = defineSignal<[ChunkTallyMessage]>(MESSAGES.chunkTally);

export const snapshotQuery = defineQuery<JobSnapshot>(MESSAGES.snapshot);
export const chunkProgressQuery = defineQuery<ChunkProgress>(MESSAGES.chunkProgress);
