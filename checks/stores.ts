import { randomUUID } from 'node:crypto';
import { matchesBucket, roleMay, storeOf } from '../config/access/buckets';
import type { Config, Credentials, RoleConfig, StoreConfig } from '../config/config';
import type { ObjectStore } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { createStores } from '../storage/stores';
import { check, CheckFailure, type CheckResult, type Finding } from './check';

/** Not there, most likely; that it is not is an answer to a request that was signed well. */
const PROBE_KEY = 'drover-config-check';

/** A store under one of the credentials that it is used with. */
interface Use {
  readonly store: StoreConfig;
  readonly credentials: Credentials;
  /** Whose: for messages. */
  readonly by: string;
  /** Buckets that are known by name to be used so. */
  readonly buckets: readonly string[];
}

/**
 * Every store under every credential that it is used with; the buckets that roles have by name; the workspace. Nothing is
 * left behind.
 */
export async function* checkStores(config: Config): AsyncGenerator<CheckResult> {
  for (const use of usesOf(config)) {
    const answer = await withStore(config, use, (store) =>
      check(`store ${use.store.name} as ${use.by}`, (signal) => tryCredentials(store, use, config, signal)),
    );
    yield answer;
    // Each bucket would fail for the same reason, and could say less of it: HeadBucket has no body.
    for (const bucket of answer.ok ? use.buckets : []) {
      yield await withStore(config, use, (store) =>
        check(`bucket ${bucket} as ${use.by}`, (signal) => tryBucket(store, bucket, signal)),
      );
    }
  }
  for (const role of config.roles) yield* homelessBuckets(config, role);
  yield await checkWorkspace(config);
}

function usesOf(config: Config): Use[] {
  return config.stores.flatMap((store) => {
    const uses = new Map<string, Use>();
    for (const role of config.roles.filter((one) => mayReach(config, one, store))) {
      const own = role.credentials[store.name];
      const credentials = own ?? store.credentials;
      const identity = JSON.stringify(credentials);
      const before = uses.get(identity);
      const buckets = namedBuckets(role).filter((bucket) => storeOf(config.stores, bucket) === store);
      uses.set(identity, {
        store,
        credentials,
        by: before?.by ?? (own === undefined ? 'itself' : role.arn),
        buckets: [...new Set([...(before?.buckets ?? []), ...buckets])],
      });
    }
    return [...uses.values()];
  });
}

/** By a bucket's name, or by a pattern that may stand for one there. */
function mayReach(config: Config, role: RoleConfig, store: StoreConfig): boolean {
  if (namedBuckets(role).some((bucket) => storeOf(config.stores, bucket) === store)) return true;
  const patterns = [...role.read, ...role.write].filter((bucket) => bucket.includes('*'));
  if (patterns.length === 0) return false;
  if (store.buckets.length === 0) return true;
  return store.buckets.some((bucket) => bucket.includes('*') || matchesBucket(patterns, bucket));
}

function namedBuckets({ read, write }: RoleConfig): string[] {
  return [...new Set([...read, ...write])].filter((bucket) => !bucket.includes('*'));
}

/** A store that has all buckets and these credentials: so it can be asked before anything routes to it. */
async function withStore<T>(config: Config, use: Use, work: (store: ObjectStore) => Promise<T>): Promise<T> {
  const { store, credentials } = use;
  const stores = createStores({
    ...config,
    stores: [{ ...store, buckets: [] }],
    roles: [],
    workspace: { ...config.workspace, store: store.name, credentials },
  });
  try {
    return await work(stores.workspace());
  } finally {
    await stores.close();
  }
}

async function tryCredentials(store: ObjectStore, use: Use, config: Config, signal: AbortSignal): Promise<Finding> {
  const bucket = probeBucket(use, config);
  try {
    await store.read({ bucket, key: PROBE_KEY }, { signal, range: { start: 0, end: 1 } });
    return { detail: store.describe() };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (['NoSuchKey', 'NoSuchBucket', 'InvalidRange'].includes(error.code)) return { detail: store.describe() };
    if (error.code !== 'AccessDenied') throw error;
    // Without the right to list, S3 does not tell that an object is not there.
    return { detail: `${store.describe()}: answers, and does not say what is in ${bucket} (AccessDenied)` };
  }
}

function probeBucket({ store, buckets }: Use, { workspace }: Config): string {
  const named = buckets[0] ?? store.buckets.find((bucket) => !bucket.includes('*'));
  const known = named ?? (workspace.store === store.name ? workspace.bucket : undefined);
  return known ?? `${PROBE_KEY}-${randomUUID().slice(0, 8)}`;
}

async function tryBucket(store: ObjectStore, bucket: string, signal: AbortSignal): Promise<Finding> {
  if (await store.bucketExists(bucket, { signal })) return { detail: `is in ${store.describe()}` };
  throw new CheckFailure(
    `${store.describe()} has no such bucket, or does not show it to these credentials`,
    'Create it, correct its name in the role or in the buckets of the stores, or allow s3:ListBucket.',
  );
}

/** A role may name what no store has: its jobs would be refused. */
async function* homelessBuckets({ stores }: Config, role: RoleConfig): AsyncGenerator<CheckResult> {
  for (const bucket of namedBuckets(role)) {
    if (storeOf(stores, bucket) !== undefined) continue;
    const access = roleMay(role, bucket, 'write') ? 'write' : 'read';
    yield await check(`bucket ${bucket} as ${role.arn}`, () =>
      Promise.reject(
        new CheckFailure(
          `no store has this bucket, which the role may ${access}`,
          'Name it under the buckets of a store, or leave it out of the role.',
        ),
      ),
    );
  }
}

function checkWorkspace(config: Config): Promise<CheckResult> {
  const { bucket, prefix } = config.workspace;
  return check(`workspace ${bucket}/${prefix}`, async (signal) => {
    const stores = createStores(config);
    const ref = { bucket, key: `${prefix}${PROBE_KEY}-${randomUUID()}` };
    const store = stores.workspace();
    try {
      await step('written', () => store.put(ref, PROBE_KEY, { signal }));
      const found = await step('read', () => store.read(ref, { signal }));
      await step('deleted', () => store.remove(ref, { signal }));
      if (found.toString() !== PROBE_KEY) throw new CheckFailure('an object was read back otherwise than written');
      return { detail: `written, read and deleted in ${store.describe()}` };
    } finally {
      await stores.close();
    }
  });
}

async function step<T>(done: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const message = `an object can not be ${done}: ${error.message}`;
    throw new StoreError(error.code, error.httpStatus, message, { cause: error });
  }
}
