import {
  AbortMultipartUpload$,
  CompleteMultipartUpload$,
  CopyObject$,
  CreateMultipartUpload$,
  DeleteObject$,
  DeleteObjects$,
  DeleteObjectTagging$,
  GetBucketReplication$,
  GetObject$,
  GetObjectAcl$,
  GetObjectLegalHold$,
  GetObjectLockConfiguration$,
  GetObjectRetention$,
  GetObjectTagging$,
  HeadBucket$,
  HeadObject$,
  ListMultipartUploads$,
  ListObjectsV2$,
  ListObjectVersions$,
  ListParts$,
  PutObject$,
  PutObjectAcl$,
  PutObjectLegalHold$,
  PutObjectRetention$,
  PutObjectTagging$,
  RestoreObject$,
  UpdateObjectEncryption$,
  UploadPart$,
  UploadPartCopy$,
} from '@aws-sdk/client-s3';
import { LIMITS } from '../../contracts/limits';
import { writeDelete } from './delete-objects-xml';
import type { DeleteObjectsInput } from '../object-store';

type Schema = typeof CopyObject$;

/** A body that is written here, and what is left of the input for the SDK to serialize. */
export interface WrittenBody {
  readonly xml: string;
  readonly rest: object;
}

/** One S3 call, described by the SDK's own schema. */
export interface S3Operation {
  readonly name: string;
  readonly schema: {
    readonly namespace: string;
    readonly name: string;
    readonly traits: unknown;
    readonly input: unknown;
    readonly output: unknown;
  };
  /** True when the SDK sends a checksum of the body by default (HttpChecksum trait). */
  readonly bodyChecksum: boolean;
  /** True when a 200 may carry an error, so that its body has to be looked at (API_CopyObject). */
  readonly errorIn200: boolean;
  /** True for what is called once for each object of a job. */
  readonly hot: boolean;
  /** How long the answer may take to begin. */
  readonly timeoutMs: number;
  /** Names of the answer's root, where a store that does not know the request answers with something else: the object, or a listing. */
  readonly answerRoots?: readonly string[];
  /** The size that the answer may have, where it may be large. */
  readonly answerBytesMax?: number;
  /**
   * False for a request that must not be sent again when its answer was lost, since it may do another thing then: the caller
   * looks first. Absent: it may. Refusals are repeated in any case.
   */
  readonly mayRepeat?: (input: object) => boolean;
  /** Instead of the SDK's serializer, where that would be most of the cost. */
  readonly writeBody?: (input: object) => WrittenBody;
}

/** A request that has the object's path and a parameter. The largest answer is that to ListParts: 1,000 of them. */
const ofObject = (...answerRoots: string[]) => ({ answerRoots, answerBytesMax: 1024 * 1024 });
const ofBucket = (...answerRoots: string[]) => ({ answerRoots });

/** In a bucket with versioning each repeat adds one more delete marker; a version is deleted but once. */
const namesVersion = ({ VersionId }: { readonly VersionId?: string | undefined }): boolean => VersionId !== undefined;
const namesVersions = ({ Delete }: Partial<DeleteObjectsInput>): boolean =>
  Delete?.Objects?.every(namesVersion) ?? true;

/** For answers that a store begins when it has done all of the work. */
const LONG = { timeoutMs: LIMITS.copyTimeoutMs };

export const S3_OPERATIONS = {
  copyObject: operation(CopyObject$, { errorIn200: true, hot: true, ...LONG }),
  putObjectTagging: operation(PutObjectTagging$, { bodyChecksum: true, hot: true }),
  deleteObjectTagging: operation(DeleteObjectTagging$, { hot: true }),
  restoreObject: operation(RestoreObject$, { bodyChecksum: true, hot: true }),
  putObjectAcl: operation(PutObjectAcl$, { bodyChecksum: true, hot: true }),
  putObjectLegalHold: operation(PutObjectLegalHold$, { bodyChecksum: true, hot: true }),
  putObjectRetention: operation(PutObjectRetention$, { bodyChecksum: true, hot: true }),
  updateObjectEncryption: operation(UpdateObjectEncryption$, { bodyChecksum: true, hot: true }),
  deleteObject: operation(DeleteObject$, { mayRepeat: namesVersion, hot: true }),
  deleteObjects: operation(DeleteObjects$, {
    mayRepeat: namesVersions,
    bodyChecksum: true,
    errorIn200: true,
    writeBody: writeDelete,
    ...LONG,
  }),
  headObject: operation(HeadObject$, { hot: true }),
  getObject: operation(GetObject$),
  getObjectTagging: operation(GetObjectTagging$, { hot: true, ...ofObject('Tagging') }),
  getObjectAcl: operation(GetObjectAcl$, { hot: true, ...ofObject('AccessControlPolicy') }),
  getObjectLegalHold: operation(GetObjectLegalHold$, { hot: true, ...ofObject('LegalHold', 'ObjectLockLegalHold') }),
  getObjectRetention: operation(GetObjectRetention$, { hot: true, ...ofObject('Retention', 'ObjectLockRetention') }),
  getObjectLockConfiguration: operation(GetObjectLockConfiguration$, ofBucket('ObjectLockConfiguration')),
  getBucketReplication: operation(GetBucketReplication$, ofBucket('ReplicationConfiguration')),
  headBucket: operation(HeadBucket$),
  listObjects: operation(ListObjectsV2$, ofBucket('ListBucketResult')),
  listObjectVersions: operation(ListObjectVersions$, ofBucket('ListVersionsResult')),
  putObject: operation(PutObject$, { bodyChecksum: true }),
  // Each makes one more upload, and that of a lost answer has an id that nobody knows.
  createMultipartUpload: operation(CreateMultipartUpload$, { mayRepeat: () => false }),
  // No checksum by default, unlike the SDK: the upload would have to be created for that algorithm. Content-MD5 guards the part.
  uploadPart: operation(UploadPart$),
  uploadPartCopy: operation(UploadPartCopy$, { errorIn200: true, ...LONG }),
  // Moto names it a response.
  listParts: operation(ListParts$, ofObject('ListPartsResult', 'ListPartsResponse')),
  listMultipartUploads: operation(ListMultipartUploads$, ofBucket('ListMultipartUploadsResult')),
  completeMultipartUpload: operation(CompleteMultipartUpload$, { errorIn200: true, ...LONG }),
  abortMultipartUpload: operation(AbortMultipartUpload$),
} as const;

function operation(schema: unknown, options: Partial<Omit<S3Operation, 'name' | 'schema'>> = {}): S3Operation {
  const [, namespace, name, traits, input, output] = schema as Schema;
  return {
    name,
    schema: { namespace, name, traits, input, output },
    bodyChecksum: false,
    errorIn200: false,
    hot: false,
    timeoutMs: LIMITS.requestTimeoutMs,
    ...options,
  };
}
