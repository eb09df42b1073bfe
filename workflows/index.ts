export { chunkWorkflow } from './chunk';
export { jobWorkflow } from './job';
export { restoreWatchWorkflow } from './restore-watch';
