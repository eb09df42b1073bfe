import type { z } from 'zod';
import { DroverError } from '../contracts/failures';
import type { OperationPlan } from '../contracts/plan';
import { addObjectTagging } from './add-object-tagging';
import { computeObjectChecksum } from './compute-object-checksum';
import { copyObject } from './copy-object';
import { deleteObject } from './delete-object';
import { deleteObjectTagging } from './delete-object-tagging';
import { invokeFunction } from './invoke-function';
import { invokeWebhook } from './invoke-webhook';
import { moveObject } from './move-object';
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
import type { Operation } from './operation';

/** Everything Drover can do to an object, by name. A new operation is its file and its line here. */
export const OPERATIONS: readonly Operation[] = Object.freeze([
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

/** Operations of AWS that Drover knows by name only (API_control_JobOperation). */
const NOT_SUPPORTED: readonly string[] = [
  'S3ComputeObjectChecksum',
  'S3PutObjectAcl',
  'S3PutObjectLegalHold',
  'S3PutObjectRetention',
  'S3ReplicateObject',
  'S3UpdateObjectEncryption',
];

/** More problems than this help nobody, and an error message has its bounds. */
const PROBLEMS_SHOWN_MAX = 5;

export interface ParsedOperation {
  readonly operation: Operation;
  /** Checked; plain JSON, so it may be kept and parsed again. */
  readonly parameters: unknown;
  readonly plan: OperationPlan;
}

export function findOperation(name: string): Operation | undefined {
  return OPERATIONS.find((operation) => operation.name === name);
}

/**
 * Reads the Operation element of a job request. Throws `DroverError`: `OperationNotSupported` for an operation Drover does
 * not have, `BadRequestException` for anything else; the message names the member by its path.
 */
export function parseOperation(element: unknown): ParsedOperation {
  const [name, given] = onlyMember(element);
  const operation = findOperation(name);
  if (operation === undefined) throw unknownOperation(name);
  const result = operation.parameters.safeParse(given, { error: missing });
  if (!result.success) throw new DroverError('BadRequestException', problems(`Operation.${name}`, result.error));
  return { operation, parameters: result.data, plan: operation.plan(result.data) };
}

function onlyMember(element: unknown): [name: string, parameters: unknown] {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw new DroverError(
      'BadRequestException',
      'Operation: must be an object with one member, the name of the operation',
    );
  }
  const members = Object.entries(element).filter(([, value]) => value !== undefined);
  const [first, second] = members;
  if (first !== undefined && second === undefined) return first;
  const found = members.length === 0 ? 'none' : members.map(([name]) => name).join(', ');
  throw new DroverError('BadRequestException', `Operation: exactly one operation must be given, found ${found}`);
}

function unknownOperation(name: string): DroverError {
  const supported = OPERATIONS.map((operation) => operation.name).join(', ');
  return NOT_SUPPORTED.includes(name)
    ? new DroverError('OperationNotSupported', `Operation.${name}: not supported; supported are ${supported}`)
    : new DroverError('BadRequestException', `Operation.${name}: no such operation; supported are ${supported}`);
}

/** Said of a member that must be there; undefined leaves the schema's own words. */
const missing: z.core.$ZodErrorMap = (issue) => (issue.input === undefined ? 'is required' : undefined);

function problems(root: string, error: z.ZodError): string {
  const lines = error.issues.flatMap((issue) => {
    const path = [root, ...issue.path.map(String)].join('.');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key}: unknown member`);
    if (issue.code === 'invalid_key') return issue.issues.map((inner) => `${path}: ${inner.message}`);
    return [`${path}: ${issue.message}`];
  });
  const shown = lines.slice(0, PROBLEMS_SHOWN_MAX).join('; ');
  return lines.length > PROBLEMS_SHOWN_MAX ? `${shown}; and ${lines.length - PROBLEMS_SHOWN_MAX} more` : shown;
}
