import type { Config } from '../../config/config';
import { createStores } from '../../storage/stores';

export const DEMO_OBJECTS = 10_000;
export const DEMO_BUCKETS = { source: 'demo-source', target: 'demo-target', reports: 'demo-reports' } as const;
const MANIFEST_KEY = 'manifests/objects.csv';
const REQUESTS_IN_FLIGHT = 64;

export interface DemoManifest {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
}

/** Puts the objects, 1 KiB each, and the manifest that lists them. */
export async function putObjects(config: Config): Promise<DemoManifest> {
  const stores = createStores(config);
  try {
    const role = config.roles[0];
    if (role === undefined) throw new Error('the configuration has no role');
    const store = stores.forRole(role.arn, role.accounts[0] ?? '').storeFor(DEMO_BUCKETS.source, 'write');
    const keys = Array.from(
      { length: DEMO_OBJECTS },
      (_, index) => `animals/${String(index % 100)}/cow-${String(index).padStart(5, '0')}.txt`,
    );
    const left = keys.values();
    const lane = async (): Promise<void> => {
      for (const key of left) await store.put({ bucket: DEMO_BUCKETS.source, key }, key.padEnd(1_024, '.'));
    };
    await Promise.all(Array.from({ length: REQUESTS_IN_FLIGHT }, lane));
    const manifest = keys.map((key) => `${DEMO_BUCKETS.source},${key}\n`).join('');
    const { etag } = await store.put({ bucket: DEMO_BUCKETS.source, key: MANIFEST_KEY }, manifest, {
      contentType: 'text/csv',
    });
    return { bucket: DEMO_BUCKETS.source, key: MANIFEST_KEY, etag };
  } finally {
    await stores.close();
  }
}
