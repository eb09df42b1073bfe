/** Multipart uploads of the in-memory store, and how an object is made of a request and told in an answer. */
import { createHash } from 'node:crypto';
import type { Tag } from '../../contracts/job';
import { CHECKSUM_ALGORITHMS } from '../../storage/checksums';
import type {
  AbortMultipartUploadInput,
  CompleteMultipartUploadInput,
  CreateMultipartUploadInput,
  ObjectProperties,
  StoredBytes,
  UploadPartInput,
} from '../../storage/object-store';
import { refusal, type MemoryObject, type ObjectSeed } from './memory-bucket';
import { checkBody, checksumOf, storedBytes } from './memory-checks';

const HEADERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
] as const;

const PART_BYTES_MIN = 5 * 1024 * 1024;

interface Upload {
  readonly input: CreateMultipartUploadInput;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string; readonly input: UploadPartInput }>;
}

type UploadRef = Pick<AbortMultipartUploadInput, 'Bucket' | 'Key' | 'UploadId'>;

export class MemoryUploads {
  private readonly uploads = new Map<string, Upload>();
  private serial = 0;

  keys(): string[] {
    return [...this.uploads.values()].map(({ input }) => input.Key ?? '');
  }

  create(input: CreateMultipartUploadInput): string {
    this.serial += 1;
    const id = `upload-${this.serial}`;
    this.uploads.set(id, { input, parts: new Map() });
    return id;
  }

  add(input: UploadPartInput, body: Buffer): StoredBytes {
    const upload = this.get(input);
    const number = input.PartNumber ?? 0;
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw refusal('InvalidArgument', 400, 'Part number must be an integer between 1 and 10000, inclusive');
    }
    const { etag, ...stored } = storedBytes(
      createHash('md5').update(body).digest('hex'),
      upload.input.ServerSideEncryption,
    );
    upload.parts.set(number, { body, etag, input });
    return { ...stored, etag };
  }

  /** Rejects as S3 does for parts that are not there, not as told, too small or in disorder. */
  async complete(
    input: CompleteMultipartUploadInput,
  ): Promise<{ readonly body: Buffer; readonly seed: ObjectSeed; readonly etag: string }> {
    const upload = this.get(input);
    const told = input.MultipartUpload?.Parts ?? [];
    const bodies = told.map(({ PartNumber = 0, ETag, ...checksums }, index) => {
      const part = upload.parts.get(PartNumber);
      const algorithm = upload.input.ChecksumAlgorithm;
      const sum = algorithm && checksumOf(checksums, algorithm);
      if (part === undefined || `"${part.etag}"` !== ETag || (algorithm && sum !== checksumOf(part.input, algorithm))) {
        throw refusal('InvalidPart', 400, 'One or more of the specified parts could not be found.');
      }
      if (PartNumber <= (told[index - 1]?.PartNumber ?? 0)) {
        throw refusal('InvalidPartOrder', 400, 'The list of parts was not in ascending order.');
      }
      if (index < told.length - 1 && part.body.length < PART_BYTES_MIN) {
        throw refusal('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size');
      }
      return part.body;
    });
    const body = Buffer.concat(bodies);
    if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== body.length) {
      throw refusal('InvalidRequest', 400, 'The provided x-amz-mp-object-size header does not match the size');
    }
    if ((input.ChecksumType ?? 'COMPOSITE') !== (upload.input.ChecksumType ?? 'COMPOSITE')) {
      throw refusal('BadDigest', 400, 'The checksum type is not that of the upload.');
    }
    await checkBody(input, body);
    this.uploads.delete(input.UploadId ?? '');
    const hash = createHash('md5');
    for (const each of bodies) hash.update(createHash('md5').update(each).digest());
    return { body, seed: newObject(upload.input), etag: `${hash.digest('hex')}-${bodies.length}` };
  }

  remove(ref: UploadRef): void {
    this.get(ref);
    this.uploads.delete(ref.UploadId ?? '');
  }

  private get(ref: UploadRef): Upload {
    const upload = this.uploads.get(ref.UploadId ?? '');
    if (upload?.input.Bucket !== ref.Bucket || upload?.input.Key !== ref.Key || upload === undefined) {
      throw refusal('NoSuchUpload', 404, 'The specified upload does not exist.');
    }
    return upload;
  }
}

/** What CopyObject, PutObject and CreateMultipartUpload say of the object they make. */
export function newObject(
  input: object,
): Required<Pick<ObjectSeed, 'headers' | 'metadata' | 'tags' | 'storageClass' | 'settings'>> {
  const members = input as Readonly<Record<string, unknown>>;
  const headers = HEADERS.map((name) => [name, members[name]]).filter(([, value]) => value !== undefined);
  const {
    Bucket,
    Key,
    Body,
    CopySource,
    Metadata,
    MetadataDirective,
    Tagging,
    TaggingDirective,
    StorageClass,
    ...rest
  } = members;
  return {
    headers: Object.fromEntries(headers) as Record<string, string | Date>,
    metadata: (Metadata ?? {}) as Record<string, string>,
    tags: parseTagging(Tagging as string | undefined),
    storageClass: (StorageClass ?? 'STANDARD') as string,
    settings: rest,
  };
}

function parseTagging(header: string | undefined): Tag[] {
  return [...new URLSearchParams(header ?? '')].map(([Key, Value]) => ({ Key, Value }));
}

/** What an answer to GetObject tells of it. */
export function describeObject(object: MemoryObject, withChecksum: boolean): ObjectProperties {
  const { headers, settings } = object;
  const text = (name: (typeof HEADERS)[number]): string | undefined => {
    const value = headers[name];
    return value instanceof Date ? value.toUTCString() : value;
  };
  const algorithm = CHECKSUM_ALGORITHMS.find((each) => checksumOf(settings, each) !== undefined);
  const members = {
    contentType: text('ContentType') ?? 'binary/octet-stream',
    cacheControl: text('CacheControl'),
    contentDisposition: text('ContentDisposition'),
    contentEncoding: text('ContentEncoding'),
    contentLanguage: text('ContentLanguage'),
    expires: text('Expires'),
    tagCount: object.tags.length === 0 ? undefined : object.tags.length,
    storageClass: object.storageClass === 'STANDARD' ? undefined : object.storageClass,
    versionId: object.versionId === 'null' ? undefined : object.versionId,
    serverSideEncryption: settings['ServerSideEncryption'],
    checksum:
      withChecksum && algorithm
        ? { algorithm, value: checksumOf(settings, algorithm), type: settings['ChecksumType'] ?? 'FULL_OBJECT' }
        : undefined,
  };
  return {
    httpStatus: 200,
    etag: object.etag,
    contentLength: object.size,
    metadata: Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [name.toLowerCase(), value])),
    missingMetadata: Number(settings['MissingMetadata'] ?? 0),
    ...(Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as object),
  };
}
