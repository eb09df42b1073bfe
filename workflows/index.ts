import { chunkWorkflow as chunk } from './chunk';
import { cleaningWorkflow as cleaning } from './cleaning';
import { dispatcherWorkflow as dispatcher } from './dispatcher';
import { tellingFailure } from './failure-log';
import { notifierWorkflow as notifier } from './notifier';
import { pauseAllWorkflow as pauseAll } from './pause-all';
import { restoreWatchWorkflow as restoreWatch } from './restore-watch';
import { scheduledJobWorkflow as scheduledJob } from './scheduled-job';

export const chunkWorkflow = tellingFailure(chunk);
export const cleaningWorkflow = tellingFailure(cleaning);
export const dispatcherWorkflow = tellingFailure(dispatcher);
// Its last line says why it failed.
export { jobWorkflow } from './job';
export { jobTagsWorkflow } from './job/job-tags';
export const notifierWorkflow = tellingFailure(notifier);
export const pauseAllWorkflow = tellingFailure(pauseAll);
export const restoreWatchWorkflow = tellingFailure(restoreWatch);
export const scheduledJobWorkflow = tellingFailure(scheduledJob);
