import { type AddressInfo, createServer } from 'node:net';
import type { RuntimeOptions } from '@temporalio/worker';
import { storeOf } from '../config/access/buckets';
import type { Config } from '../config/config';
import { LIMITS } from '../contracts/limits';
import { createRegistry } from '../metrics/registry';
import { type MetricsServer, serveMetrics } from '../metrics/server';
import { storeFamilies } from '../metrics/store-families';
import { WorkMeter } from '../metrics/work-meter';
import type { Measured } from '../storage/figures';

type SdkMetrics = NonNullable<NonNullable<RuntimeOptions['telemetryOptions']>['metrics']>;

/** Where the native core of Temporal's SDK serves its metrics: on this machine alone, for the worker's own page. */
export interface SdkExporter {
  readonly port: number;
  readonly options: SdkMetrics;
}

/** Undefined when the configuration wants no metrics. */
export async function sdkExporter({ worker }: Pick<Config, 'worker'>): Promise<SdkExporter | undefined> {
  if (worker.metrics === undefined) return undefined;
  const port = await freePort();
  // Names as Prometheus advises: units at the end, seconds.
  const prometheus = {
    bindAddress: `127.0.0.1:${port}`,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  };
  return { port, options: { prometheus } };
}

/** The core does not tell which port it has found, so it is given one. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

export function createWorkMeter({ stores, worker }: Pick<Config, 'stores' | 'worker'>): WorkMeter {
  return new WorkMeter((bucket) => storeOf(stores, bucket)?.name ?? '(none)', worker.batchSlots);
}

/** The page of a worker: its own metrics, then those of Temporal's SDK. Rejects with InvalidConfiguration. */
export async function serveWorkerMetrics(
  { worker }: Pick<Config, 'worker'>,
  meter: WorkMeter,
  stores: Measured,
  sdk: SdkExporter | undefined,
  isReady: () => boolean,
): Promise<MetricsServer | undefined> {
  if (worker.metrics === undefined) return undefined;
  const registry = createRegistry('drover-worker', [...meter.families, ...storeFamilies(stores)]);
  const read = async (): Promise<string> => {
    const [own, ofSdk] = await Promise.all([registry.metrics(), sdk === undefined ? '' : sdkPage(sdk)]);
    return own + ofSdk;
  };
  const page = { isReady, contentType: registry.contentType, read };
  return serveMetrics(worker.metrics, 'worker.metrics, DROVER_WORKER_METRICS_ADDRESS', page);
}

/** Empty while the core does not answer: the worker's own numbers are shown all the same. */
async function sdkPage({ port }: SdkExporter): Promise<string> {
  try {
    const signal = AbortSignal.timeout(LIMITS.metrics.surveyTimeoutMs);
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal });
    return answer.ok ? await answer.text() : '';
  } catch {
    return '';
  }
}
