import type { ObjectProperties, ObjectRef, ObjectStore } from '../../storage/object-store';
import { destinationsOf, enabledRules, isEligible, onceEach, tagsFor } from './rules';

/**
 * Tells of objects whether S3 Batch Replication would take them. The rules of a bucket are read once. Rejects with `StoreError`,
 * and with what `storeFor` throws.
 */
export function takenByRule(
  storeFor: (bucket: string) => ObjectStore,
  signal: AbortSignal,
): (object: ObjectRef, found: ObjectProperties) => Promise<boolean> {
  const rulesOf = onceEach(async (bucket) => enabledRules(await storeFor(bucket).replicationRules(bucket, { signal })));
  return async (object, found) => {
    const { bucket, key } = object;
    const rules = await rulesOf(bucket, signal);
    if (rules.length === 0 || !isEligible(found)) return false;
    const tags = await tagsFor(rules, storeFor(bucket), object, found, signal);
    return destinationsOf(rules, key, tags, found).length > 0;
  };
}
