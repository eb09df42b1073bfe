import type { ObjectProperties, ObjectStore, ReplicationRule } from '../../storage/object-store';
import { askForTags, destinationsOf, enabledRules, isEligible } from './rules';

interface Named {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/**
 * Tells of objects whether S3 Batch Replication would take them. The rules of a bucket are read once. Rejects with `StoreError`,
 * and with what `storeFor` throws.
 */
export function takenByRule(
  storeFor: (bucket: string) => ObjectStore,
  signal: AbortSignal,
): (object: Named, found: ObjectProperties) => Promise<boolean> {
  const known = new Map<string, Promise<readonly ReplicationRule[]>>();
  const rulesOf = (bucket: string): Promise<readonly ReplicationRule[]> => {
    let reading = known.get(bucket);
    if (reading === undefined) {
      reading = storeFor(bucket).replicationRules(bucket, { signal }).then(enabledRules);
      known.set(bucket, reading);
    }
    return reading;
  };
  return async ({ bucket, key, versionId }, found) => {
    const rules = await rulesOf(bucket);
    if (rules.length === 0 || !isEligible(found)) return false;
    const input = { Bucket: bucket, Key: key, VersionId: versionId };
    const tags = askForTags(rules, key) ? (await storeFor(bucket).getObjectTagging(input, { signal })).tags : [];
    return destinationsOf(rules, key, tags, found).length > 0;
  };
}
