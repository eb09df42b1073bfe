/** Multipart uploads of the in-memory store. */
import { createHash } from 'node:crypto';
import type { ChecksumAlgorithm } from '../../../storage/checksums';
import type {
  AbortMultipartUploadInput,
  ChecksumMembers,
  CompleteMultipartUploadInput,
  CreateMultipartUploadInput,
  ListMultipartUploadsInput,
  ListPartsInput,
  PartsPage,
  StoredBytes,
  UploadPartInput,
  UploadsPage,
} from '../../../storage/object-store';
import type { ObjectSeed } from './bucket';
import { badDigest, checkBody, checksumMembers, checksumOf, shownEtag, storedBytes, sumOf } from './checks';
import { newObject } from './describe';
import { compareKeys } from './listing';
import { refusal } from './refusals';

const PART_BYTES_MIN = 5 * 1024 * 1024;
const PARTS_PER_PAGE = 1_000;
const UPLOADS_PER_PAGE = 1_000;
const PART_NUMBER_MAX = 10_000;

interface Part {
  readonly body: Buffer;
  /** Bytes; more than `body` has where it was copied from an object that pretends to be large. */
  readonly size: number;
  readonly etag: string;
  readonly sums: ChecksumMembers;
}

interface Upload {
  readonly id: string;
  readonly input: CreateMultipartUploadInput;
  readonly initiated: Date;
  readonly parts: Map<number, Part>;
}

type UploadRef = Pick<AbortMultipartUploadInput, 'Bucket' | 'Key' | 'UploadId'>;

export class MemoryUploads {
  private readonly uploads = new Map<string, Upload>();
  private serial = 0;

  keys(): string[] {
    return [...this.uploads.values()].map(({ input }) => input.Key ?? '');
  }

  create(input: CreateMultipartUploadInput, now: Date): string {
    const { ChecksumAlgorithm: algorithm, ChecksumType: type } = input;
    const impossible = type === 'FULL_OBJECT' ? !algorithm?.startsWith('CRC') : algorithm === 'CRC64NVME';
    if (type !== undefined && impossible) {
      const what = `The ${type} checksum type cannot be used with the ${algorithm?.toLowerCase() ?? 'null'}`;
      throw refusal('InvalidRequest', 400, `${what} checksum algorithm.`);
    }
    this.serial += 1;
    const id = `upload-${this.serial}`;
    this.uploads.set(id, { id, input, initiated: now, parts: new Map() });
    return id;
  }

  /** `size` when the body pretends to have another. */
  async add(
    input: Pick<UploadPartInput, 'Bucket' | 'Key' | 'UploadId' | 'PartNumber'>,
    body: Buffer,
    size = body.length,
  ): Promise<StoredBytes> {
    const upload = this.get(input);
    const number = input.PartNumber ?? 0;
    if (!Number.isInteger(number) || number < 1 || number > PART_NUMBER_MAX) {
      throw refusal('InvalidArgument', 400, 'Part number must be an integer between 1 and 10000, inclusive');
    }
    const { ChecksumAlgorithm: algorithm, ServerSideEncryption: encryption } = upload.input;
    const etag = shownEtag(createHash('md5').update(body).digest('hex'), encryption);
    const sums = algorithm
      ? checksumMembers(algorithm, checksumOf(input, algorithm) ?? (await sumOf(body, algorithm)))
      : {};
    upload.parts.set(number, { body, size, etag, sums });
    return storedBytes(etag, encryption, { checksums: sums });
  }

  /** Rejects as S3 does for parts that are not there, not as told, too small or in disorder. */
  async complete(input: CompleteMultipartUploadInput): Promise<{ readonly body: Buffer; readonly seed: ObjectSeed }> {
    const upload = this.get(input);
    const told = input.MultipartUpload?.Parts ?? [];
    if (told.length === 0) throw refusal('MalformedXML', 400, 'You must specify at least one part');
    const parts = told.map((_, index) => toldPart(upload, told, index));
    const body = Buffer.concat(parts.map((part) => part.body));
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
      throw refusal('InvalidRequest', 400, 'The provided x-amz-mp-object-size header does not match the size');
    }
    if (input.ChecksumType !== undefined && input.ChecksumType !== typeOf(upload)) {
      throw refusal('BadDigest', 400, 'The checksum type is not that of the upload.');
    }
    const checksum = await checksumOfWhole(upload, input, parts, body);
    const hash = createHash('md5');
    for (const part of parts) hash.update(createHash('md5').update(part.body).digest());
    const { settings, ...made } = newObject(upload.input);
    return {
      body,
      seed: {
        ...made,
        settings: { ...settings, ...checksum },
        size,
        etag: `${hash.digest('hex')}-${parts.length}`,
        parts: parts.map((part) => ({ size: part.size, etag: part.etag, ...part.sums })),
      },
    };
  }

  remove(ref: UploadRef): void {
    this.get(ref);
    this.uploads.delete(ref.UploadId ?? '');
  }

  listParts(input: ListPartsInput): PartsPage {
    const after = Number(input.PartNumberMarker ?? 0);
    const rest = [...this.get(input).parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
    const page = rest.slice(0, input.MaxParts ?? PARTS_PER_PAGE);
    const parts = page.map(([partNumber, { etag, size, sums }]) => ({ partNumber, etag, size, ...sums }));
    const last = parts.at(-1)?.partNumber;
    return { parts, ...(last !== undefined && page.length < rest.length && { next: { PartNumberMarker: `${last}` } }) };
  }

  list(input: ListMultipartUploadsInput): UploadsPage {
    const { Bucket, Prefix = '', KeyMarker = '', UploadIdMarker } = input;
    const all = [...this.uploads.values()]
      .filter((upload) => upload.input.Bucket === Bucket && upload.input.Key?.startsWith(Prefix))
      .map(({ id, initiated, input: { Key: key = '' } }) => ({ key, uploadId: id, initiated }))
      .sort((a, b) => compareKeys(a.key, b.key));
    const at = UploadIdMarker === undefined ? -1 : all.findIndex(({ uploadId }) => uploadId === UploadIdMarker);
    const rest = at < 0 ? all.filter(({ key }) => compareKeys(key, KeyMarker) > 0) : all.slice(at + 1);
    const uploads = rest.slice(0, input.MaxUploads ?? UPLOADS_PER_PAGE);
    const last = uploads.at(-1);
    if (last === undefined || uploads.length === rest.length) return { uploads };
    return { uploads, next: { KeyMarker: last.key, UploadIdMarker: last.uploadId } };
  }

  get(ref: UploadRef): Upload {
    const upload = this.uploads.get(ref.UploadId ?? '');
    if (upload?.input.Bucket !== ref.Bucket || upload?.input.Key !== ref.Key || upload === undefined) {
      throw refusal('NoSuchUpload', 404, 'The specified upload does not exist.');
    }
    return upload;
  }
}

type ToldParts = NonNullable<NonNullable<CompleteMultipartUploadInput['MultipartUpload']>['Parts']>;

function toldPart(upload: Upload, told: ToldParts, index: number): Part {
  const { PartNumber = 0, ETag, ...checksums } = told[index] ?? {};
  const part = upload.parts.get(PartNumber);
  if (
    part === undefined ||
    part.etag !== ETag?.replaceAll('"', '') ||
    !isSumRight(upload, part, PartNumber, checksums)
  ) {
    throw refusal('InvalidPart', 400, 'One or more of the specified parts could not be found.');
  }
  if (PartNumber <= (told[index - 1]?.PartNumber ?? 0)) {
    throw refusal('InvalidPartOrder', 400, 'The list of parts was not in ascending order.');
  }
  if (index < told.length - 1 && part.size < PART_BYTES_MIN) {
    throw refusal('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size');
  }
  return part;
}

/** Throws where the checksum is missing and S3 needs it. */
function isSumRight(upload: Upload, part: Part, partNumber: number, told: object): boolean {
  const { ChecksumAlgorithm: algorithm } = upload.input;
  if (algorithm === undefined) return true;
  const sum = checksumOf(told, algorithm);
  if (sum !== undefined) return sum === checksumOf(part.sums, algorithm);
  if (typeOf(upload) === 'FULL_OBJECT') return true;
  const what = `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include`;
  const missing = `It was missing for part ${partNumber} in the request.`;
  throw refusal('InvalidRequest', 400, `${what} the checksum for each part. ${missing}`);
}

/** S3's default where the upload names none: full for CRC64NVME, the only kind that it has. */
function typeOf({ input }: Upload): 'FULL_OBJECT' | 'COMPOSITE' {
  return input.ChecksumType ?? (input.ChecksumAlgorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
}

async function checksumOfWhole(
  upload: Upload,
  input: CompleteMultipartUploadInput,
  parts: readonly Part[],
  body: Buffer,
): Promise<object> {
  const { ChecksumAlgorithm: algorithm } = upload.input;
  if (algorithm === undefined) {
    await checkBody(input, body);
    return {};
  }
  const type = typeOf(upload);
  const value = type === 'COMPOSITE' ? await composite(parts, algorithm) : await sumOf(body, algorithm);
  const told = checksumOf(input, algorithm);
  // Some leave out the count of parts, and S3 takes that.
  if (told !== undefined && told !== value && told !== value.replace(/-\d+$/, '')) throw badDigest(algorithm);
  return { ...checksumMembers(algorithm, value), ChecksumType: type };
}

/** The checksum of the parts' checksums, and their number. */
async function composite(parts: readonly Part[], algorithm: ChecksumAlgorithm): Promise<string> {
  const sums = parts.map((part) => Buffer.from(checksumOf(part.sums, algorithm) ?? '', 'base64'));
  return `${await sumOf(Buffer.concat(sums), algorithm)}-${parts.length}`;
}
