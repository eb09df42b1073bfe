export { chunkWorkflow } from './chunk';
export { dispatcherWorkflow } from './dispatcher';
export { jobWorkflow } from './job';
export { jobTagsWorkflow } from './job/job-tags';
export { notifierWorkflow } from './notifier';
export { restoreWatchWorkflow } from './restore-watch';
export { scheduledJobWorkflow } from './scheduled-job';
