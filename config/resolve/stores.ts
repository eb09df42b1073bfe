import { defined } from '../../contracts/defined';
import { DAY_MS } from '../../contracts/limits/units';
import type { ProfileName, ProfileSettings } from '../../contracts/store-profile';
import type { Config, Credentials, StoreConfig } from '../config';
import { DEFAULT_STORE, DEFAULTS, DEV_ACCESS_KEY, DEV_SECRET_KEY } from '../defaults';
import type { Sources } from '../file/sources';
import { optionalCredentials, toCredentials } from './credentials';

const STORE_VARIABLES = [
  'DROVER_S3_ENDPOINT',
  'DROVER_S3_REGION',
  'DROVER_S3_PATH_STYLE',
  'DROVER_S3_CREDENTIALS',
  'DROVER_S3_ACCESS_KEY',
  'DROVER_S3_SECRET_KEY',
  'DROVER_S3_SESSION_TOKEN',
] as const;

/**
 * The stores of the file. The variables override settings of the store named `default`, or make it: always when the file has
 * no stores, else when they name an endpoint.
 */
export function resolveStores(sources: Sources): StoreConfig[] {
  const { env, file, problems } = sources;
  const stores = storesOfFile(sources);
  const set = STORE_VARIABLES.filter((name) => env[name] !== undefined);
  if (file.stores !== undefined && set.length === 0) return stores;
  const given = stores.find(({ name }) => name === DEFAULT_STORE);
  if (given === undefined && file.stores !== undefined && env.DROVER_S3_ENDPOINT === undefined) {
    const message = `${set.join(', ')} is set, but the file has no store named ${DEFAULT_STORE}: set DROVER_S3_ENDPOINT too, or put the setting into the file`;
    problems.push({ path: ['stores'], message });
    return stores;
  }
  return [...stores.filter(({ name }) => name !== DEFAULT_STORE), storeOfVariables(sources, given)];
}

function storeOfVariables(sources: Sources, given: StoreConfig | undefined): StoreConfig {
  const { env, region } = sources;
  const endpoint = env.DROVER_S3_ENDPOINT ?? given?.endpoint ?? DEFAULTS.s3Endpoint;
  // Another store than the file speaks of may know less.
  const profile = endpoint === given?.endpoint ? given.profile : undefined;
  return defined({
    name: DEFAULT_STORE,
    endpoint,
    region: env.DROVER_S3_REGION ?? given?.region ?? region,
    pathStyle: env.DROVER_S3_PATH_STYLE ?? given?.pathStyle ?? DEFAULTS.pathStyle,
    profile,
    credentials: credentialsOfVariables(sources, given),
    buckets: given?.buckets ?? [],
    ca: given?.ca,
  });
}

function storesOfFile({ file, region, filesOfFile }: Sources): StoreConfig[] {
  return Object.entries(file.stores ?? {}).map(([name, store]) => {
    const storeRegion = store.region ?? region;
    return defined({
      name,
      endpoint: store.endpoint,
      region: storeRegion,
      pathStyle: store.pathStyle ?? DEFAULTS.pathStyle,
      profile: store.profile && profileSettings(store.profile),
      credentials: toCredentials(store.credentials ?? 'default', storeRegion),
      ca: filesOfFile.certificates(store.caFile, ['stores', name, 'caFile']),
      buckets: store.buckets ?? [],
    });
  });
}

function profileSettings(given: ProfileName | Record<string, unknown>): ProfileSettings {
  return typeof given === 'string' ? { name: given } : defined(given);
}

function credentialsOfVariables({ env, problems }: Sources, given: StoreConfig | undefined): Credentials {
  const kind = env.DROVER_S3_CREDENTIALS;
  if (kind === 'default' || kind === 'environment') return { kind };
  const { DROVER_S3_ACCESS_KEY: accessKeyId, DROVER_S3_SECRET_KEY: secretAccessKey } = env;
  const sessionToken = env.DROVER_S3_SESSION_TOKEN;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return defined({ kind: 'static' as const, accessKeyId, secretAccessKey, sessionToken });
  }
  if (accessKeyId !== undefined || secretAccessKey !== undefined || sessionToken !== undefined) {
    const pair = 'DROVER_S3_ACCESS_KEY and DROVER_S3_SECRET_KEY';
    const extent = sessionToken === undefined ? '' : ', and so does DROVER_S3_SESSION_TOKEN';
    problems.push({ path: [], message: `${pair} must be set together${extent}: one is missing` });
  } else if (kind === 'static' && given !== undefined && given.credentials.kind !== 'static') {
    const message = 'is static, but neither the environment nor the file has a key pair for the store default';
    problems.push({ path: ['DROVER_S3_CREDENTIALS'], message });
  }
  return given?.credentials ?? { kind: 'static', accessKeyId: DEV_ACCESS_KEY, secretAccessKey: DEV_SECRET_KEY };
}

/** The store that is meant where none is named: `default`, or the only one. */
export function impliedStore(stores: readonly StoreConfig[]): StoreConfig | undefined {
  return stores.find(({ name }) => name === DEFAULT_STORE) ?? (stores.length === 1 ? stores[0] : undefined);
}

export function resolveWorkspace(sources: Sources, stores: readonly StoreConfig[]): Config['workspace'] {
  const { env, file, region, problems } = sources;
  const given = file.workspace ?? {};
  const store = given.store ?? impliedStore(stores)?.name;
  if (store === undefined) {
    problems.push({ path: ['workspace', 'store'], message: 'is required where there are several stores' });
  } else if (!stores.some(({ name }) => name === store)) {
    problems.push({ path: ['workspace', 'store'], message: `unknown store ${store}` });
  }
  return defined({
    store: store ?? DEFAULT_STORE,
    bucket: env.DROVER_WORKSPACE_BUCKET ?? given.bucket ?? DEFAULTS.workspaceBucket,
    prefix: env.DROVER_WORKSPACE_PREFIX ?? given.prefix ?? DEFAULTS.workspacePrefix,
    credentials: optionalCredentials(given.credentials, region),
    keepMs: daysInMs(env.DROVER_WORKSPACE_KEEP_DAYS ?? given.keepDays),
  });
}

function daysInMs(days: number | undefined): number | undefined {
  return days === undefined ? undefined : days * DAY_MS;
}
