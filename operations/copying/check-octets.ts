import { isUtf8 } from 'node:buffer';
import type { HeadObjectInput, ObjectProperties, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { difference, readable } from '../verifying/properties';

const METADATA = 'metadata ';
/** The name of a header, or that of user metadata after `metadata `. */
export type Octets = readonly [name: string, octets: string];
type Sent = Partial<Record<string, unknown>> & { readonly Metadata?: Readonly<Record<string, string>> | undefined };

/**
 * Values beyond ASCII of a source that go to a store as they are, and that it is not known to keep: HTTP leaves open what they mean (RFC 9110,
 * 5.5). `sent`: the request that has them; absent: all of them are sent.
 */
export function doubtfulOctets(target: ObjectStore, source: ObjectProperties, sent?: Sent): readonly Octets[] {
  const { metadataUtf8 } = target.profile;
  return valuesOf(source).filter(([name, octets]) => {
    if (!/[^\t\x20-\x7e]/.test(octets) || (sent && sentAs(sent, name) !== octets)) return false;
    return !(metadataUtf8 && isOfUser(name) && isUtf8(Buffer.from(octets, 'latin1')));
  });
}

/** What two values must share for one to tell of the other. */
export function kindOfOctets([name, octets]: Octets): string {
  return `${isOfUser(name) ? 'metadata' : name} ${isUtf8(Buffer.from(octets, 'latin1')) ? 'UTF-8' : 'Latin-1'}`;
}

/** Rejects with `StoreError` when the store made others of values that it was sent. A copy that can't be looked at is left alone. */
export async function checkOctetsKept(
  target: ObjectStore,
  copy: HeadObjectInput,
  values: readonly Octets[],
  signal: AbortSignal,
): Promise<void> {
  if (values.length === 0) return;
  const there = await target.describeObject(copy, { signal, plainNotFound: true }).catch((error: unknown) => {
    if (error instanceof StoreError && !error.storeDown) return undefined;
    throw error;
  });
  if (there === undefined) return;
  const wrong = changedOctets(there, values);
  if (wrong === undefined) return;
  throw new StoreError('InvalidRequest', 400, `The target did not keep what is beyond ASCII as it was sent: ${wrong}`);
}

/** In words; undefined when all are as they were. */
export function changedOctets(there: ObjectProperties, values: readonly Octets[]): string | undefined {
  const kept = new Map(valuesOf(there));
  const wrong = values
    .map(([name, octets]) => difference(name, readable(kept.get(name)), readable(octets)))
    .filter((text) => text !== undefined);
  return wrong.length === 0 ? undefined : wrong.join('; ');
}

function valuesOf(properties: ObjectProperties): Octets[] {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata } = properties;
  const headers = Object.entries({
    CacheControl: cacheControl,
    ContentDisposition: contentDisposition,
    ContentEncoding: contentEncoding,
    ContentLanguage: contentLanguage,
    ContentType: contentType,
  });
  const user = Object.entries(metadata).map(([name, octets]) => [METADATA + name, octets] as const);
  return [...headers, ...user].filter((value): value is Octets => value[1] !== undefined);
}

function isOfUser(name: string): boolean {
  return name.startsWith(METADATA);
}

function sentAs(sent: Sent, name: string): unknown {
  return isOfUser(name) ? sent.Metadata?.[name.slice(METADATA.length)] : sent[name];
}
