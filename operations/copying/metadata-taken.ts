import { defined } from '../../contracts/defined';
import { StoreError } from '../../storage/store-error';
import { metadataOf, NO_TYPE, sourceMetadata } from './copy-request';
import { perBatch } from './per-batch';
import type { MadeCopy } from './settings-taken';

type Member = keyof ReturnType<typeof sourceMetadata>;

/** By batch: the members that a bucket was seen to keep. */
const bucketsOf = perBatch<Set<Member>>();

/**
 * Looks at the first copies of a batch that were made of bytes with metadata: some stores take them and keep none, or not all (rclone serve s3,
 * "Limitations"). Rejects with `StoreError`, NotImplemented for what is not there. A copy that can't be looked at is left alone.
 */
export async function checkMetadataTaken({ store, request, context }: MadeCopy, signal: AbortSignal): Promise<void> {
  const { Bucket = '', Key, RequestPayer } = request;
  const wanted = metadataOf(request);
  const kept = keptOf(context, Bucket);
  const open = (Object.keys(wanted) as Member[]).filter((member) => isGiven(wanted[member]) && !kept.has(member));
  if (open.length === 0) return;
  const told = await store
    .describeObject({ Bucket, Key, ...defined({ RequestPayer }) }, { signal })
    .catch((error: unknown) => {
      if (error instanceof StoreError && !error.storeDown) return undefined;
      throw error;
    });
  if (told === undefined) return;
  const there = sourceMetadata(told);
  const has = (member: Member): boolean => {
    if (member !== 'Metadata') return isGiven(there[member]);
    const names = Object.keys(wanted.Metadata ?? {});
    // Some of it does not fit into the headers of an answer.
    return told.missingMetadata > 0 || names.every((name) => there.Metadata?.[name] !== undefined);
  };
  const lost = open.filter((member) => !has(member));
  if (lost.length > 0) {
    const text = `The copy was made, but without the metadata asked for (${lost.join(', ')}), of which ${store.describe()} took no notice`;
    throw new StoreError('NotImplemented', 501, text);
  }
  for (const member of open) kept.add(member);
}

function keptOf(context: object, bucket: string): Set<Member> {
  const buckets = bucketsOf(context);
  const kept = buckets.get(bucket) ?? new Set<Member>();
  buckets.set(bucket, kept);
  return kept;
}

/** Empty values are as good as none, and so is the type that S3 gives by itself. */
function isGiven(value: string | Date | Readonly<Record<string, string>> | undefined): boolean {
  if (value === undefined || value === '' || value === NO_TYPE) return false;
  return typeof value === 'string' || value instanceof Date || Object.keys(value).length > 0;
}
