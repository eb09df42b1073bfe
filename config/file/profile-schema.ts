import { z } from 'zod';
import { LIMITS } from '../../contracts/limits';
import { PROFILE_NAMES } from '../../contracts/store-profile';
import { type Default, optional } from './described';
import { integer } from './fields';

const FOUND_OUT: Default = { words: 'found out' };

/** What a store understands, as `StoreProfile` has it. */
export const profileSchema = z.strictObject({
  name: optional(z.enum(PROFILE_NAMES), 'Profile that the members below change.', { words: 'none' }),
  checksumHeaders: optional(
    z.boolean(),
    '`false`: requests come without `x-amz-checksum-…`, and bodies with Content-MD5. A checksum that a job asks for is sent all the same.',
    FOUND_OUT,
  ),
  contentMd5: optional(z.boolean(), '`true`: bodies come with Content-MD5 in place of a CRC32.', FOUND_OUT),
  conditionalPut: optional(
    z.boolean(),
    '`false`: the object is looked at before, in place of If-Match and If-None-Match on PutObject.',
    FOUND_OUT,
  ),
  conditionalCopy: optional(z.boolean(), 'The same for CopyObject.', FOUND_OUT),
  conditionalComplete: optional(z.boolean(), 'The same for CompleteMultipartUpload.', FOUND_OUT),
  conditionalDelete: optional(z.boolean(), 'The same for DeleteObject.', FOUND_OUT),
  conditionalSource: optional(
    z.boolean(),
    '`false`: the source of a copy is looked at before, in place of `x-amz-copy-source-if-…`.',
    FOUND_OUT,
  ),
  multiDelete: optional(z.boolean(), '`false`: keys are deleted one by one, not by DeleteObjects.', FOUND_OUT),
  confirmsDeletion: optional(
    z.boolean(),
    '`false`: each key that an answer to DeleteObjects says is deleted is looked at afterwards, and deleted by itself if it is still there.',
    { value: true },
  ),
  copyObjectBytesMax: optional(
    integer(LIMITS.copy.partBytesMin, LIMITS.copy.objectBytesMax),
    'Larger objects are copied in parts at once. Bytes, 64 MiB to 5 GiB.',
    { value: LIMITS.copy.objectBytesMax },
  ),
  listingOrder: optional(
    z.enum(['bytes', 'segments', 'other']),
    'How listings order keys: by the bytes of UTF-8, folder by folder (`segments`), or otherwise, so that buckets are listed one page after the other.',
    FOUND_OUT,
  ),
  startAfter: optional(
    z.boolean(),
    '`false`: objects are listed one page after the other, since ListObjectsV2 takes no notice of start-after.',
    FOUND_OUT,
  ),
  restoreInListings: optional(
    z.boolean(),
    '`false`: awaited restores are looked at object by object; ListObjectsV2 is not asked which are under way.',
    FOUND_OUT,
  ),
  metadataUtf8: optional(
    z.boolean(),
    '`true`: user metadata in raw UTF-8 is kept octet for octet, so that a copy from another store is not looked at for it.',
    { value: false },
  ),
  updatesEncryption: optional(
    z.boolean(),
    'Whether the store knows UpdateObjectEncryption (2026). Where it does not, S3UpdateObjectEncryption copies objects onto themselves. Never set it on trust: a store that does not know the request may store it in place of the object.',
    { words: '`true` for `AWS`, else `false`' },
  ),
});
