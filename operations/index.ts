import { addObjectTagging } from './add-object-tagging';
import { elementParser } from './composing/element-parser';
import { computeObjectChecksum } from './compute-object-checksum';
import { copyObject } from './copy-object';
import { deleteObject } from './delete-object';
import { deleteObjectTagging } from './delete-object-tagging';
import { deleteArchive } from './glacier-delete-archive';
import { retrieveArchive } from './glacier-retrieve-archive';
import { retrieveInventory } from './glacier-retrieve-inventory';
import { invokeFunction } from './invoke-function';
import { invokeWebhook } from './invoke-webhook';
import { moveObject } from './move-object';
import type { BoundOperation, OperationDefinition } from './operation';
import { putObjectAcl } from './put-object-acl';
import { putObjectLegalHold } from './put-object-legal-hold';
import { putObjectMetadata } from './put-object-metadata';
import { putObjectRetention } from './put-object-retention';
import { putObjectTagging } from './put-object-tagging';
import { removeObjectTagging } from './remove-object-tagging';
import { replicateObject } from './replicate-object';
import { restoreObject } from './restore-object';
import { undeleteObject } from './undelete-object';
import { updateObjectEncryption } from './update-object-encryption';
import { verifyObject } from './verify-object';

/** Everything Drover can do to an object, by name. A new operation is its file and its line here. */
export const OPERATIONS: readonly OperationDefinition[] = Object.freeze([
  deleteArchive, //          GlacierDeleteArchive
  retrieveArchive, //        GlacierRetrieveArchive
  retrieveInventory, //      GlacierRetrieveInventory
  invokeWebhook, //          HttpInvoke
  invokeFunction, //         LambdaInvoke
  addObjectTagging, //       S3AddObjectTagging
  computeObjectChecksum, //  S3ComputeObjectChecksum
  deleteObject, //           S3DeleteObject
  deleteObjectTagging, //    S3DeleteObjectTagging
  restoreObject, //          S3InitiateRestoreObject
  moveObject, //             S3MoveObject
  putObjectAcl, //           S3PutObjectAcl
  copyObject, //             S3PutObjectCopy
  putObjectLegalHold, //     S3PutObjectLegalHold
  putObjectMetadata, //      S3PutObjectMetadata
  putObjectRetention, //     S3PutObjectRetention
  putObjectTagging, //       S3PutObjectTagging
  removeObjectTagging, //    S3RemoveObjectTagging
  replicateObject, //        S3ReplicateObject
  undeleteObject, //         S3UndeleteObject
  updateObjectEncryption, // S3UpdateObjectEncryption
  verifyObject, //           S3VerifyObject
]);

/**
 * Reads the Operation element of a job request: one operation or a pipeline, and whom it is for. Throws
 * `BadRequestException` that names the member by its path.
 */
export const parseOperation: (element: unknown) => BoundOperation = elementParser(OPERATIONS);
