import { single, type AnswerHeaders } from './error-answer';
import type { LeanClient } from './lean-client';
import type {
  CallOptions,
  CopyObjectInput,
  DeleteObjectTaggingInput,
  ObjectHead,
  ObjectRef,
  ObjectStore,
  PutObjectTaggingInput,
  PutOptions,
  ReadOptions,
  ReadRange,
  RestoreObjectInput,
  StoreAnswer,
} from './object-store';
import { S3_OPERATIONS } from './request-serializer';
import { StoreError } from './store-error';

/** `ObjectStore` over S3's REST API. Copy sources are expected as `copySource` makes them: URL-encoded. */
export class S3Store implements ObjectStore {
  constructor(
    private readonly client: LeanClient,
    private readonly description: string,
  ) {}

  describe(): string {
    return this.description;
  }

  copyObject(input: CopyObjectInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('copyObject', input, options);
  }

  putObjectTagging(input: PutObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('putObjectTagging', input, options);
  }

  deleteObjectTagging(input: DeleteObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('deleteObjectTagging', input, options);
  }

  restoreObject(input: RestoreObjectInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('restoreObject', input, options);
  }

  async headObject(ref: ObjectRef, options?: CallOptions): Promise<ObjectHead> {
    const { status, headers } = await this.client.call(
      S3_OPERATIONS.headObject,
      ref.bucket,
      objectInput(ref),
      options?.signal,
    );
    const storageClass = single(headers['x-amz-storage-class']);
    const restore = single(headers['x-amz-restore']);
    const versionId = single(headers['x-amz-version-id']);
    return {
      httpStatus: status,
      etag: etagOf(headers),
      contentLength: contentLengthOf(headers),
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(restore === undefined ? {} : { restore }),
      ...(versionId === undefined ? {} : { versionId }),
    };
  }

  async read(ref: ObjectRef, options: ReadOptions = {}): Promise<Buffer> {
    const { status, headers, body } = await this.client.call(
      S3_OPERATIONS.getObject,
      ref.bucket,
      readInput(ref, options),
      options.signal,
    );
    checkRange(status, headers, options.range);
    return body;
  }

  async readStream(
    ref: ObjectRef,
    options: ReadOptions = {},
  ): Promise<{ readonly contentLength: number; readonly etag: string; readonly body: AsyncIterable<Uint8Array> }> {
    const answer = await this.client.open(S3_OPERATIONS.getObject, ref.bucket, readInput(ref, options), options.signal);
    const { status, headers, body } = answer;
    try {
      checkRange(status, headers, options.range);
    } catch (error) {
      answer.discard();
      throw error;
    }
    return { contentLength: contentLengthOf(headers), etag: etagOf(headers), body };
  }

  async put(ref: ObjectRef, body: Uint8Array | string, options: PutOptions = {}): Promise<{ readonly etag: string }> {
    const input = {
      Bucket: ref.bucket,
      Key: ref.key,
      Body: typeof body === 'string' ? Buffer.from(body) : body,
      ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
    };
    const { headers } = await this.client.call(S3_OPERATIONS.putObject, ref.bucket, input, options.signal);
    return { etag: etagOf(headers) };
  }

  async remove(ref: ObjectRef, options?: CallOptions): Promise<void> {
    try {
      await this.client.call(S3_OPERATIONS.deleteObject, ref.bucket, objectInput(ref), options?.signal);
    } catch (error) {
      // S3 answers 204 for what is not there; other stores say so.
      if (error instanceof StoreError && (error.code === 'NoSuchKey' || error.code === 'NoSuchVersion')) return;
      throw error;
    }
  }

  async bucketExists(bucket: string, options?: CallOptions): Promise<boolean> {
    try {
      await this.client.call(S3_OPERATIONS.headBucket, bucket, { Bucket: bucket }, options?.signal);
      return true;
    } catch (error) {
      if (error instanceof StoreError && (error.httpStatus === 404 || error.httpStatus === 403)) return false;
      throw error;
    }
  }

  private async answer(
    name: 'copyObject' | 'putObjectTagging' | 'deleteObjectTagging' | 'restoreObject',
    input: { readonly Bucket?: string | undefined },
    options: CallOptions | undefined,
  ): Promise<StoreAnswer> {
    const { status } = await this.client.call(S3_OPERATIONS[name], input.Bucket ?? '', input, options?.signal);
    return { httpStatus: status };
  }
}

function objectInput(ref: ObjectRef): { Bucket: string; Key: string; VersionId?: string } {
  const { bucket, key, versionId } = ref;
  return versionId === undefined ? { Bucket: bucket, Key: key } : { Bucket: bucket, Key: key, VersionId: versionId };
}

function readInput(ref: ObjectRef, { ifMatch, range }: ReadOptions): object {
  if (range && range.end <= range.start) {
    throw new StoreError('InvalidRange', 416, `The range ${range.start}..${range.end} holds no byte`);
  }
  return {
    ...objectInput(ref),
    ...(ifMatch === undefined ? {} : { IfMatch: quoted(ifMatch) }),
    ...(range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {}),
  };
}

/** A store that ignores a range would pass off the beginning of the object as the part that was asked for. */
function checkRange(httpStatus: number, headers: AnswerHeaders, range: ReadRange | undefined): void {
  if (!range) return;
  const contentRange = single(headers['content-range']);
  if (httpStatus === 206) {
    const first = /^bytes (\d+)-/.exec(contentRange ?? '')?.[1];
    if (first === undefined || Number(first) === range.start) return;
  } else if (range.start === 0 && contentLengthOf(headers) <= range.end) {
    return;
  }
  const got = contentRange ?? `status ${httpStatus}`;
  throw new StoreError(
    'InvalidRange',
    httpStatus,
    `The store did not answer with bytes ${range.start}-${range.end - 1} but with ${got}`,
  );
}

function etagOf(headers: AnswerHeaders): string {
  return (single(headers['etag']) ?? '').replace(/^(?:W\/)?"?|"$/g, '');
}

function quoted(etag: string): string {
  return /^(?:W\/)?".*"$|^\*$/.test(etag) ? etag : `"${etag}"`;
}

function contentLengthOf(headers: AnswerHeaders): number {
  return Number(single(headers['content-length']) ?? 0);
}
