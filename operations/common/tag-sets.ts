import type { Tag } from '../../contracts/job';
import type { ObjectStore } from '../../storage/object-store';
import type { OperationContext, PerformTask } from '../operation';
import { changeObject, type ObjectAddress } from './on-object';
import { inTurn } from './turns';

/** The order of tags means nothing. */
export function sameTags(some: readonly Tag[], others: readonly Tag[]): boolean {
  if (some.length !== others.length) return false;
  const values = valuesOf(some);
  return others.every(({ Key, Value }) => values.get(Key) === Value);
}

/** Like `tags`, with those of `added` instead of former ones of the same keys. */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const values = valuesOf(tags);
  for (const { Key, Value } of added) values.set(Key, Value);
  return Array.from(values, ([Key, Value]) => ({ Key, Value }));
}

export function withoutTags(tags: readonly Tag[], keys: ReadonlySet<string>): readonly Tag[] {
  return tags.filter(({ Key }) => !keys.has(Key));
}

/**
 * Reads the tags of a task's object, and writes them when `change` makes others of them. They are written to the version
 * that was read, where the store names it: tags of one version never get onto another. S3 has no condition for tags, so what
 * others write in between is lost; jobs of this process take turns.
 *
 * After a lost answer both are done again, so what was read back tells whether anything is left to do.
 */
export function changeTags(
  context: Pick<OperationContext, 'storeFor'>,
  change: (tags: readonly Tag[]) => readonly Tag[],
): PerformTask {
  return changeObject(context, (store, at, { signal }) => {
    const ref = { bucket: at.Bucket, key: at.Key };
    return inTurn([{ store, ref }], signal, () => readAndWrite(store, at, signal, change));
  });
}

async function readAndWrite(
  store: ObjectStore,
  at: ObjectAddress,
  signal: AbortSignal,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  const { tags, versionId } = await store.getObjectTagging(at, { signal });
  const wanted = change(tags);
  if (sameTags(tags, wanted)) return;
  const version = { ...at, VersionId: at.VersionId ?? versionId };
  await (wanted.length === 0
    ? store.deleteObjectTagging(version, { signal })
    : store.putObjectTagging({ ...version, Tagging: { TagSet: [...wanted] } }, { signal }));
}

function valuesOf(tags: readonly Tag[]): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key, Value]));
}
