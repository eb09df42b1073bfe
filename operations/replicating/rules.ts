import { parseS3Arn } from '../../contracts/arn';
import type { Tag } from '../../contracts/job';
import type { ObjectProperties, ObjectRef, ObjectStore, ReplicationRule } from '../../storage/object-store';
import { restoreState } from '../common/restore-state';
import { named } from '../verifying/look-at';

/** Where one object goes by the rules of its bucket. */
export interface Destination {
  readonly bucket: string;
  readonly rule: ReplicationRule;
}

export function enabledRules(rules: readonly ReplicationRule[]): ReplicationRule[] {
  return rules.filter(({ Status }) => Status === 'Enabled');
}

/** True when it takes the object's tags to know whether one of the rules is for it. */
function askForTags(rules: readonly ReplicationRule[], key: string): boolean {
  return rules.some((rule) => tagsOf(rule).length > 0 && key.startsWith(prefixOf(rule)));
}

/**
 * False for what S3 Batch Replication does not take ("Replicating existing objects with Batch Replication"): replicas, and
 * archived objects, restored or not.
 */
export function isEligible(source: ObjectProperties): boolean {
  const isReplica = source.replicationStatus === 'REPLICA';
  return !isReplica && source.archiveStatus === undefined && restoreState(source) === 'not-archived';
}

/** For each destination bucket the rule of the highest priority that is for the object (API_ReplicationRule). */
export function destinationsOf(
  rules: readonly ReplicationRule[],
  key: string,
  tags: readonly Tag[],
  source: ObjectProperties,
): Destination[] {
  const best = new Map<string, ReplicationRule>();
  for (const rule of rules) {
    const bucket = parseS3Arn(rule.Destination?.Bucket ?? '')?.bucket;
    if (bucket === undefined || !isFor(rule, key, tags, source)) continue;
    const former = best.get(bucket);
    if (former === undefined || (rule.Priority ?? 0) > (former.Priority ?? 0)) best.set(bucket, rule);
  }
  return [...best].map(([bucket, rule]) => ({ bucket, rule }));
}

function isFor(rule: ReplicationRule, key: string, tags: readonly Tag[], source: ObjectProperties): boolean {
  if (isUnderKms(source) && rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== 'Enabled') return false;
  if (!key.startsWith(prefixOf(rule))) return false;
  return tagsOf(rule).every(({ Key, Value }) => tags.some((tag) => tag.Key === Key && tag.Value === Value));
}

export function isUnderKms({ serverSideEncryption }: ObjectProperties): boolean {
  return serverSideEncryption?.startsWith('aws:kms') ?? false;
}

/** `Prefix` beside the filter is of the first version of the configuration, which stores still have. */
function prefixOf(rule: ReplicationRule): string {
  const { Filter, Prefix }: Pick<ReplicationRule, 'Filter'> & { readonly Prefix?: string | undefined } = rule;
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '';
}

function tagsOf({ Filter }: ReplicationRule): { readonly Key: string; readonly Value: string }[] {
  const tags = [...(Filter?.Tag ? [Filter.Tag] : []), ...(Filter?.And?.Tags ?? [])];
  return tags.map(({ Key = '', Value = '' }) => ({ Key, Value }));
}

/** The object's tags, where a rule asks for any. Rejects with `StoreError`. */
export async function tagsFor(
  rules: readonly ReplicationRule[],
  store: ObjectStore,
  object: ObjectRef,
  source: ObjectProperties,
  signal: AbortSignal,
): Promise<readonly Tag[]> {
  if (source.tagCount === 0 || !askForTags(rules, object.key)) return [];
  return (await store.getObjectTagging(named(object), { signal })).tags;
}

/** Asks once for each bucket, unless that failed. */
export function onceEach<T>(
  ask: (bucket: string, signal: AbortSignal) => Promise<T>,
): (bucket: string, signal: AbortSignal) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (bucket, signal) => {
    const known = asked.get(bucket);
    if (known) return known;
    const answer = ask(bucket, signal).catch((error: unknown) => {
      asked.delete(bucket);
      throw error;
    });
    asked.set(bucket, answer);
    return answer;
  };
}
