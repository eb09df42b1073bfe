import type { Config } from '../config/config';
import type { ObjectStore } from '../storage/object-store';
import { createStores } from '../storage/stores';
import { BUCKETS } from './harness';

export interface Manifest {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly rows: number;
}

const PUTS_IN_FLIGHT = 64;
const MANIFEST_KEYS_AT_ONCE = 100_000;

/** Some levels and lengths, as real keys have them. */
export function objectKey(index: number): string {
  return `animals/${String(index % 100).padStart(2, '0')}/cow-${String(index).padStart(9, '0')}.txt`;
}

export async function withStore<T>(config: Config, work: (store: ObjectStore) => Promise<T>): Promise<T> {
  const stores = createStores(config);
  try {
    return await work(
      stores.forRole(config.roles[0]?.arn ?? '', config.roles[0]?.accounts[0] ?? '').storeFor(BUCKETS.source, 'write'),
    );
  } finally {
    await stores.close();
  }
}

/** A manifest with the first `rows` keys, all in `bucket`. It is kept in a bucket of its own kind, where a copy does not meet it. */
export async function putManifest(
  config: Config,
  bucket: string,
  rows: number,
  keyOf: (index: number) => string = objectKey,
): Promise<Manifest> {
  const pieces: Buffer[] = [];
  for (let first = 0; first < rows; first += MANIFEST_KEYS_AT_ONCE) {
    const count = Math.min(MANIFEST_KEYS_AT_ONCE, rows - first);
    const lines = Array.from({ length: count }, (_, index) => `${bucket},${keyOf(first + index)}\n`);
    pieces.push(Buffer.from(lines.join('')));
  }
  const ref = {
    bucket: BUCKETS.reports,
    key: `manifests/${bucket}-${String(rows)}-${keyOf(0).replaceAll(/[^\w-]/g, '_')}.csv`,
  };
  const { etag } = await withStore(config, (store) =>
    store.put(ref, Buffer.concat(pieces), { contentType: 'text/csv' }),
  );
  return { ...ref, etag, rows };
}

/** Puts `count` objects of `bytes` each into the source bucket. */
export async function putObjects(
  config: Config,
  count: number,
  bytes: number,
  keyOf: (index: number) => string = objectKey,
): Promise<void> {
  const body = Buffer.alloc(bytes, '.');
  await withStore(config, async (store) => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) await store.put({ bucket: BUCKETS.source, key: keyOf(next++) }, body);
    };
    await Promise.all(Array.from({ length: PUTS_IN_FLIGHT }, lane));
  });
}

/** Rejects unless the copies are there: each of the keys, below `prefix` in the target bucket, with this size. */
export async function assertCopied(
  config: Config,
  prefix: string,
  keys: readonly string[],
  bytes: number,
): Promise<void> {
  await withStore(config, async (store) => {
    for (const key of keys) {
      const { contentLength } = await store.headObject({ bucket: BUCKETS.target, key: `${prefix}${key}` });
      if (contentLength !== bytes) throw new Error(`${prefix}${key} has ${String(contentLength)} bytes`);
    }
  });
}
