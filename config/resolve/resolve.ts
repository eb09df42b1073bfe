import { defined } from '../../contracts/defined';
import { withoutTrailingSlashes } from '../../contracts/text/text';
import type { Config, ListenAddress, NotificationConfig, TracesConfig } from '../config';
import { DEFAULTS } from '../defaults';
import type { Sources } from '../file/sources';
import { toCredentials } from './credentials';
import { resolveAccounts, resolveRoles } from './identities';
import { resolveStores, resolveWorkspace } from './stores';
import { resolveTemporal } from './temporal';

/** Environment over file over default. What does not fit together is added to `sources.problems`. */
export function resolveConfig(sources: Sources): Config {
  const { env, file, region } = sources;
  const stores = resolveStores(sources);
  const accounts = resolveAccounts(sources);
  return {
    region,
    api: resolveApi(sources),
    temporal: resolveTemporal(sources),
    stores,
    functions: resolveFunctions(sources),
    vaults: resolveVaults(sources),
    roles: resolveRoles(sources, stores, accounts),
    accounts,
    workspace: resolveWorkspace(sources, stores),
    notifications: resolveNotifications(sources),
    worker: resolveWorker(sources),
    ...defined({ traces: resolveTraces(sources) }),
    limits: resolveLimits(sources),
    logLevel: env.DROVER_LOG_LEVEL ?? file.logLevel ?? DEFAULTS.logLevel,
  };
}

function resolveApi({ env, file: { api = {} }, filesOfEnv, filesOfFile }: Sources): Config['api'] {
  return defined({
    host: env.DROVER_API_HOST ?? api.host ?? DEFAULTS.apiHost,
    port: env.DROVER_API_PORT ?? api.port ?? DEFAULTS.apiPort,
    auditLog: filesOfEnv.pathOf(env.DROVER_AUDIT_LOG) ?? filesOfFile.pathOf(api.auditLog),
    metrics: listenAddressOf(env.DROVER_API_METRICS_ADDRESS ?? api.metrics),
  });
}

/** The text has passed the schema. */
function listenAddressOf(text: string | undefined): ListenAddress | undefined {
  if (text === undefined) return undefined;
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) };
}

function resolveFunctions({ env, file, region }: Sources): Config['functions'] {
  const { endpoint, region: own } = file.functions ?? {};
  return defined({ endpoint: env.DROVER_LAMBDA_ENDPOINT ?? endpoint, region: own ?? region });
}

function resolveVaults({ env, file: { vaults = {} }, region }: Sources): Config['vaults'] {
  return defined({ endpoint: env.DROVER_GLACIER_ENDPOINT ?? vaults.endpoint, region: vaults.region ?? region });
}

function resolveWorker({ env, file: { worker = {} } }: Sources): Config['worker'] {
  return defined({
    batchSlots: env.DROVER_BATCH_SLOTS ?? worker.batchSlots ?? DEFAULTS.batchSlots,
    heartbeatTimeoutSeconds:
      env.DROVER_HEARTBEAT_TIMEOUT_SECONDS ?? worker.heartbeatTimeoutSeconds ?? DEFAULTS.heartbeatTimeoutSeconds,
    metrics: listenAddressOf(env.DROVER_WORKER_METRICS_ADDRESS ?? worker.metrics),
  });
}

function resolveTraces({ env, file: { traces = {} }, problems }: Sources): TracesConfig | undefined {
  const endpoint = env.DROVER_TRACES_ENDPOINT ?? traces.endpoint;
  const requestShare = env.DROVER_TRACES_REQUEST_SHARE ?? traces.requestShare;
  if (endpoint === undefined) {
    if ([requestShare, traces.jobShare, traces.headers].some((one) => one !== undefined)) {
      problems.push({
        path: ['traces', 'endpoint'],
        message: 'missing (or DROVER_TRACES_ENDPOINT): nothing is traced without it',
      });
    }
    return undefined;
  }
  return {
    url: `${withoutTrailingSlashes(endpoint)}/v1/traces`,
    headers: traces.headers ?? {},
    jobShare: traces.jobShare ?? DEFAULTS.traceJobShare,
    requestShare: requestShare ?? DEFAULTS.traceRequestShare,
  };
}

function resolveLimits({ file: { limits = {} } }: Sources): Config['limits'] {
  return {
    bucketRequestsInFlightMax: limits.bucketRequestsInFlightMax ?? DEFAULTS.bucketRequestsInFlightMax,
    multipartAboveBytes: limits.multipartAboveBytes ?? DEFAULTS.multipartAboveBytes,
    multipartPartBytes: limits.multipartPartBytes ?? DEFAULTS.multipartPartBytes,
  };
}

function resolveNotifications({ file, region }: Sources): NotificationConfig {
  const { webhooks = {}, sns = {}, eventBridge = {}, jobWebhooks = {} } = file.notifications ?? {};
  return {
    webhooks: Object.entries(webhooks).map(([name, webhook]) => defined({ name, ...webhook })),
    sns: Object.entries(sns).map(([name, { credentials = 'default', ...target }]) => {
      const targetRegion = target.region ?? region;
      return defined({ name, ...target, region: targetRegion, credentials: toCredentials(credentials, targetRegion) });
    }),
    eventBridge: Object.entries(eventBridge).map(([name, { credentials = 'default', ...target }]) => {
      const targetRegion = target.region ?? region;
      return defined({ name, ...target, region: targetRegion, credentials: toCredentials(credentials, targetRegion) });
    }),
    jobWebhooks: defined({ allow: jobWebhooks.allow ?? [], secret: jobWebhooks.secret }),
  };
}
