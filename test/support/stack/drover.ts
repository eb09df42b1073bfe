import '../workflows/quiet-runtime';
import { randomInt, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { composeApi } from '../../../api/compose';
import { ApiClient, type Job } from '../../../cli/api-client';
import type { Config } from '../../../config/config';
import { loadConfig } from '../../../config/load';
import type { JobStatus } from '../../../contracts/job';
import { createStores } from '../../../storage/stores';
import { dataConverterOption } from '../../../temporal/payload-codec';
import { createWorkers } from '../../../worker/create-workers';
import { testStack } from '../servers/stack';
import { Buckets } from './buckets';
import { reaches } from './jobs';

export interface TestDrover {
  readonly config: Config;
  readonly apiUrl: string;
  readonly account: string;
  readonly role: string;
  /** The REST API, as the command line uses it. */
  readonly api: ApiClient;
  readonly temporal: Client;
  /** See jobs.ts. */
  reaches(jobId: string, statuses: JobStatus | readonly JobStatus[], timeoutMs?: number): Promise<Job>;
  close(): Promise<void>;
}

/**
 * API and worker in this process, on the run's Temporal server and a task queue, account and workspace of their own.
 * `settings` are environment variables of Drover; the store is the run's SeaweedFS unless they name another. `keepMs`: the workspace
 * is cleaned, after a shorter time than settings can say.
 */
export async function startDrover(
  settings: Readonly<Record<string, string>> = {},
  keepMs?: number,
): Promise<TestDrover> {
  const { temporalAddress, s3Endpoint, workflowBundle } = testStack();
  const unique = randomUUID().slice(0, 8);
  const loaded = loadConfig({
    DROVER_S3_ENDPOINT: s3Endpoint,
    DROVER_ACCOUNT_ID: String(randomInt(1e11, 1e12)),
    DROVER_TASK_QUEUE: `test-${unique}`,
    DROVER_WORKSPACE_BUCKET: `workspace-${unique}`,
    DROVER_API_PORT: '0',
    TEMPORAL_ADDRESS: temporalAddress,
    ...settings,
  });
  const config: Config = keepMs === undefined ? loaded : { ...loaded, workspace: { ...loaded.workspace, keepMs } };
  const native = await NativeConnection.connect({ address: config.temporal.address });
  const connection = await Connection.connect({ address: config.temporal.address });
  const temporal = new Client({
    connection,
    namespace: config.temporal.namespace,
    ...dataConverterOption(config.temporal),
  });
  const stores = createStores(config);
  const workers = await createWorkers(config, { connection: native, stores, workflowBundlePath: workflowBundle });
  const running = workers.run();
  const { app } = composeApi(config, { client: temporal, stores, log: pino({ level: 'silent' }) });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = new ApiClient({ apiUrl });
  return {
    config,
    apiUrl,
    account: config.accounts[0]!.id,
    role: config.roles[0]!.arn,
    api,
    temporal,
    reaches: (jobId, statuses, timeoutMs) => reaches(api, jobId, statuses, timeoutMs),
    close: async () => {
      workers.shutdown();
      await running;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([native.close(), connection.close(), stores.close()]);
    },
  };
}

export interface DroverOnBuckets<Name extends string> {
  /** Closes `buckets` too. */
  readonly drover: TestDrover;
  /** AWS's client of the run's SeaweedFS, whatever `settings` put in front of it. */
  readonly buckets: Buckets;
  /** What the buckets of this Drover are called. */
  readonly names: Readonly<Record<Name, string>>;
}

/** As `startDrover`, with its workspace and buckets of its own on the run's SeaweedFS. */
export async function startDroverOnBuckets<Name extends string>(
  wanted: readonly Name[],
  settings: Readonly<Record<string, string>> = {},
  keepMs?: number,
): Promise<DroverOnBuckets<Name>> {
  const drover = await startDrover(settings, keepMs);
  const buckets = new Buckets(testStack().s3Endpoint);
  const workspace = drover.config.workspace.bucket;
  const entries = wanted.map((name) => [name, workspace.replace('workspace', name)] as const);
  const names = Object.fromEntries(entries) as Record<Name, string>;
  await buckets.create(workspace, ...Object.values<string>(names));
  const close = async (): Promise<void> => {
    await drover.close();
    buckets.close();
  };
  return { drover: { ...drover, close }, buckets, names };
}
