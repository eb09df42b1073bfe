#!/usr/bin/env node
import { NativeConnection } from '@temporalio/worker';
import { refuseArguments } from '../config/command-line';
import type { Config, TemporalConfig } from '../config/config';
import { loadConfigAndFile } from '../config/load';
import { DroverError } from '../contracts/engine/failures';
import type { Logger } from '../logging/logger';
import { createStores } from '../storage/stores';
import { temporalConnectionOptions } from '../temporal/connection';
import { type NamespaceConnection, prepareNamespace } from '../temporal/prepare-namespace';
import { startTracing } from '../tracing/tracing';
import { scheduleCleaning } from './cleaning-schedule';
import { createWorkers, type WorkerSet } from './create-workers';
import { installLogging } from './logging';
import { createWorkMeter, type SdkExporter, sdkExporter, serveWorkerMetrics } from './metrics';

/** One worker process. Any number of them share the work; SIGTERM hands running batches over to the others. */
async function main(): Promise<void> {
  refuseArguments('drover-worker');
  const { config, file } = loadConfigAndFile();
  const sdk = await sdkExporter(config);
  const logger = installLogging(config, sdk?.options);
  const stopped = untilStopped();
  const started = await Promise.race([start(config, logger, sdk), stopped]);
  // Before it has begun: nothing is in hand, and what waits for Temporal may wait long.
  if (started === undefined) {
    logger.info('stopped');
    process.exit(0);
  }
  const { connection, stores, workers, metrics, tracing } = started;
  void stopped.then(() => workers.shutdown());
  logger.info(
    {
      temporal: config.temporal.address,
      stores: config.stores.map(({ endpoint }) => endpoint),
      slots: config.worker.batchSlots,
      ...(metrics && { metrics: metrics.address }),
      ...(config.traces && { traces: config.traces.url }),
      configFile: file,
    },
    'ready',
  );
  try {
    await workers.run();
  } finally {
    await metrics?.close();
    await connection.close();
    await stores.close();
    await tracing?.close();
  }
  logger.info('stopped');
}

/** Resolves at the first signal; further ones change nothing. */
function untilStopped(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(undefined));
  });
}

async function start(config: Config, logger: Logger, sdk: SdkExporter | undefined) {
  const connection = await connect(config.temporal);
  const { warnings } = await prepareNamespace(asNamespaceConnection(connection), config.temporal.namespace);
  for (const warning of warnings) logger.warn(warning);
  await scheduleCleaning(connection, config).catch((error: unknown) => {
    logger.warn({ error }, 'the schedule of cleaning could not be set up');
  });
  const tracing = startTracing('drover-worker', config, logger);
  const stores = createStores(config, tracing?.requests);
  const meter = createWorkMeter(config);
  const begun: { workers?: WorkerSet } = {};
  const metrics = await serveWorkerMetrics(config, meter, stores, sdk, () => begun.workers?.isRunning() ?? false);
  const workers = await createWorkers(config, { connection, stores, meter, ...(tracing && { tracing }) });
  begun.workers = workers;
  return { connection, stores, workers, metrics, tracing };
}

async function connect(temporal: TemporalConfig): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(temporalConnectionOptions(temporal));
  } catch (error) {
    const { address, tls } = temporal;
    const how = tls === undefined ? '' : ' over TLS';
    const why = error instanceof Error ? `: ${error.message}` : '';
    const message = `Temporal does not answer at ${address}${how} (temporal.address, TEMPORAL_ADDRESS)${why}`;
    throw new DroverError('ServiceUnavailable', message, { cause: error });
  }
}

/** The generated services are overloaded for callbacks; the promise form is the one in use. */
function asNamespaceConnection(connection: NativeConnection): NamespaceConnection {
  return connection as unknown as NamespaceConnection;
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const advice = error instanceof DroverError ? ` ${error.advice}` : '';
  process.stderr.write(`worker: ${message}${advice}\n`);
  process.exitCode = 1;
});
