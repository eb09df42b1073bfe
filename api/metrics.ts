import type { Client } from '@temporalio/client';
import type { Config } from '../config/config';
import { ApiRequests } from '../metrics/api-requests';
import { installationFamilies } from '../metrics/installation-families';
import { createRegistry } from '../metrics/registry';
import { type MetricsServer, serveMetrics } from '../metrics/server';
import { storeFamilies } from '../metrics/store-families';
import type { Measured } from '../storage/figures';
import type { RequestObserver } from './audit';
import { TemporalInstallation } from './temporal/installation';

export interface ApiMetrics {
  readonly observer: RequestObserver;
  readonly server: MetricsServer;
}

/** Undefined when the configuration wants none. Rejects with InvalidConfiguration for an address that can't be bound. */
export async function serveApiMetrics(
  config: Config,
  client: Client,
  stores: Measured,
): Promise<ApiMetrics | undefined> {
  const { metrics } = config.api;
  if (metrics === undefined) return undefined;
  const requests = new ApiRequests();
  const installation = new TemporalInstallation(client, config.temporal.taskQueue);
  const registry = createRegistry('drover-api', [
    ...installationFamilies(() => installation.read()),
    ...requests.families,
    ...storeFamilies(stores),
  ]);
  const page = { contentType: registry.contentType, read: () => registry.metrics() };
  return { observer: requests, server: await serveMetrics(metrics, 'api.metrics, DROVER_API_METRICS_ADDRESS', page) };
}
