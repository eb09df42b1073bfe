import { isUtf8 } from 'node:buffer';
import type { HeadObjectInput, ObjectProperties, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { difference, readable } from '../verifying/properties';

const METADATA = 'metadata ';
type Value = readonly [name: string, octets: string | undefined];

/**
 * Looks at a copy whose source has values beyond ASCII: HTTP leaves open what they mean (RFC 9110, 5.5), and a store may make others of
 * them. Rejects with `StoreError` when it did. A copy that can't be looked at, and one without such values, or with what the store is
 * known to keep, is left alone.
 */
export async function checkOctetsKept(
  target: ObjectStore,
  copy: HeadObjectInput,
  source: ObjectProperties,
  signal: AbortSignal,
): Promise<void> {
  const { metadataUtf8 } = target.profile;
  const sent = valuesOf(source).filter(([name, octets]) => {
    if (octets === undefined || !/[^\t\x20-\x7e]/.test(octets)) return false;
    return !(metadataUtf8 && name.startsWith(METADATA) && isUtf8(Buffer.from(octets, 'latin1')));
  });
  if (sent.length === 0) return;
  const there = await target.describeObject(copy, { signal, plainNotFound: true }).catch((error: unknown) => {
    if (error instanceof StoreError && !error.storeDown) return undefined;
    throw error;
  });
  if (there === undefined) return;
  const kept = new Map(valuesOf(there));
  const wrong = sent
    .map(([name, octets]) => difference(name, readable(kept.get(name)), readable(octets)))
    .filter((text) => text !== undefined);
  if (wrong.length === 0) return;
  const text = `The target did not keep what is beyond ASCII as it was sent: ${wrong.join('; ')}`;
  throw new StoreError('InvalidRequest', 400, text);
}

function valuesOf(properties: ObjectProperties): Value[] {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata } = properties;
  return [
    ['CacheControl', cacheControl],
    ['ContentDisposition', contentDisposition],
    ['ContentEncoding', contentEncoding],
    ['ContentLanguage', contentLanguage],
    ['ContentType', contentType],
    ...Object.entries(metadata).map(([name, octets]): Value => [METADATA + name, octets]),
  ];
}
