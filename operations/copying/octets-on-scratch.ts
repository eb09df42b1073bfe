import { defined } from '../../contracts/defined';
import type { CopyObjectInput, ObjectProperties, ObjectStore } from '../../storage/object-store';
import { scratchKey } from '../../storage/s3/known-calls/on-scratch';
import { StoreError } from '../../storage/store-error';
import { changedOctets, doubtfulOctets, kindOfOctets, type Octets } from './check-octets';
import { sourceMetadata } from './copy-request';
import { perBatch } from './per-batch';

/** An object that is to be replaced by a copy of itself. */
export interface Replaced {
  readonly store: ObjectStore;
  readonly request: CopyObjectInput;
  readonly before: ObjectProperties;
  /** One per batch. */
  readonly context: object;
}

/** `changed`: what they became; undefined: they came back as they were sent. No finding: it can't be tried. */
type Finding = { readonly changed: string | undefined } | undefined;

const findingsOf = perBatch<Promise<Finding>>();

/**
 * What a store makes of an object's values beyond ASCII could not be taken back. So an empty object beside it gets them first, once a batch,
 * bucket and kind of value. Resolves with those that can't be tried: they are to be looked at afterwards. Rejects with `StoreError`,
 * NotImplemented when the store does not keep them.
 */
export async function untriedOctets(replaced: Replaced, signal: AbortSignal): Promise<readonly Octets[]> {
  const { store, request, before, context } = replaced;
  if (request.MetadataDirective !== 'REPLACE') return [];
  const values = doubtfulOctets(store, before, { ...request });
  if (values.length === 0) return [];
  const findings = findingsOf(context);
  const name = [request.Bucket, ...new Set(values.map(kindOfOctets))].join('\n');
  const trying = findings.get(name) ?? tryOnScratch(replaced, values, signal);
  findings.set(name, trying);
  const finding = await trying.catch((error: unknown) => {
    findings.delete(name);
    throw error;
  });
  if (finding === undefined) return values;
  if (finding.changed === undefined) return [];
  const text = `${store.describe()} does not keep what is beyond ASCII as it is sent, as an empty object beside has shown (${finding.changed})`;
  throw new StoreError('NotImplemented', 501, `${text}: the object is as it was`);
}

async function tryOnScratch(
  { store, request: { Bucket = '', Key = '' }, before }: Replaced,
  values: readonly Octets[],
  signal: AbortSignal,
): Promise<Finding> {
  const scratch = { Bucket, Key: scratchKey(Key) };
  try {
    const metadata = defined(sourceMetadata(before));
    const { versionId: VersionId } = await store.putObject(
      { ...scratch, ...metadata, Body: Buffer.alloc(0) },
      { signal },
    );
    const made = { ...scratch, ...defined({ VersionId }) };
    try {
      return { changed: changedOctets(await store.describeObject(made, { signal }), values) };
    } finally {
      await store.deleteObject(made, { signal });
    }
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return undefined;
    throw error;
  }
}
