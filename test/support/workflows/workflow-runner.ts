import './quiet-runtime';
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { tellDispatcherActivity } from '../../../activities/tell-dispatcher';
import { tellPauseActivity } from '../../../activities/tell-pause';
import { tellSharesActivity } from '../../../activities/tell-shares';
import type { Activities } from '../../../contracts/engine/activities';
import { MESSAGES } from '../../../contracts/engine/messages';
import { jobsQueue, jobWorkflowId, objectsQueue } from '../../../contracts/engine/naming';
import { addTallies, EMPTY_TALLY } from '../../../contracts/engine/outcome';
import type { OperationPlan } from '../../../contracts/engine/plan';
import type { JobInput, JobRequest, JobSnapshot } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { NO_SINKS } from '../../../tracing/tracing';
import { TemporalFleet } from '../../../worker/fleet';
import type { jobWorkflow } from '../../../workflows/job';
import { testWorkflowBundlePath } from '../addresses';

/** Bundled once per test run, by the global setup. */
export function workflowBundle(): { codePath: string } {
  return { codePath: testWorkflowBundlePath() };
}

export const PLAN: OperationPlan = {
  operation: 'S3PutObjectTagging',
  batchRows: 1_000,
  requestsInFlight: 16,
  batchTimeoutMs: 60_000,
  chunksInFlight: 2,
  batchesInFlight: 4,
};

export const REQUEST: JobRequest = {
  ClientRequestToken: 'token',
  ConfirmationRequired: false,
  Priority: 10,
  RoleArn: 'arn:aws:iam::123456789012:role/drover',
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::manifests/m.csv', ETag: 'e' },
  },
  Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
};

export function jobInput(overrides: { plan?: Partial<OperationPlan>; request?: Partial<JobRequest> } = {}): JobInput {
  const jobId = randomUUID();
  return {
    jobId,
    account: '123456789012',
    region: 'us-east-1',
    createdAt: new Date().toISOString(),
    workspace: { bucket: 'workspace', prefix: `jobs/${jobId}/` },
    plan: { ...PLAN, ...overrides.plan },
    request: { ...REQUEST, ...overrides.request },
  };
}

/** Activities of a job whose tasks all succeed at once. */
export function easyActivities(batches: number, rows = 1_000): Activities {
  return {
    // The runner has real ones.
    tellDispatcher: () => Promise.resolve(),
    tellShares: () => Promise.resolve([]),
    surveyFleet: () => Promise.resolve({ gone: [], strangers: [] }),
    deliverEvent: () => Promise.resolve('delivered'),
    admitRun: () => Promise.resolve({ pausedWithAll: false }),
    tellPause: () => Promise.resolve({ told: 0 }),
    resolveManifest: () => Promise.resolve({ etag: 'e' }),
    prepareManifest: () => Promise.resolve({ totalTasks: batches * rows, batches }),
    preparePart: () => Promise.reject(new Error('nothing is cut into parts here')),
    sealManifest: () => Promise.resolve({ totalTasks: batches * rows, batches }),
    runBatch: () => Promise.resolve({ status: 'done', tally: { succeeded: rows, failed: 0, pending: 0 } }),
    recoverBatch: () => Promise.resolve(null),
    writeChunkReport: ({ open = [] }) =>
      Promise.resolve(
        open.reduce((sum, { checkpoint }) => addTallies(sum, checkpoint?.tally ?? EMPTY_TALLY), EMPTY_TALLY),
      ),
    lookAtWaiting: () => Promise.reject(new Error('nothing waits here')),
    checkRestores: () => Promise.reject(new Error('nothing is restored here')),
    writeReport: () => Promise.resolve({ manifestKey: 'manifest.json' }),
    giveUpUploads: () => Promise.resolve(),
    cleanWorkspace: () => Promise.resolve({ folders: 0, objects: 0, manifests: 0 }),
  };
}

export interface WorkflowRunner {
  readonly client: Client;
  readonly taskQueue: string;
  start(input: JobInput): Promise<WorkflowHandleWithFirstExecutionRunId<typeof jobWorkflow>>;
  snapshot(jobId: string): Promise<JobSnapshot>;
  close(): Promise<void>;
}

export interface WorkflowRunnerOptions {
  readonly worker?: Partial<WorkerOptions>;
  readonly client?: Client;
  readonly connection?: NativeConnection;
  /** Prefix of the task queues: the same as another runner's to take its work over. */
  readonly prefix?: string;
  /** Both when absent. */
  readonly queue?: 'jobs' | 'objects';
}

/** Workers of both queues with the given activities, on a real Temporal server. */
export async function startWorkflowRunner(
  address: string,
  activities: Activities,
  options: WorkflowRunnerOptions = {},
): Promise<WorkflowRunner> {
  const connection = options.connection ?? (await NativeConnection.connect({ address }));
  const client = options.client ?? new Client({ connection: await Connection.connect({ address }) });
  const prefix = options.prefix ?? `test-${randomUUID()}`;
  const common = {
    connection,
    activities: { ...activities, ...dispatching(connection, prefix) },
    maxHeartbeatThrottleInterval: LIMITS.batch.heartbeatThrottleMs,
    sinks: NO_SINKS,
    ...options.worker,
  };
  // As in production, workflows are on one of the two queues only.
  const kinds = {
    jobs: { workflowBundle: workflowBundle(), taskQueue: jobsQueue(prefix) },
    objects: { taskQueue: objectsQueue(prefix) },
  };
  const polled = options.queue === undefined ? Object.values(kinds) : [kinds[options.queue]];
  const workers = await Promise.all(polled.map((kind) => Worker.create({ ...kind, ...common })));
  const running = workers.map((worker) => worker.run());
  return {
    client,
    taskQueue: jobsQueue(prefix),
    start: (input) =>
      client.workflow.start<typeof jobWorkflow>('jobWorkflow', {
        workflowId: jobWorkflowId(input.jobId),
        taskQueue: jobsQueue(prefix),
        args: [input],
      }),
    snapshot: (jobId) => client.workflow.getHandle(jobWorkflowId(jobId)).query<JobSnapshot>(MESSAGES.snapshot),
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      if (!options.connection) await connection.close();
      if (!options.client) await client.connection.close();
    },
  };
}

/** Jobs and dispatcher talk to each other as they really do. */
function dispatching(
  connection: NativeConnection,
  taskQueue: string,
): Pick<Activities, 'tellDispatcher' | 'tellPause' | 'tellShares'> {
  const fleet = new TemporalFleet(connection, { address: '', namespace: 'default', taskQueue });
  return {
    tellDispatcher: tellDispatcherActivity({ fleet }),
    tellPause: tellPauseActivity({ fleet }),
    tellShares: tellSharesActivity({ fleet }),
  };
}
