import { hostname } from 'node:os';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import type { Config } from '../config/config';
import type { RunBatchInput } from '../contracts/activities';
import { jobsQueue, objectsQueue, objectsWorkerIdentity } from '../contracts/naming';
import type { Stores } from '../storage/object-store';
import { workflowSource } from './bundle';
import { TemporalFleet } from './fleet';
import { jobsWorkerOptions, objectsWorkerOptions } from './options';

export interface WorkerSet {
  /** Resolves when both have drained after `shutdown`, rejects when one dies. */
  run(): Promise<void>;
  shutdown(): void;
}

export interface WorkerDependencies {
  readonly connection: NativeConnection;
  readonly stores: Stores;
  /** Jobs run without a dispatcher, but priorities don't count then: worth a warning. */
  readonly onDispatcherFailure?: (error: unknown) => void;
  /** Path of bundled workflows; the build's own when absent. */
  readonly workflowBundlePath?: string;
}

/** The two workers of a process: one for workflows and light activities, one for batches. */
export async function createWorkers(
  config: Config,
  dependencies: WorkerDependencies,
  overrides: Partial<WorkerOptions> = {},
): Promise<WorkerSet> {
  const { connection, stores, workflowBundlePath, onDispatcherFailure = () => undefined } = dependencies;
  const { namespace, taskQueue } = config.temporal;
  const fleet = new TemporalFleet(connection, config.temporal);
  const activities = createActivities({ stores, fleet });
  const common = { connection, namespace, ...overrides };
  const workers = await Promise.all([
    Worker.create({
      ...jobsWorkerOptions(),
      ...common,
      ...workflowSource(workflowBundlePath),
      taskQueue: jobsQueue(taskQueue),
      activities,
    }),
    Worker.create({
      ...objectsWorkerOptions(config),
      ...common,
      identity: objectsWorkerIdentity(process.pid, hostname(), config.worker.batchSlots),
      taskQueue: objectsQueue(taskQueue),
      activities: { runBatch: (input: RunBatchInput) => activities.runBatch(input) },
    }),
  ]);
  return {
    run: async () => {
      const release = fleet.keepDispatcher(onDispatcherFailure);
      try {
        await Promise.all(workers.map((worker) => worker.run()));
      } finally {
        release();
      }
    },
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
