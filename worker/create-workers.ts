import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import type { Config } from '../config/config';
import { jobsQueue, objectsQueue } from '../contracts/naming';
import type { Stores } from '../storage/object-store';
import { workflowSource } from './bundle';
import { jobsWorkerOptions, objectsWorkerOptions } from './options';

export interface WorkerSet {
  /** Resolves when both have drained after `shutdown`, rejects when one dies. */
  run(): Promise<void>;
  shutdown(): void;
}

/** The two workers of a process: one for workflows and light activities, one for batches. */
export async function createWorkers(
  config: Config,
  dependencies: { readonly connection: NativeConnection; readonly stores: Stores },
  overrides: Partial<WorkerOptions> = {},
): Promise<WorkerSet> {
  const { connection, stores } = dependencies;
  const { namespace, taskQueue } = config.temporal;
  const activities = createActivities({ stores });
  const { runBatch, ...lightActivities } = activities;
  const common = { connection, namespace, ...overrides };
  const workers = await Promise.all([
    Worker.create({
      ...jobsWorkerOptions(),
      ...common,
      ...workflowSource(),
      taskQueue: jobsQueue(taskQueue),
      activities: lightActivities,
    }),
    Worker.create({
      ...objectsWorkerOptions(config),
      ...common,
      taskQueue: objectsQueue(taskQueue),
      activities: { runBatch },
    }),
  ]);
  return {
    run: async () => {
      await Promise.all(workers.map((worker) => worker.run()));
    },
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
