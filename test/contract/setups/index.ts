/** One file for each operation: what the suite must know of it. */
import type { Setup } from '../setup';
import { setup as addObjectTagging } from './add-object-tagging';
import { setup as computeObjectChecksum } from './compute-object-checksum';
import { setup as copyObject } from './copy-object';
import { setup as deleteObject } from './delete-object';
import { setup as deleteObjectTagging } from './delete-object-tagging';
import { setup as invokeFunction } from './invoke-function';
import { setup as invokeWebhook } from './invoke-webhook';
import { setup as moveObject } from './move-object';
import { setup as putObjectAcl } from './put-object-acl';
import { setup as putObjectLegalHold } from './put-object-legal-hold';
import { setup as putObjectMetadata } from './put-object-metadata';
import { setup as putObjectRetention } from './put-object-retention';
import { setup as putObjectTagging } from './put-object-tagging';
import { setup as removeObjectTagging } from './remove-object-tagging';
import { setup as replicateObject } from './replicate-object';
import { setup as restoreObject } from './restore-object';
import { setup as undeleteObject } from './undelete-object';
import { setup as updateObjectEncryption } from './update-object-encryption';
import { setup as verifyObject } from './verify-object';

export const SETUPS: Readonly<Record<string, Setup>> = {
  HttpInvoke: invokeWebhook,
  LambdaInvoke: invokeFunction,
  S3AddObjectTagging: addObjectTagging,
  S3ComputeObjectChecksum: computeObjectChecksum,
  S3DeleteObject: deleteObject,
  S3DeleteObjectTagging: deleteObjectTagging,
  S3InitiateRestoreObject: restoreObject,
  S3MoveObject: moveObject,
  S3PutObjectAcl: putObjectAcl,
  S3PutObjectCopy: copyObject,
  S3PutObjectLegalHold: putObjectLegalHold,
  S3PutObjectMetadata: putObjectMetadata,
  S3PutObjectRetention: putObjectRetention,
  S3PutObjectTagging: putObjectTagging,
  S3RemoveObjectTagging: removeObjectTagging,
  S3ReplicateObject: replicateObject,
  S3UndeleteObject: undeleteObject,
  S3UpdateObjectEncryption: updateObjectEncryption,
  S3VerifyObject: verifyObject,
};
