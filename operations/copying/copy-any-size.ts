import type { Task } from '../../contracts/engine/outcome';
import { copySource } from '../../storage/copy-source';
import type { ObjectProperties, StoredBytes } from '../../storage/object-store';
import type { OperationContext } from '../operation';
import { copyBetweenStores } from './copy-between-stores';
import { describeSource } from './copy-from';
import type { CopyParameters } from './copy-parameters';
import { copyRequest, type FixedCopyRequest } from './copy-request';
import { conditionsOf, copyWithinStore } from './copy-within-store';
import type { CopyBounds, WithinStore } from './in-parts/copy-object-in-parts';
import { preservedSettings } from './preserve';
import { isKnownToLackMetadata, lacksMetadata, type MadeCopy, metadataIgnored, setsNothing } from './settings-taken';

/** One object to be copied, of any size, within a store or from one to another. */
export interface AnySizeCopy {
  /** As S3PutObjectCopy takes them, `Preserve` included; `TargetResource` and the members about keys are not looked at. */
  readonly given: CopyParameters;
  /** The batch's own: what is asked once of a bucket is remembered by it. */
  readonly context: Pick<OperationContext, 'storeFor' | 'transfer' | 'uploads'>;
  readonly task: Task;
  /** Where the copy goes. */
  readonly bucket: string;
  readonly key: string;
  /** `copyRequest(given, bucket)`, where it is prepared once for all tasks. */
  readonly fixed?: FixedCopyRequest;
  /**
   * The state of the source (from `describeObject` with ChecksumMode ENABLED) that is to be copied: when the object is
   * another meanwhile, the copy fails with 412 PreconditionFailed. Absent: whatever is there.
   */
  readonly source?: ObjectProperties;
  /** The copy fails with 412 PreconditionFailed when the target has an object of this key, and the store knows the condition. */
  readonly ifNoneMatch?: '*';
  /** For tests. */
  readonly bounds?: CopyBounds;
}

/** What the store said of the copy it made. */
export interface CopiedObject {
  /** Without quotes. A copy made in parts has another than the source. Absent: the store did not say. */
  readonly etag?: string;
  /** Absent where the bucket has no versions, or the store did not say. */
  readonly versionId?: string;
}

/**
 * Copies one object: by CopyObject, in parts when the store refuses that because of the size, and through this process from
 * one store to another. Rejects with `StoreError`, and with what `storeFor` throws. A lost answer is for the caller to
 * settle (`send`): a repeat is safe and goes on with the parts that are there, but with `ifNoneMatch` it may find the copy
 * that the first one has made.
 */
export async function copyAnySize(copy: AnySizeCopy, signal: AbortSignal): Promise<CopiedObject> {
  const source = copy.context.storeFor(copy.task.bucket, 'read');
  const target = copy.context.storeFor(copy.bucket, 'write');
  const stored = await (source === target
    ? withinStore(copy, target, signal)
    : copyBetweenStores({ ...copy, sourceStore: source, target }, signal));
  return told(stored);
}

type ObjectStore = ReturnType<OperationContext['storeFor']>;

function withinStore(copy: AnySizeCopy, store: ObjectStore, signal: AbortSignal): Promise<Partial<StoredBytes>> {
  const { given, context, task, bucket, key, ifNoneMatch, bounds } = copy;
  const fixed = copy.fixed ?? copyRequest(given, bucket);
  const CopySource = copySource(task.bucket, task.key, task.versionId);
  const request = { ...fixed, Key: key, CopySource, ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }) };
  const within = { store, request, task, context, ...(bounds && { bounds }) };
  // Most copies: the layers between here and the request are paid for by each object.
  const isPlain = given.Preserve === undefined && copy.source === undefined && setsNothing(fixed);
  return isPlain ? copyWithinStore(within, undefined, signal) : withSettings(copy, within, signal);
}

/** A copy that is to have other settings than a store gives it by itself, or that is bound to a state of its source. */
async function withSettings(
  copy: AnySizeCopy,
  within: WithinStore,
  signal: AbortSignal,
): Promise<Partial<StoredBytes>> {
  const { store, request, task, context } = within;
  if (!isOntoItself(copy) && (await isKnownToLackMetadata(within))) return throughUs(copy, store, signal);
  const { Preserve } = copy.given;
  if (Preserve === undefined && copy.source === undefined) {
    return settled(copy, within, await copyWithinStore(within, undefined, signal), signal);
  }
  const properties = copy.source ?? (await describeSource(store, task, conditionsOf(request), signal));
  const { bucket: Bucket, key: Key, versionId: VersionId } = task;
  const object = { Bucket, Key, VersionId, RequestPayer: request.RequestPayer };
  const from = { store, object, properties, sameStore: true, context };
  const settings = Preserve && (await preservedSettings(Preserve, from, signal));
  const pinned = properties.etag === '' ? {} : { CopySourceIfMatch: `"${properties.etag}"` };
  const final = { ...within, request: { ...request, ...settings, ...pinned } };
  return settled(copy, final, await copyWithinStore(final, properties, signal), signal);
}

/** A 200 does not say that the copy has all that it was to have. */
async function settled(
  copy: AnySizeCopy,
  made: MadeCopy,
  stored: Partial<StoredBytes>,
  signal: AbortSignal,
): Promise<Partial<StoredBytes>> {
  if (!(await lacksMetadata(made, signal))) return stored;
  if (isOntoItself(copy)) throw metadataIgnored();
  // What is there now is the copy without them.
  const { ifNoneMatch: _made, ...again } = copy;
  return throughUs(again, made.store, signal);
}

/** PutObject takes the metadata that CopyObject takes no notice of. */
function throughUs(copy: AnySizeCopy, store: ObjectStore, signal: AbortSignal): Promise<Partial<StoredBytes>> {
  return copyBetweenStores({ ...copy, sourceStore: store, target: store }, signal);
}

function isOntoItself({ task, bucket, key }: AnySizeCopy): boolean {
  return task.bucket === bucket && task.key === key;
}

function told({ etag, versionId }: Partial<StoredBytes>): CopiedObject {
  return {
    ...(etag !== undefined && etag !== '' && { etag }),
    ...(versionId !== undefined && { versionId }),
  };
}
