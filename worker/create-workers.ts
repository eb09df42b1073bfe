import { hostname } from 'node:os';
import { type NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { type ActivityDependencies, createActivities } from '../activities';
import { checkPriority, jobsMaxOf, tooManyJobs } from '../config/access/account-limits';
import type { Config } from '../config/config';
import type { Activities, DeliverEventInput, RecoverBatchInput, RunBatchInput } from '../contracts/engine/activities';
import { eventsQueue, jobsQueue, objectsQueue, objectsWorkerIdentity } from '../contracts/engine/naming';
import type { WorkMeter } from '../metrics/work-meter';
import { createNotifier } from '../notifications';
import type { Stores } from '../storage/object-store';
import { dataConverterOption } from '../temporal/payload-codec';
import { NO_SINKS, type Tracing } from '../tracing/tracing';
import { workflowSource } from './bundle';
import { TemporalFleet } from './fleet';
import { TemporalJobRegister } from './job-register';
import { TemporalLink } from './link';
import { eventsWorkerOptions, jobsWorkerOptions, objectsWorkerOptions } from './options';
import { StoreWatch } from './store-watch';

export interface WorkerSet {
  /** Resolves when all have drained after `shutdown`, rejects when one dies. */
  run(): Promise<void>;
  shutdown(): void;
  /** They ask Temporal for work: they have begun, and nobody has told them to stop. */
  isRunning(): boolean;
}

export interface WorkerDependencies {
  readonly connection: NativeConnection;
  readonly stores: Stores;
  /** Counts what is done. */
  readonly meter?: WorkMeter;
  readonly tracing?: Tracing;
  /** Path of bundled workflows; the build's own when absent. */
  readonly workflowBundlePath?: string;
}

/** The workers of a process: one for workflows and light activities, one for batches, one for events on their way out. */
export async function createWorkers(
  config: Config,
  dependencies: WorkerDependencies,
  overrides: Partial<WorkerOptions> = {},
): Promise<WorkerSet> {
  const { connection, stores, meter, tracing } = dependencies;
  const fleet = new TemporalFleet(connection, config.temporal);
  const link = TemporalLink.over(connection);
  const watch = new StoreWatch({
    silentStores: () => stores.silentStores(),
    tellJob: (jobId, text) => fleet.tellSilence(jobId, text),
    log: Runtime.instance().logger,
  });
  const notifications = createNotifier(config.notifications);
  const activities = createActivities({
    stores,
    fleet,
    link,
    notifications,
    workspace: config.workspace,
    ...(meter && { meter }),
    ...(tracing && { traceJob: tracing.beginJob }),
    ...cleaningOf(config, connection),
    admit: admission(config, fleet),
  });
  const workers = await openWorkers(config, dependencies, activities, overrides);
  return {
    run: async () => {
      link.start();
      watch.start();
      try {
        await Promise.all(workers.map((worker) => worker.run()));
      } finally {
        link.stop();
        watch.stop();
        await notifications.close();
      }
    },
    isRunning: () => workers.every((worker) => worker.getState() === 'RUNNING'),
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

function openWorkers(
  config: Config,
  { connection, tracing, workflowBundlePath }: WorkerDependencies,
  activities: Activities,
  overrides: Partial<WorkerOptions>,
): Promise<Worker[]> {
  const { namespace, taskQueue } = config.temporal;
  const workflows = workflowSource(workflowBundlePath);
  const activity = tracing === undefined ? [] : [tracing.activity];
  const common = {
    connection,
    namespace,
    ...dataConverterOption(config.temporal),
    interceptors: { activity },
    ...overrides,
  };
  return Promise.all([
    Worker.create({
      ...jobsWorkerOptions(),
      ...common,
      ...workflows.source,
      interceptors: { activity, workflowModules: workflows.modules },
      sinks: tracing?.sinks ?? NO_SINKS,
      taskQueue: jobsQueue(taskQueue),
      activities,
    }),
    Worker.create({
      ...objectsWorkerOptions(config),
      ...common,
      identity: objectsWorkerIdentity(process.pid, hostname(), config.worker.batchSlots),
      taskQueue: objectsQueue(taskQueue),
      activities: {
        runBatch: (input: RunBatchInput) => activities.runBatch(input),
        recoverBatch: (input: RecoverBatchInput) => activities.recoverBatch(input),
      },
    }),
    Worker.create({
      ...eventsWorkerOptions(),
      ...common,
      taskQueue: eventsQueue(taskQueue),
      activities: { deliverEvent: (input: DeliverEventInput) => activities.deliverEvent(input) },
    }),
  ]);
}

function cleaningOf({ workspace: { keepMs }, temporal }: Config, connection: NativeConnection) {
  return keepMs === undefined ? {} : { cleaning: { keepMs, register: new TemporalJobRegister(connection, temporal) } };
}

function admission({ accounts }: Config, fleet: TemporalFleet): ActivityDependencies['admit'] {
  return async (account, priority) => {
    checkPriority(accounts, account, priority);
    const max = jobsMaxOf(accounts, account);
    if (max !== undefined && (await fleet.runningJobsOf(account)) >= max) throw tooManyJobs(account, max);
  };
}
