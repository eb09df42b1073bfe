import type { Tag } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { Task } from '../../contracts/outcome';
import { sleep } from '../../storage/http/abort';
import type { ChecksumAlgorithm } from '../../storage/checksums';
import type { GetObjectInput, ObjectProperties, ObjectStore, OpenObject, ReadRange } from '../../storage/object-store';
import { backoffMs, RETRY_LIMITS } from '../../storage/http/retry-policy';
import { StoreError } from '../../storage/store-error';
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
      ...(task.versionId === undefined ? {} : { VersionId: task.versionId }),
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

  /** Reads the object, or a range of it, again from its beginning when the connection breaks. */
  async read(
    range: ReadRange | undefined,
    algorithms: readonly ChecksumAlgorithm[],
    signal: AbortSignal,
  ): Promise<ReadBytes> {
    const length = range ? range.end - range.start : this.properties.contentLength;
    for (let attempt = 1; ; attempt += 1) {
      const opened = this.takeOpened() ?? (await this.reopen(range, signal));
      try {
        return await collect(opened, length, algorithms);
      } catch (error) {
        if (!(error instanceof StoreError) || signal.aborted) throw error;
        if (attempt >= LIMITS.requestAttemptsMax) throw await this.brokenOff(error, signal);
      }
      await sleep(backoffMs(attempt, 0, RETRY_LIMITS, Math.random), signal);
    }
  }

  tags(signal: AbortSignal): Promise<readonly Tag[]> {
    return tagsOf(this.store, this.object, this.properties, signal);
  }

  private takeOpened(): OpenObject | undefined {
    const { opened } = this;
    this.opened = undefined;
    return opened;
  }

  private async reopen(range: ReadRange | undefined, signal: AbortSignal): Promise<OpenObject> {
    const { etag } = this.properties;
    const input = {
      ...this.object,
      ...(etag === '' ? {} : { IfMatch: `"${etag}"` }),
      ...(range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {}),
    };
    try {
      return await this.store.getObject(input, { signal });
    } catch (error) {
      throw error instanceof StoreError && error.httpStatus === 412 ? changed() : error;
    }
  }

  /** A store that answers other requests is not out of reach: then it is this object that can't be read. */
  private async brokenOff(error: StoreError, signal: AbortSignal): Promise<StoreError> {
    const { Bucket = '', Key = '' } = this.object;
    try {
      await this.store.headObject({ bucket: Bucket, key: Key }, { signal });
    } catch (refusal) {
      if (!(refusal instanceof StoreError)) throw refusal;
      if (refusal.storeDown) return error;
    }
    const times = `${LIMITS.requestAttemptsMax} times`;
    return new StoreError('IncompleteBody', 400, `The source's answer broke off ${times}: ${error.message}`);
  }
}

/** For `catch`: a constraint that does not hold is 412 for CopyObject, whatever it is for a read (API_CopyObject). */
export function throwAsCopyObject(error: unknown): never {
  if (!(error instanceof StoreError) || error.httpStatus !== 304) throw error;
  const message = 'At least one of the pre-conditions you specified did not hold';
  throw new StoreError('PreconditionFailed', 412, message, { requestId: error.requestId });
}

/** Throws for an object whose metadata are not all known: a copy would lose them. */
export function checkMetadataTold({ missingMetadata }: ObjectProperties): void {
  if (missingMetadata === 0) return;
  const count = `${missingMetadata} of its metadata entries`;
  throw new StoreError('InvalidRequest', 400, `The source did not tell ${count}: they do not fit into headers`);
}

/** Tags of the state of an object that `properties` tell of. A store that knows no tags has none. */
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
    if (isUnknownCall(error)) return [];
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

async function collect(
  opened: OpenObject,
  length: number,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<ReadBytes> {
  const body = Buffer.allocUnsafe(length);
  const summing = new Summing(algorithms);
  let at = 0;
  for await (const piece of opened.body) {
    if (at + piece.byteLength > length) throw wrongLength(`more than ${length}`, length);
    body.set(piece, at);
    summing.update(piece);
    at += piece.byteLength;
  }
  if (at < length) throw wrongLength(`${at}`, length);
  return { body, sums: await summing.sums() };
}

function wrongLength(got: string, length: number): StoreError {
  return new StoreError('IncompleteBody', 400, `The source sent ${got} bytes instead of ${length}`);
}
