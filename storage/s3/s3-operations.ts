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
  SelectObjectContent$,
  UpdateObjectEncryption$,
  UploadPart$,
  UploadPartCopy$,
} from '@aws-sdk/client-s3';
import { LIMITS } from '../../contracts/limits';
import { type AwsOperation, awsOperation } from '../aws/operation';
import { classify, type FaultKind } from '../http/error-meanings';
import type { DeleteObjectsInput } from '../object-store';
import { StoreError } from '../store-error';
import { writeDelete } from './deleting/delete-objects-xml';
import { rootOf, statusOfErrorBody } from './error-answer';
import { ObjectTemplate } from './object-template';

/** The SDK turns these into three headers each; S3 Batch Operations has no parameter for them. */
const CUSTOMER_KEYS = ['SSECustomerKey', 'CopySourceSSECustomerKey'];

/** For operations that are called once for each object of a job. */
const HOT = { template: ObjectTemplate.from.bind(ObjectTemplate) };
/** For a 200 that may carry an error (API_CopyObject). */
const ERROR_IN_200 = { errorIn200: statusOfErrorBody };

/** A request that has the object's path and a parameter. The largest answer is that to ListParts: 1,000 of them. */
const ofObject = (...answerRoots: string[]) => ({ ...ofBucket(...answerRoots), answerBytesMax: 1024 * 1024 });
/** A store that does not know the request answers with something else: the object, or a listing. */
const ofBucket = (...answerRoots: string[]) => ({
  isAnswer: (body: Uint8Array) => answerRoots.includes(rootOf(body) ?? ''),
});

/** In a bucket with versioning each repeat adds one more delete marker; a version is deleted but once. */
const namesVersion = ({ VersionId }: { readonly VersionId?: string | undefined }): boolean => VersionId !== undefined;
const namesVersions = ({ Delete }: Partial<DeleteObjectsInput>): boolean =>
  Delete?.Objects?.every(namesVersion) ?? true;

/** For answers that a store begins when it has done all of the work. */
const LONG = { timeoutMs: LIMITS.copy.timeoutMs };

/** Bodies as they are stored: a gateway may pack them, or unpack what is stored packed, for those who do not say. */
const AS_STORED = { headers: { 'accept-encoding': 'identity' } };

export const S3_OPERATIONS = {
  copyObject: operation(CopyObject$, {
    ...ERROR_IN_200,
    ...ofBucket('CopyObjectResult'),
    looksAfterEmpty: true,
    ...HOT,
    ...LONG,
  }),
  probeCopy: operation(CopyObject$, { ...ERROR_IN_200, mayBeEmpty: true }),
  putObjectTagging: operation(PutObjectTagging$, { bodyChecksum: true, ...HOT }),
  deleteObjectTagging: operation(DeleteObjectTagging$, HOT),
  restoreObject: operation(RestoreObject$, { bodyChecksum: true, ...HOT }),
  putObjectAcl: operation(PutObjectAcl$, { bodyChecksum: true, ...HOT }),
  putObjectLegalHold: operation(PutObjectLegalHold$, { bodyChecksum: true, ...HOT }),
  putObjectRetention: operation(PutObjectRetention$, { bodyChecksum: true, ...HOT }),
  updateObjectEncryption: operation(UpdateObjectEncryption$, { bodyChecksum: true, ...HOT }),
  deleteObject: operation(DeleteObject$, { mayRepeat: namesVersion, ...HOT }),
  deleteObjects: operation(DeleteObjects$, {
    mayRepeat: namesVersions,
    bodyChecksum: true,
    ...ERROR_IN_200,
    ...ofBucket('DeleteResult'),
    writeBody: writeDelete,
    ...LONG,
  }),
  headObject: operation(HeadObject$, { ...AS_STORED, ...HOT }),
  getObject: operation(GetObject$, AS_STORED),
  /** For an object that is stored packed, which some gateways unpack even so unless they are told that it need not be. */
  getPackedObject: operation(GetObject$, { headers: { 'accept-encoding': 'gzip' } }),
  selectObjectContent: operation(SelectObjectContent$),
  getObjectTagging: operation(GetObjectTagging$, { ...HOT, ...ofObject('Tagging') }),
  getObjectAcl: operation(GetObjectAcl$, { ...HOT, ...ofObject('AccessControlPolicy') }),
  getObjectLegalHold: operation(GetObjectLegalHold$, { ...HOT, ...ofObject('LegalHold', 'ObjectLockLegalHold') }),
  getObjectRetention: operation(GetObjectRetention$, { ...HOT, ...ofObject('Retention', 'ObjectLockRetention') }),
  getObjectLockConfiguration: operation(GetObjectLockConfiguration$, ofBucket('ObjectLockConfiguration')),
  getBucketReplication: operation(GetBucketReplication$, ofBucket('ReplicationConfiguration')),
  headBucket: operation(HeadBucket$),
  listObjects: operation(ListObjectsV2$, ofBucket('ListBucketResult')),
  listObjectVersions: operation(ListObjectVersions$, ofBucket('ListVersionsResult')),
  putObject: operation(PutObject$, { bodyChecksum: true }),
  // Each makes one more upload, and that of a lost answer has an id that nobody knows.
  createMultipartUpload: operation(CreateMultipartUpload$, {
    ...ofObject('InitiateMultipartUploadResult'),
    mayRepeat: () => false,
  }),
  // No checksum by default, unlike the SDK: the upload would have to be created for that algorithm. Content-MD5 guards the part.
  uploadPart: operation(UploadPart$),
  uploadPartCopy: operation(UploadPartCopy$, {
    ...ERROR_IN_200,
    ...ofBucket('CopyPartResult', 'CopyObjectResult'),
    ...LONG,
  }),
  // Moto names it a response.
  listParts: operation(ListParts$, ofObject('ListPartsResult', 'ListPartsResponse')),
  listMultipartUploads: operation(ListMultipartUploads$, ofBucket('ListMultipartUploadsResult')),
  completeMultipartUpload: operation(CompleteMultipartUpload$, {
    ...ERROR_IN_200,
    ...ofBucket('CompleteMultipartUploadResult'),
    ...LONG,
    faultKind: kindForCompletion,
  }),
  abortMultipartUpload: operation(AbortMultipartUpload$),
} as const;

/** An upload that met another write must be begun anew (API_CompleteMultipartUpload, 409). */
function kindForCompletion(httpStatus: number, code: string): FaultKind {
  return code === 'ConditionalRequestConflict' ? 'final' : classify(httpStatus, code);
}

function operation(schema: unknown, options?: Partial<AwsOperation>): AwsOperation {
  return awsOperation(schema, { refuse: refuseUnsendable, ...options });
}

function refuseUnsendable(input: object): void {
  const members = input as Readonly<Record<string, unknown>>;
  // Without a key the request would be the bucket's: DELETE would remove the bucket itself.
  if ('Key' in members && (typeof members['Key'] !== 'string' || members['Key'] === '')) {
    throw new StoreError('InvalidArgument', 400, 'The object key is empty');
  }
  for (const name of CUSTOMER_KEYS) {
    if (members[name] !== undefined) {
      throw new StoreError('NotImplemented', 501, `${name}: encryption with customer-provided keys is not supported`);
    }
  }
}
