import { defined } from '../../contracts/defined';
import type { Task } from '../../contracts/engine/outcome';
import type { Tag } from '../../contracts/job';
import type { ChecksumAlgorithm } from '../../storage/checksums';
import type {
  GetObjectInput,
  HeadObjectInput,
  ObjectProperties,
  ObjectStore,
  OpenObject,
  ReadRange,
} from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { sizeOf } from '../common/known-size';
import { readRange } from '../common/read-object';
import { Summing, type Sums } from './copy-checks';
import type { CopyParameters } from './copy-parameters';
import { requestPayer } from './copy-request';

export interface ReadBytes {
  readonly body: Buffer;
  readonly sums: Sums;
}

/** What a store answers that knows no tags, or no access control lists, at all. */
const UNKNOWN_CALL_STATUS = [405, 501];

/** The source of a copy between two stores: one state of one object, whatever happens to the object meanwhile. */
export class CopySource {
  private constructor(
    private readonly store: ObjectStore,
    /** Names it in requests. */
    readonly object: GetObjectInput,
    readonly properties: ObjectProperties,
    private opened: OpenObject | undefined,
  ) {}

  /** `etag`: the state that it must have. Rejects with the store's refusal; a constraint that does not hold is 412, as with CopyObject. */
  static async open(
    store: ObjectStore,
    task: Task,
    given: CopyParameters,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<CopySource> {
    const input = {
      Bucket: task.bucket,
      Key: task.key,
      ...defined({ VersionId: task.versionId }),
      ...requestPayer(given),
    };
    const { ModifiedSinceConstraint: after, UnModifiedSinceConstraint: before } = given;
    const constraints = {
      ...(after === undefined ? {} : { IfModifiedSince: new Date(after) }),
      ...(before === undefined ? {} : { IfUnmodifiedSince: new Date(before) }),
      ...(etag === undefined || etag === '' ? {} : { IfMatch: `"${etag}"` }),
    };
    const opened = await store
      .getObject({ ...input, ...constraints, ChecksumMode: 'ENABLED' }, { signal })
      .catch(throwAsCopyObject);
    const source = new CopySource(store, input, opened, opened);
    try {
      checkMetadataTold(opened);
    } catch (error) {
      source.close();
      throw error;
    }
    return source;
  }

  /** Ends what is open: nothing that is read later depends on it. */
  close(): void {
    this.opened?.discard();
    this.opened = undefined;
  }

  /** Reads the object, or a range of it. */
  async read(
    range: ReadRange | undefined,
    algorithms: readonly ChecksumAlgorithm[],
    signal: AbortSignal,
  ): Promise<ReadBytes> {
    const { store, properties, object } = this;
    const { Bucket = '', Key = '', VersionId: versionId, RequestPayer } = object;
    const ref = { bucket: Bucket, key: Key, ...defined({ versionId }) };
    const { start, end } = range ?? { start: 0, end: sizeOf(properties) };
    const body = Buffer.allocUnsafe(end - start);
    const summing = new Summing(algorithms);
    let at = 0;
    const take = (piece: Uint8Array): void => {
      body.set(piece, at);
      at += piece.byteLength;
      summing.update(piece);
    };
    const seen = { store, ref, properties, ...(RequestPayer && { RequestPayer }) };
    await readRange(seen, { start, end }, this.takeOpened(), take, signal);
    return { body, sums: await summing.sums() };
  }

  tags(signal: AbortSignal): Promise<readonly Tag[]> {
    return tagsOf(this.store, this.object, this.properties, signal);
  }

  private takeOpened(): OpenObject | undefined {
    const { opened } = this;
    this.opened = undefined;
    return opened;
  }
}

/** For `catch`: a constraint that does not hold is 412 for CopyObject, whatever it is for a read (API_CopyObject). */
function throwAsCopyObject(error: unknown): never {
  if (!(error instanceof StoreError) || error.httpStatus !== 304) throw error;
  const message = 'At least one of the pre-conditions you specified did not hold';
  throw new StoreError('PreconditionFailed', 412, message, { requestId: error.requestId });
}

/** Conditions that do not hold reject as those of CopyObject do: 412. */
export function describeSource(
  store: ObjectStore,
  { bucket, key, versionId }: Pick<Task, 'bucket' | 'key' | 'versionId'>,
  conditions: Partial<HeadObjectInput>,
  signal: AbortSignal,
): Promise<ObjectProperties> {
  const version = versionId === undefined ? {} : { VersionId: versionId };
  return store
    .describeObject({ Bucket: bucket, Key: key, ...version, ...conditions, ChecksumMode: 'ENABLED' }, { signal })
    .catch(throwAsCopyObject);
}

/** Throws for an object whose metadata are not all known: a copy would lose them. */
export function checkMetadataTold({ missingMetadata }: ObjectProperties): void {
  if (missingMetadata === 0) return;
  const count = `${missingMetadata} of its metadata entries`;
  throw new StoreError('InvalidRequest', 400, `The source did not tell ${count}: they do not fit into headers`);
}

/** Tags of the state of an object that `properties` tell of. A store that knows no tags has none, unless it has counted them. */
export async function tagsOf(
  store: ObjectStore,
  object: Pick<GetObjectInput, 'Bucket' | 'Key' | 'VersionId' | 'RequestPayer'>,
  properties: ObjectProperties,
  signal: AbortSignal,
): Promise<readonly Tag[]> {
  if (properties.tagCount === 0) return [];
  const { Bucket, Key, VersionId, RequestPayer } = object;
  const input = { Bucket, Key, ...(VersionId && { VersionId }), ...(RequestPayer && { RequestPayer }) };
  try {
    const { tags, versionId } = await store.getObjectTagging(input, { signal });
    // Asking for the version that was read would take a right that CopyObject does not need.
    if (versionId !== undefined && versionId !== (properties.versionId ?? versionId)) throw changed();
    return tags;
  } catch (error) {
    if (isUnknownCall(error) && properties.tagCount === undefined) return [];
    throw error;
  }
}

/** The store does not know the call at all, so that the object has nothing of the kind. */
export function isUnknownCall(error: unknown): boolean {
  return error instanceof StoreError && UNKNOWN_CALL_STATUS.includes(error.httpStatus);
}

export function changed(): StoreError {
  return new StoreError('PreconditionFailed', 412, 'The source changed while it was copied');
}
