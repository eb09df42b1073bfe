import type { ListObjectsV2Output, ListObjectVersionsOutput } from '@aws-sdk/client-s3';
import type { AwsClient } from '../../aws/client';
import type { HttpAnswer } from '../../http/exchange';
import { KEY_ORDERS, orderOf } from '../../key-order';
import type { ListCursor, ListedEntry, ListedPage, ListPageInput } from '../../object-store';
import { StoreError } from '../../store-error';
import { withoutQuotes } from '../object-properties';
import { S3_OPERATIONS } from '../s3-operations';
import { readListPage, type WrittenEntry, type WrittenPage } from './list-page-xml';
import { decodedKey, ENCODED } from './listed-key';

type SdkOutput = Partial<ListObjectsV2Output & ListObjectVersionsOutput>;
type SdkObject = NonNullable<ListObjectsV2Output['Contents']>[number];
type SdkVersion = NonNullable<ListObjectVersionsOutput['Versions']>[number];
/** What an object, a version or a delete marker has. */
type SdkEntry = Omit<SdkObject, 'StorageClass'> &
  Omit<SdkVersion, 'StorageClass'> & { StorageClass?: string | undefined };

/** `ObjectStore.listPage`. */
export async function listPage(
  client: AwsClient,
  input: ListPageInput,
  signal: AbortSignal | undefined,
): Promise<ListedPage> {
  const operation = input.versions ? S3_OPERATIONS.listObjectVersions : S3_OPERATIONS.listObjects;
  const answer = await client.call(operation, input.bucket, requestOf(input), signal);
  client.checkAnswer(operation, answer.body);
  // Before the SDK parses it: that makes something else of the buffer.
  const xml = answer.body.toString();
  const written = readListPage(xml, input.bucket) ?? (await readBySdk(client, input, answer));
  return decodedPage(written, input);
}

function requestOf({ bucket, prefix, versions, after, next, maxKeys, delimiter, restores }: ListPageInput): object {
  const shared = {
    Bucket: bucket,
    ...ENCODED,
    ...(prefix !== undefined && prefix !== '' && { Prefix: prefix }),
    ...(maxKeys !== undefined && { MaxKeys: maxKeys }),
    ...(delimiter !== undefined && { Delimiter: delimiter }),
    ...(restores === true && { OptionalObjectAttributes: ['RestoreStatus'] }),
  };
  if (!versions) {
    if (next?.token !== undefined) return { ...shared, ContinuationToken: next.token };
    return after === undefined || after === '' ? shared : { ...shared, StartAfter: after };
  }
  const keyMarker = next?.keyMarker ?? after;
  if (keyMarker === undefined || keyMarker === '') return shared;
  const { versionIdMarker } = next ?? {};
  return {
    ...shared,
    KeyMarker: keyMarker,
    ...(versionIdMarker !== undefined && { VersionIdMarker: versionIdMarker }),
  };
}

function decodedPage(page: WrittenPage, input: ListPageInput): ListedPage {
  const decode = page.encodingType === 'url' ? decodedKey : asWritten;
  const { entries } = page;
  for (const entry of entries) entry.key = decode(entry.key);
  return {
    entries: input.versions ? inKeyOrder(entries) : entries,
    prefixes: page.prefixes.map(decode),
    isTruncated: page.isTruncated,
    ...cursorOf(page, input.versions, decode),
  };
}

function cursorOf(
  { token, keyMarker, versionIdMarker }: WrittenPage,
  versions: boolean,
  decode: (key: string) => string,
): { readonly next?: ListCursor } {
  if (!versions) return token === undefined ? {} : { next: { token } };
  if (keyMarker === undefined) return {};
  return { next: { keyMarker: decode(keyMarker), ...(versionIdMarker !== undefined && { versionIdMarker }) } };
}

/** Stores that do not encode put this in the place of what XML cannot carry. */
const REPLACEMENT = '\ufffd';

function asWritten(key: string): string {
  if (!key.includes(REPLACEMENT)) return key;
  const message = `The store lists the key ${key} with other characters than it has: it ignores encoding-type=url`;
  throw new StoreError('NotImplemented', 501, message);
}

/**
 * Versions and delete markers of one page by key, newest first, as S3 orders them. Stores that give all of one kind first tell the
 * order by time alone, which leaves it open within a second. A page that is in order already stays as it is.
 */
function inKeyOrder(entries: readonly ListedEntry[]): readonly ListedEntry[] {
  const kinds = entries.filter((entry, at) => at > 0 && entry.isDeleteMarker !== entries[at - 1]?.isDeleteMarker);
  if (kinds.length !== 1 || orderOf(entries.map(({ key }) => key)) !== undefined) return entries;
  const border = entries.indexOf(kinds[0] as ListedEntry);
  const order = orderOf(entries.slice(0, border).map(({ key }) => key)) ?? 'bytes';
  const other = orderOf(entries.slice(border).map(({ key }) => key)) ?? 'bytes';
  const compare = KEY_ORDERS[order === 'bytes' ? other : order];
  return [...entries].sort(
    (a, b) =>
      compare(a.key, b.key) ||
      Number(b.isLatest ?? false) - Number(a.isLatest ?? false) ||
      (b.lastModifiedMs ?? 0) - (a.lastModifiedMs ?? 0),
  );
}

function restoreOf({ RestoreStatus }: SdkEntry): Pick<ListedEntry, 'restoreInProgress'> {
  const restoreInProgress = RestoreStatus?.IsRestoreInProgress;
  return restoreInProgress === undefined ? {} : { restoreInProgress };
}

/** The same from the SDK's reader, which has lost how versions and delete markers alternate. */
async function readBySdk(client: AwsClient, input: ListPageInput, answer: HttpAnswer): Promise<WrittenPage> {
  const operation = input.versions ? S3_OPERATIONS.listObjectVersions : S3_OPERATIONS.listObjects;
  const output = (await client.parse(operation, answer)) as SdkOutput;
  const read =
    (isDeleteMarker?: boolean) =>
    (entry: SdkEntry): WrittenEntry => ({
      bucket: input.bucket,
      key: entry.Key ?? '',
      ...(entry.Size !== undefined && { size: entry.Size }),
      ...(entry.LastModified && { lastModifiedMs: entry.LastModified.getTime() }),
      ...(entry.StorageClass && { storageClass: entry.StorageClass }),
      ...(entry.ETag && { etag: withoutQuotes(entry.ETag) }),
      ...(entry.VersionId && { versionId: entry.VersionId }),
      ...(entry.IsLatest !== undefined && { isLatest: entry.IsLatest }),
      ...(isDeleteMarker !== undefined && { isDeleteMarker }),
      ...restoreOf(entry),
    });
  const entries = input.versions
    ? [...(output.Versions ?? []).map(read(false)), ...(output.DeleteMarkers ?? []).map(read(true))]
    : (output.Contents ?? []).map(read());
  return {
    entries,
    prefixes: (output.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
    isTruncated: output.IsTruncated ?? false,
    encodingType: output.EncodingType,
    token: output.NextContinuationToken || undefined,
    keyMarker: output.NextKeyMarker || undefined,
    versionIdMarker: output.NextVersionIdMarker || undefined,
  };
}
