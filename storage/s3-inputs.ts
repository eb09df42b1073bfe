import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CopyObjectCommandInput,
  CreateMultipartUploadCommandInput,
  DeleteObjectCommandInput,
  DeleteObjectsCommandInput,
  DeleteObjectTaggingCommandInput,
  GetObjectAclCommandInput,
  GetObjectAclCommandOutput,
  GetObjectCommandInput,
  GetObjectLegalHoldCommandInput,
  GetObjectRetentionCommandInput,
  GetObjectRetentionCommandOutput,
  GetObjectTaggingCommandInput,
  HeadObjectCommandInput,
  ListMultipartUploadsCommandInput,
  ListObjectsV2CommandInput,
  ListObjectVersionsCommandInput,
  ListPartsCommandInput,
  PutObjectAclCommandInput,
  PutObjectCommandInput,
  PutObjectLegalHoldCommandInput,
  PutObjectRetentionCommandInput,
  PutObjectTaggingCommandInput,
  ReplicationRule as SdkReplicationRule,
  RestoreObjectCommandInput,
  UpdateObjectEncryptionCommandInput,
  UploadPartCommandInput,
  UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';

/** The shapes are AWS's own; only this folder names the SDK, the rest of Drover takes them from here. */
export type CopyObjectInput = CopyObjectCommandInput;
export type PutObjectTaggingInput = PutObjectTaggingCommandInput;
export type DeleteObjectTaggingInput = DeleteObjectTaggingCommandInput;
export type RestoreObjectInput = RestoreObjectCommandInput;
export type GetObjectInput = GetObjectCommandInput;
export type GetObjectTaggingInput = GetObjectTaggingCommandInput;
export type CreateMultipartUploadInput = CreateMultipartUploadCommandInput;
export type CompleteMultipartUploadInput = CompleteMultipartUploadCommandInput;
export type AbortMultipartUploadInput = AbortMultipartUploadCommandInput;
export type PutObjectAclInput = PutObjectAclCommandInput;
export type PutObjectLegalHoldInput = PutObjectLegalHoldCommandInput;
export type PutObjectRetentionInput = PutObjectRetentionCommandInput;
export type UpdateObjectEncryptionInput = UpdateObjectEncryptionCommandInput;
export type DeleteObjectInput = DeleteObjectCommandInput;
export type DeleteObjectsInput = DeleteObjectsCommandInput;
export type HeadObjectInput = HeadObjectCommandInput;
export type GetObjectAclInput = GetObjectAclCommandInput;
export type GetObjectLegalHoldInput = GetObjectLegalHoldCommandInput;
export type GetObjectRetentionInput = GetObjectRetentionCommandInput;
export type ListObjectsInput = ListObjectsV2CommandInput;
export type ListObjectVersionsInput = ListObjectVersionsCommandInput;
export type ListPartsInput = ListPartsCommandInput;
export type ListMultipartUploadsInput = ListMultipartUploadsCommandInput;
export type UploadPartCopyInput = UploadPartCopyCommandInput;
export type ReplicationRule = SdkReplicationRule;
export type ObjectAcl = Pick<GetObjectAclCommandOutput, 'Owner' | 'Grants'>;
export type ObjectRetention = NonNullable<GetObjectRetentionCommandOutput['Retention']>;
/** Bodies are in memory, so that a request can be sent again. */
export type PutObjectInput = Omit<PutObjectCommandInput, 'Body'> & { readonly Body: Uint8Array };
export type UploadPartInput = Omit<UploadPartCommandInput, 'Body'> & { readonly Body: Uint8Array };
