import { defined } from '../../contracts/defined';
import type { Task } from '../../contracts/engine/outcome';
import { copySource } from '../../storage/copy-source';
import type { CopyObjectInput, ObjectProperties, ObjectStore, StoredBytes } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { mayBeWrittenByJob } from '../common/written-since';
import type { OperationContext } from '../operation';
import { checkOctetsKept } from './check-octets';
import { describeSource } from './copy-from';
import { PRESERVABLE } from './copy-parameters';
import { copyWithinStore } from './copy-within-store';
import type { CopyBounds } from './in-parts/copy-object-in-parts';
import { untriedOctets } from './octets-on-scratch';
import { preservedSettings } from './preserve';
import { lacksMetadata, metadataIgnored } from './settings-taken';

type VersionContext = Pick<OperationContext, 'storeFor' | 'uploads' | 'createdAt' | 'takenUpAgain'>;

/** The newest version of an object, which a copy onto itself would replace. */
export interface NewestVersion {
  readonly store: ObjectStore;
  readonly task: Task;
  readonly properties: ObjectProperties;
  readonly context: VersionContext;
}

/**
 * Looks at the object. Rejects with `StoreError`: the store's refusal, or InvalidRequest for a version that is not the
 * newest, since a copy of it would bring what it holds to the top. The newest is taken nevertheless when the
 * job may have written it, and `isMadeOf` says that it is what the operation makes of the version: a former run did.
 */
export async function newestVersion(
  context: VersionContext,
  task: Task,
  signal: AbortSignal,
  isMadeOf?: (newest: ObjectProperties, version: ObjectProperties) => boolean,
): Promise<NewestVersion> {
  const store = context.storeFor(task.bucket, 'write');
  const { versionId, ...object } = task;
  // First, so that a version that is not there is the store's to tell.
  const version = versionId === undefined ? undefined : await describeSource(store, task, {}, signal);
  try {
    const properties = await describeSource(store, object, {}, signal);
    if (version !== undefined && (properties.versionId ?? 'null') !== versionId) {
      const isSameSize = version.contentLength !== undefined && properties.contentLength === version.contentLength;
      const mayBeOwn = mayBeWrittenByJob(properties, context) && isSameSize;
      if (!mayBeOwn || !context.takenUpAgain || !isMadeOf?.(properties, version)) {
        throw notNewest(versionId ?? '', mayBeOwn);
      }
    }
    return { store, task: object, properties, context };
  } catch (error) {
    const isDeleted = error instanceof StoreError && error.httpStatus === 404;
    throw isDeleted && versionId !== undefined ? notNewest(versionId, false) : error;
  }
}

function notNewest(versionId: string, mayBeOwn: boolean): StoreError {
  const perhaps = ' (the newest was written since the job was created: perhaps by a run that was cut off)';
  const why = `a copy onto itself would make it the newest${mayBeOwn ? perhaps : ''}`;
  return new StoreError('InvalidRequest', 400, `Version ${versionId} is not the newest of its object: ${why}`);
}

/**
 * Replaces the object by a copy of itself that differs in `changes` only: metadata, tags, access control list, storage
 * class, encryption, lock, redirect and checksum stay unless they are among them. Fails with 412 when the object is another
 * than the one that was looked at. Rejects with `StoreError`.
 */
export async function copyOntoItself(
  { store, task, properties, context }: NewestVersion,
  changes: Partial<CopyObjectInput>,
  signal: AbortSignal,
  bounds?: CopyBounds,
): Promise<Partial<StoredBytes>> {
  const { bucket: Bucket, key: Key } = task;
  const from = { store, object: { Bucket, Key }, properties, sameStore: true, context };
  const kept = await preservedSettings(PRESERVABLE, from, signal);
  const isPinned = properties.etag === '' ? undefined : `"${properties.etag}"`;
  const { websiteRedirectLocation, checksum } = properties;
  const request: CopyObjectInput = {
    Bucket,
    Key,
    CopySource: copySource(Bucket, Key),
    // The one speaks of what is read, the other of what is replaced.
    ...(isPinned !== undefined && { CopySourceIfMatch: isPinned, IfMatch: isPinned }),
    ...defined({ WebsiteRedirectLocation: websiteRedirectLocation }),
    ...(checksum && { ChecksumAlgorithm: checksum.algorithm }),
    ...kept,
    ...changes,
  };
  const copy = { store, request, task, context, ...(bounds && { bounds }) };
  const untried = await untriedOctets({ store, request, before: properties, context }, signal);
  const stored = await copyWithinStore(copy, properties, signal);
  if (await lacksMetadata({ ...copy, before: properties }, signal)) throw metadataIgnored();
  await checkOctetsKept(store, from.object, untried, signal);
  return stored;
}

/**
 * True when a refusal is what a repeated request meets after the first one took effect and its answer was lost: the object
 * is another then, by itself.
 */
export function isOwnDoing(error: unknown): error is StoreError {
  return error instanceof StoreError && error.answerLost && !error.storeDown;
}
