import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import type { Config } from '../config/config';
import type { Logger } from '../logging/logger';
import { notificationTargets } from '../notifications/targets';
import { parseOperation } from '../operations';
import type { Stores } from '../storage/object-store';
import { createApp } from './app';
import type { RequestWatchers } from './audit';
import { builtConsole } from './console/pages';
import type { JobInputParts } from './jobs/job-input';
import { type JobService, TemporalJobService } from './jobs/job-service';
import { manifestUploads } from './jobs/manifest-uploads';
import { objectAccess } from './jobs/object-access';
import { PauseService } from './jobs/pause-service';
import { type ScheduleService, TemporalScheduleService } from './jobs/schedule-service';
import { systemService } from './jobs/system';
import { flushedTally } from './jobs/workspace/flushed-tally';
import { previews } from './preview/preview';
import { TemporalInstallation } from './temporal/installation';
import { TemporalJobs } from './temporal/jobs';
import { TemporalPauses } from './temporal/pauses';
import { TemporalSchedules } from './temporal/schedules';
import { vaultLists } from './vaults/vault-lists';

export interface ComposedApi {
  /** Does not listen yet. */
  readonly app: Express;
  readonly service: JobService;
  readonly schedules: ScheduleService;
}

export interface ApiConnections {
  readonly client: Client;
  readonly stores: Stores;
  readonly log: Logger;
  readonly watchers?: RequestWatchers;
}

/** The whole API of a configuration, on open connections. Throws what `createApp` throws. */
export function composeApi(config: Config, { client, stores, log, watchers }: ApiConnections): ComposedApi {
  const { taskQueue } = config.temporal;
  const heartbeatTimeoutMs = config.worker.heartbeatTimeoutSeconds * 1_000;
  const jobs = new TemporalJobs(client, taskQueue, Date.now, heartbeatTimeoutMs);
  const parts: JobInputParts = {
    heartbeatTimeoutMs,
    region: config.region,
    workspace: { bucket: config.workspace.bucket, prefix: config.workspace.prefix },
    notifyTargets: (account) => notificationTargets(config.notifications, account),
  };
  const uploads = manifestUploads(stores, parts.workspace);
  const pauses = new TemporalPauses(client, taskQueue);
  const service = new TemporalJobService({
    gateway: jobs,
    pauses,
    useManifest: (account, request) => uploads.use(account, request),
    flushedTally: flushedTally(stores),
    accounts: config.accounts,
    ...parts,
  });
  const schedules = new TemporalScheduleService({
    gateway: new TemporalSchedules(client, taskQueue),
    jobs,
    accounts: config.accounts,
    ...parts,
  });
  const installation = new TemporalInstallation(client, taskQueue);
  const objects = objectAccess(stores, parts.workspace);
  const previewing = previews({ stores, workspace: parts.workspace, service, log });
  const app = createApp({
    config,
    service,
    schedules,
    pauses: new PauseService(pauses),
    parseOperation,
    objects,
    uploads,
    previews: previewing,
    system: systemService(config, () => installation.fleet()),
    vaults: vaultLists(stores),
    consoleFolder: builtConsole(),
    log,
    ...(watchers && { watchers }),
  });
  return { app, service, schedules };
}
