/** Listings of the in-memory store, in pages as S3 gives them. */
import { defined } from '../../../contracts/defined';
import type {
  ListedPage,
  ListObjectsInput,
  ListObjectVersionsInput,
  ListPageInput,
  ObjectsPage,
  ObjectVersion,
  ObjectVersionsPage,
} from '../../../storage/object-store';
import type { MemoryBucket, MemoryObject } from './bucket';
import { restoreHeader } from './restore';

const KEYS_PER_PAGE = 1_000;

/** UTF-8 binary order, which is not the order of JavaScript's strings. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function listObjects(bucket: MemoryBucket, input: ListObjectsInput): ObjectsPage {
  const { Prefix = '', StartAfter = '', ContinuationToken } = input;
  const after = ContinuationToken ?? StartAfter;
  const rest = bucket
    .keys()
    .filter((key) => key.startsWith(Prefix) && compareKeys(key, after) > 0)
    .sort(compareKeys);
  const page = rest.slice(0, pageSize(input.MaxKeys));
  const last = page.at(-1);
  return {
    objects: page.map((key) => {
      const { size, etag } = bucket.get(key);
      return { key, size, etag };
    }),
    ...(last !== undefined && page.length < rest.length && { next: { ContinuationToken: last } }),
  };
}

export function listObjectVersions(bucket: MemoryBucket, input: ListObjectVersionsInput): ObjectVersionsPage {
  const { Prefix = '', KeyMarker = '', VersionIdMarker } = input;
  const all = bucket
    .allKeys()
    .filter((key) => key.startsWith(Prefix))
    .sort(compareKeys)
    .flatMap((key) => versionsOf(bucket, key));
  const at =
    VersionIdMarker === undefined
      ? -1
      : all.findIndex(({ key, versionId }) => key === KeyMarker && versionId === VersionIdMarker);
  const rest = at < 0 ? all.filter(({ key }) => compareKeys(key, KeyMarker) > 0) : all.slice(at + 1);
  const versions = rest.slice(0, pageSize(input.MaxKeys));
  const last = versions.at(-1);
  if (last === undefined || versions.length === rest.length) return { versions };
  return { versions, next: { KeyMarker: last.key, VersionIdMarker: last.versionId } };
}

/** Delimiters are for stores that have folders: no test lists them here. */
export function listPage(bucket: MemoryBucket, input: ListPageInput, now: Date): ListedPage {
  const { prefix = '', after = '', maxKeys, next } = input;
  if (input.delimiter !== undefined) throw new Error('the store in memory lists without a delimiter');
  const shared = { Bucket: input.bucket, Prefix: prefix, MaxKeys: maxKeys };
  if (!input.versions) {
    const page = listObjects(bucket, { ...shared, StartAfter: after, ContinuationToken: next?.token });
    const entries = page.objects.map((object) => ({
      ...object,
      bucket: input.bucket,
      lastModifiedMs: bucket.get(object.key).lastModified.getTime(),
      storageClass: bucket.get(object.key).storageClass,
      ...(input.restores && restoreStatusOf(bucket.get(object.key), now)),
    }));
    const token = page.next?.ContinuationToken;
    return {
      entries,
      prefixes: [],
      isTruncated: page.next !== undefined,
      ...(token !== undefined && { next: { token } }),
    };
  }
  const KeyMarker = next?.keyMarker ?? after;
  const page = listObjectVersions(bucket, { ...shared, KeyMarker, VersionIdMarker: next?.versionIdMarker });
  const { KeyMarker: keyMarker, VersionIdMarker: versionIdMarker } = page.next ?? {};
  const entries = page.versions.map(({ lastModified, ...version }) => ({
    ...version,
    bucket: input.bucket,
    ...(lastModified && { lastModifiedMs: lastModified.getTime() }),
    ...(!version.isDeleteMarker && { size: bucket.get(version.key, version.versionId).size }),
    ...(input.restores && !version.isDeleteMarker && restoreStatusOf(bucket.get(version.key, version.versionId), now)),
  }));
  return {
    entries,
    prefixes: [],
    isTruncated: page.next !== undefined,
    ...(keyMarker !== undefined && { next: { keyMarker, ...defined({ versionIdMarker }) } }),
  };
}

function restoreStatusOf(object: MemoryObject, now: Date) {
  const header = restoreHeader(object, now);
  return header === undefined ? {} : { restoreInProgress: header.includes('"true"') };
}

function versionsOf(bucket: MemoryBucket, key: string): ObjectVersion[] {
  const newestFirst = [...bucket.versions(key)].reverse();
  return newestFirst.map(({ versionId, deleteMarker, lastModified }, index) => ({
    key,
    versionId,
    isLatest: index === 0,
    isDeleteMarker: deleteMarker,
    lastModified,
  }));
}

function pageSize(keysMax: number | undefined): number {
  return Math.min(keysMax ?? KEYS_PER_PAGE, KEYS_PER_PAGE);
}
