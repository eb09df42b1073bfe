#!/usr/bin/env node
import { Client, Connection } from '@temporalio/client';
import { bind } from '../config/access/bind';
import { refuseArguments } from '../config/command-line';
import type { Config } from '../config/config';
import { loadConfigAndFile } from '../config/load';
import { DroverError } from '../contracts/engine/failures';
import { type AuditLog, openAuditLog } from '../logging/audit-log';
import { createLogger, type Logger } from '../logging/logger';
import { createStores } from '../storage/stores';
import { temporalClientOptions } from '../temporal/connection';
import { dataConverterOption } from '../temporal/payload-codec';
import { type NamespaceConnection, prepareNamespace } from '../temporal/prepare-namespace';
import { startTracing } from '../tracing/tracing';
import { composeApi } from './compose';
import { type ApiMetrics, serveApiMetrics } from './metrics';
import { closeApiServer, createApiServer } from './server';

/** Pace of further attempts while Temporal does not answer: it may come up after us. */
const PREPARE_RETRY_MS = 2_000;
const PREPARE_TIMEOUT_MS = 20_000;

async function main(): Promise<void> {
  refuseArguments('drover-api');
  const { config, file } = loadConfigAndFile();
  const log = createLogger('drover-api', config);
  const audit = openAuditLog(config, log);
  if (config.api.auditLog !== undefined) reopenOnSighup(audit);
  const { stopping, stopped } = untilStopped(log);
  // Lazy, so that the API comes up and says what is missing when Temporal is not there yet.
  const connection = Connection.lazy(temporalClientOptions(config.temporal));
  const tracing = startTracing('drover-api', config, log);
  const client = new Client({
    connection,
    namespace: config.temporal.namespace,
    ...(tracing && { interceptors: { workflow: [tracing.client] } }),
    ...dataConverterOption(config.temporal),
  });
  const stores = createStores(config);
  const metrics = await serveApiMetrics(config, client, stores);
  const { app } = composeApi(config, { client, stores, log, watchers: { audit, observer: metrics?.observer } });
  const server = createApiServer(app, log);
  const told = {
    ...(await bind(server, config.api, 'DROVER_API_HOST and DROVER_API_PORT')),
    temporal: config.temporal.address,
    configFile: file,
    ...served(metrics),
    ...(config.traces && { traces: config.traces.url }),
  };
  log.info(told, 'API is listening');

  // What it rejects with once there is nothing to prepare for any more is nobody's business.
  await Promise.race([stopped, prepare(connection, config, log, stopping).then(() => stopped)]);
  await closeApiServer(server);
  await metrics?.server.close();
  await stores.close();
  await tracing?.close();
  // Not by closing the connection: one that still tries to reach Temporal throws then, and would keep the process until it has.
  process.exit(0);
}

/** Without a file, SIGHUP ends the process, as it does by default. */
function reopenOnSighup(audit: AuditLog): void {
  process.on('SIGHUP', () => audit.reopen());
}

/** From the first signal on; further ones change nothing, since what is left to do has its time limit. */
function untilStopped(log: Logger): { stopping: AbortSignal; stopped: Promise<void> } {
  const controller = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      if (controller.signal.aborted) return;
      log.info({ signal }, 'API is closing');
      controller.abort();
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
  return { stopping: controller.signal, stopped };
}

function served(metrics: ApiMetrics | undefined): object {
  return metrics === undefined ? {} : { metrics: metrics.server.address };
}

async function prepare(connection: Connection, config: Config, log: Logger, stopping: AbortSignal): Promise<void> {
  const { address, namespace } = config.temporal;
  let told = false;
  while (!stopping.aborted) {
    try {
      const deadline = Date.now() + PREPARE_TIMEOUT_MS;
      const port = connection as unknown as NamespaceConnection;
      const { added, warnings } = await connection.withDeadline(deadline, () => prepareNamespace(port, namespace));
      for (const warning of warnings) log.warn(warning);
      if (added.length > 0) log.info({ added, namespace }, 'search attributes registered');
      if (told) log.info({ address }, 'Temporal answers');
      return;
    } catch (error) {
      if (error instanceof DroverError) throw error;
      if (!told) log.warn({ address, error }, 'Temporal does not answer yet: retrying');
      told = true;
      await new Promise((resolve) => setTimeout(resolve, PREPARE_RETRY_MS).unref());
    }
  }
}

main().catch((error: unknown) => {
  if (error instanceof DroverError) process.stderr.write(`drover-api: ${error.message}\n${error.advice}\n`);
  else process.stderr.write(`drover-api: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
