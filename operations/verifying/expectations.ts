import type { Tag } from '../../contracts/job';
import type { ChecksumAlgorithm } from '../../storage/checksums';
import { withoutQuotes } from '../../storage/s3/object-properties';
import { sizeOf } from '../common/known-size';
import { checksumOf } from './checksum-of';
import { named, toldEtag } from './look-at';
import { difference, readable, tagDifferences } from './properties';
import type { Side } from './same-content';

/** What an object should be; a member that is absent may be anything. */
export interface Expected {
  readonly SizeBytes?: number | undefined;
  readonly ETag?: string | undefined;
  /** The checksum of all bytes, in base64. */
  readonly Checksum?: { readonly Algorithm: ChecksumAlgorithm; readonly Value: string } | undefined;
  readonly StorageClass?: string | undefined;
  /** Some of its tags. */
  readonly TagSet?: readonly Tag[] | undefined;
  /** Some of its metadata. */
  readonly UserMetadata?: Readonly<Record<string, string>> | undefined;
  readonly ContentType?: string | undefined;
}

/** What is not as expected, in words. Rejects with `StoreError` when that can't be found out. */
export async function unmetExpectations(expected: Expected, object: Side, signal: AbortSignal): Promise<string[]> {
  const { SizeBytes, ETag, StorageClass, ContentType, UserMetadata = {}, TagSet, Checksum } = expected;
  const { properties } = object;
  const metadata = Object.entries(UserMetadata).map(([name, value]) => {
    const octets = properties.metadata[name.toLowerCase()];
    return octets === value ? undefined : difference(`metadata ${name}`, readable(octets), value);
  });
  const unmet = [
    SizeBytes === undefined ? undefined : difference('size', sizeOf(properties), SizeBytes),
    ETag === undefined ? undefined : difference('ETag', toldEtag(properties), withoutQuotes(ETag)),
    // S3 names no class for STANDARD.
    StorageClass === undefined
      ? undefined
      : difference('storage class', properties.storageClass ?? 'STANDARD', StorageClass),
    ContentType === undefined ? undefined : difference('ContentType', properties.contentType, ContentType),
    ...metadata,
  ].filter((text) => text !== undefined);
  if (TagSet !== undefined) {
    const { tags } = await object.store.getObjectTagging(named(object.ref), { signal });
    unmet.push(...tagDifferences(tags, TagSet, { subset: true }));
  }
  // An object of another size or ETag need not be read.
  if (Checksum === undefined || unmet.length > 0) return unmet;
  const wrong = difference(Checksum.Algorithm, await checksumOf(object, Checksum.Algorithm, signal), Checksum.Value);
  return wrong === undefined ? [] : [wrong];
}
