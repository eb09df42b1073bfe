/** UpdateObjectEncryption of the in-memory store. */
import { defined } from '../../../contracts/defined';
import type { UpdateObjectEncryptionInput } from '../../../storage/object-store';
import type { MemoryObject } from './bucket';
import { isLocked } from './lock';
import { malformedXml, refusal } from './refusals';

/** From SSE-S3 or SSE-KMS to SSE-KMS, never for locked objects (API_UpdateObjectEncryption). */
export function updateEncryption(object: MemoryObject, input: UpdateObjectEncryptionInput, now: Date): void {
  const { SSEKMS } = input.ObjectEncryption ?? {};
  if (SSEKMS?.KMSKeyArn === undefined) throw malformedXml();
  // Nothing is stored in the clear on S3.
  const present = object.encryption.ServerSideEncryption ?? 'AES256';
  if (present !== 'AES256' && present !== 'aws:kms') {
    throw refusal('InvalidRequest', 400, `The object's encryption type ${present} is not supported by this operation`);
  }
  if (isLocked(object, now)) {
    throw refusal('AccessDenied', 403, 'Access Denied because object protected by object lock.');
  }
  object.encryption = {
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: SSEKMS.KMSKeyArn,
    ...defined({ BucketKeyEnabled: SSEKMS.BucketKeyEnabled }),
  };
}
