import type {
  CompleteMultipartUploadOutput,
  CreateMultipartUploadOutput,
  GetObjectTaggingOutput,
} from '@aws-sdk/client-s3';
import { single, type AnswerHeaders } from './error-answer';
import type { LeanClient } from './lean-client';
import { contentLengthOf, etagOf, objectHead, objectProperties, withoutQuotes } from './object-properties';
import type {
  AbortMultipartUploadInput,
  CallOptions,
  CompleteMultipartUploadInput,
  CopyObjectInput,
  CreateMultipartUploadInput,
  DeleteObjectTaggingInput,
  GetObjectInput,
  GetObjectTaggingInput,
  ObjectHead,
  ObjectRef,
  ObjectStore,
  OpenObject,
  PutObjectInput,
  PutObjectTaggingInput,
  PutOptions,
  ReadOptions,
  ReadRange,
  ReadTags,
  RestoreObjectInput,
  StoreAnswer,
  StoredBytes,
  UploadPartInput,
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
    return objectHead(status, headers);
  }

  async getObject(input: GetObjectInput, options?: CallOptions): Promise<OpenObject> {
    const answer = await this.client.open(S3_OPERATIONS.getObject, input.Bucket ?? '', input, options?.signal);
    const { status, headers, body } = answer;
    const discard = (): void => {
      answer.discard();
    };
    try {
      checkRange(status, headers, rangeOf(input.Range));
    } catch (error) {
      discard();
      throw error;
    }
    return { ...objectProperties(status, headers), body, discard };
  }

  async getObjectTagging(input: GetObjectTaggingInput, options?: CallOptions): Promise<ReadTags> {
    const answer = await this.client.output(S3_OPERATIONS.getObjectTagging, input.Bucket ?? '', input, options?.signal);
    const { TagSet, VersionId } = answer as GetObjectTaggingOutput;
    return {
      tags: (TagSet ?? []).map(({ Key, Value }) => ({ Key: Key ?? '', Value: Value ?? '' })),
      ...(VersionId === undefined ? {} : { versionId: VersionId }),
    };
  }

  putObject(input: PutObjectInput, options?: CallOptions): Promise<StoredBytes> {
    return this.store('putObject', input, options);
  }

  async createMultipartUpload(
    input: CreateMultipartUploadInput,
    options?: CallOptions,
  ): Promise<{ readonly uploadId: string }> {
    const operation = S3_OPERATIONS.createMultipartUpload;
    const answer = await this.client.output(operation, input.Bucket ?? '', input, options?.signal);
    const { UploadId } = answer as CreateMultipartUploadOutput;
    if (!UploadId) throw new StoreError('InvalidAnswer', 200, 'The store created a multipart upload without an id');
    return { uploadId: UploadId };
  }

  uploadPart(input: UploadPartInput, options?: CallOptions): Promise<StoredBytes> {
    return this.store('uploadPart', input, options);
  }

  async completeMultipartUpload(input: CompleteMultipartUploadInput, options?: CallOptions): Promise<StoredBytes> {
    const operation = S3_OPERATIONS.completeMultipartUpload;
    const answer = await this.client.output(operation, input.Bucket ?? '', input, options?.signal);
    const { ETag, ServerSideEncryption } = answer as CompleteMultipartUploadOutput;
    return {
      httpStatus: 200,
      etag: withoutQuotes(ETag),
      ...(ServerSideEncryption === undefined ? {} : { serverSideEncryption: ServerSideEncryption }),
    };
  }

  abortMultipartUpload(input: AbortMultipartUploadInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('abortMultipartUpload', input, options);
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

  private async store(
    name: 'putObject' | 'uploadPart',
    input: PutObjectInput | UploadPartInput,
    options: CallOptions | undefined,
  ): Promise<StoredBytes> {
    const bucket = input.Bucket ?? '';
    const { status, headers } = await this.client.call(S3_OPERATIONS[name], bucket, input, options?.signal);
    const encryption = single(headers['x-amz-server-side-encryption']);
    return {
      httpStatus: status,
      etag: etagOf(headers),
      ...(encryption === undefined ? {} : { serverSideEncryption: encryption }),
    };
  }

  private async answer(
    name: 'copyObject' | 'putObjectTagging' | 'deleteObjectTagging' | 'restoreObject' | 'abortMultipartUpload',
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

function rangeOf(header: string | undefined): ReadRange | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  return last === undefined ? undefined : { start: Number(first), end: Number(last) + 1 };
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

function quoted(etag: string): string {
  return /^(?:W\/)?".*"$|^\*$/.test(etag) ? etag : `"${etag}"`;
}
