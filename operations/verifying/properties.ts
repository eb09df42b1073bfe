import type { Tag } from '../../contracts/job';
import { textOfHeader } from '../../storage/http/header-text';
import type { ObjectProperties, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { named } from './look-at';

const HEADERS = {
  contentType: 'ContentType',
  cacheControl: 'CacheControl',
  contentDisposition: 'ContentDisposition',
  contentEncoding: 'ContentEncoding',
  contentLanguage: 'ContentLanguage',
  expires: 'Expires',
  websiteRedirectLocation: 'WebsiteRedirectLocation',
} as const;

type Header = keyof typeof HEADERS;

/** What stores call content of no known type: the same as none. */
const NO_TYPE = ['binary/octet-stream', 'application/octet-stream'];

/** What a store answers that knows no tags at all. */
const NO_TAGGING_STATUS = [405, 501];

/** How the metadata of `actual` differ from those of `expected`, in words; empty when they are the same. */
export function metadataDifferences(actual: ObjectProperties, expected: ObjectProperties): string[] {
  const headers = (Object.keys(HEADERS) as Header[]).map((name) =>
    difference(HEADERS[name], canonical(name, actual[name]), canonical(name, expected[name])),
  );
  const names = new Set([...Object.keys(actual.metadata), ...Object.keys(expected.metadata)]);
  const user = [...names].map((name) =>
    difference(`metadata ${name}`, readable(actual.metadata[name]), readable(expected.metadata[name])),
  );
  return [...headers, ...user].filter((text) => text !== undefined);
}

/** How the tags differ. With `subset`, more tags than expected are no difference. */
export function tagDifferences(
  actual: readonly Tag[],
  expected: readonly Tag[],
  { subset = false }: { readonly subset?: boolean } = {},
): string[] {
  const has = new Map(actual.map(({ Key, Value }) => [Key, Value]));
  const wants = new Map(expected.map(({ Key, Value }) => [Key, Value]));
  const keys = subset ? wants.keys() : new Set([...wants.keys(), ...has.keys()]);
  return [...keys]
    .map((key) => difference(`tag ${shortened(key)}`, has.get(key), wants.get(key)))
    .filter((text) => text !== undefined);
}

/** `name is x, expected y`; undefined when they are the same. */
export function difference(
  name: string,
  actual: string | number | undefined,
  expected: string | number | undefined,
): string | undefined {
  if (actual === expected) return undefined;
  if (actual === undefined) return `${name} is missing`;
  if (expected === undefined) return `${name} is ${shown(actual)}, expected none`;
  return `${name} is ${shown(actual)}, expected ${shown(expected)}`;
}

/** The tags of an object; undefined when the store knows no tags. */
export async function tagsOf(
  store: ObjectStore,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<readonly Tag[] | undefined> {
  try {
    return (await store.getObjectTagging(named(ref), { signal })).tags;
  } catch (error) {
    if (error instanceof StoreError && NO_TAGGING_STATUS.includes(error.httpStatus)) return undefined;
    throw error;
  }
}

const SHOWN_CHARS_MAX = 100;

function shown(value: string | number): string {
  if (typeof value === 'number') return `${value}`;
  return value === '' ? 'empty' : shortened(value);
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}

function canonical(name: Header, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (name === 'contentType') return NO_TYPE.includes(value) ? undefined : value;
  if (name !== 'expires') return textOfHeader(value);
  // What is no date means "already expired" (RFC 9111, 5.3), and is copied as such.
  const time = /^[A-Za-z]{3,9},? /.test(value) ? Date.parse(value) : NaN;
  return new Date(Number.isNaN(time) ? 0 : time).toUTCString();
}

/** A value as text: some stores tell what is beyond ASCII as it is, others as an encoded word (RFC 2047). */
export function readable(value: string | undefined): string | undefined {
  return value === undefined ? undefined : textOfHeader(value);
}
