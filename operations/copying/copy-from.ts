import type { Tag } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { Task } from '../../contracts/outcome';
import { sleep } from '../../storage/abort';
import type { ChecksumAlgorithm } from '../../storage/checksums';
import type { GetObjectInput, ObjectProperties, ObjectStore, OpenObject, ReadRange } from '../../storage/object-store';
import { backoffMs, RETRY_LIMITS } from '../../storage/retry-policy';
import { StoreError } from '../../storage/store-error';
import { Summing, type Sums } from './copy-checks';
import type { CopyParameters } from './copy-parameters';
import { requestPayer } from './copy-request';

export interface ReadBytes {
  readonly body: Buffer;
  readonly sums: Sums;
}

/** What a store answers that knows no tags at all. */
const NO_TAGGING_STATUS = [405, 501];

/** The source of a copy between two stores: one state of one object, whatever happens to the object meanwhile. */
export class CopySource {
  private constructor(
    private readonly store: ObjectStore,
    private readonly input: GetObjectInput,
    readonly properties: ObjectProperties,
    private opened: OpenObject | undefined,
  ) {}

  /** Rejects with the store's refusal; a constraint that does not hold is 412, as with CopyObject. */
  static async open(store: ObjectStore, task: Task, given: CopyParameters, signal: AbortSignal): Promise<CopySource> {
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
    };
    const opened = await store
      .getObject({ ...input, ...constraints, ChecksumMode: 'ENABLED' }, { signal })
      .catch((error: unknown) => {
        if (!(error instanceof StoreError) || error.httpStatus !== 304) throw error;
        const message = 'At least one of the pre-conditions you specified did not hold';
        throw new StoreError('PreconditionFailed', 412, message, { requestId: error.requestId });
      });
    const source = new CopySource(store, input, opened, opened);
    if (opened.missingMetadata > 0) {
      source.close();
      const count = `${opened.missingMetadata} of its metadata entries`;
      throw new StoreError('InvalidRequest', 400, `The source did not tell ${count}: they do not fit into headers`);
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

  async tags(signal: AbortSignal): Promise<readonly Tag[]> {
    if (this.properties.tagCount === 0) return [];
    const { Bucket, Key, VersionId, RequestPayer } = this.input;
    const input = { Bucket, Key, ...(VersionId && { VersionId }), ...(RequestPayer && { RequestPayer }) };
    try {
      const { tags, versionId } = await this.store.getObjectTagging(input, { signal });
      // Asking for the version that was read would take a right that CopyObject does not need.
      if (versionId !== undefined && versionId !== (this.properties.versionId ?? versionId)) throw changed();
      return tags;
    } catch (error) {
      if (error instanceof StoreError && NO_TAGGING_STATUS.includes(error.httpStatus)) return [];
      throw error;
    }
  }

  private takeOpened(): OpenObject | undefined {
    const { opened } = this;
    this.opened = undefined;
    return opened;
  }

  private async reopen(range: ReadRange | undefined, signal: AbortSignal): Promise<OpenObject> {
    const { etag } = this.properties;
    const input = {
      ...this.input,
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
    const { Bucket = '', Key = '' } = this.input;
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

function changed(): StoreError {
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
