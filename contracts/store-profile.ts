/** What a store understands of S3: how requests are put to it. */
export interface StoreProfile {
  /** False: no header `x-amz-checksum-…` nor `x-amz-sdk-checksum-algorithm` is sent but where a job asks for a checksum. */
  readonly checksumHeaders: boolean;
  /** True: bodies come with Content-MD5 in place of a CRC32. Always so where `checksumHeaders` is false. */
  readonly contentMd5: boolean;
  /** If-Match and If-None-Match on PutObject; where false, the object is looked at before. So for the next three. */
  readonly conditionalPut: boolean;
  readonly conditionalCopy: boolean;
  /** On CompleteMultipartUpload. */
  readonly conditionalComplete: boolean;
  readonly conditionalDelete: boolean;
  /** `x-amz-copy-source-if-…` on CopyObject and UploadPartCopy; where false, the source is looked at before. */
  readonly conditionalSource: boolean;
  /** DeleteObjects; where false, keys are deleted one by one. */
  readonly multiDelete: boolean;
  /** Whether a key that an answer to DeleteObjects says is deleted is so; where false, each is looked at afterwards. */
  readonly confirmsDeletion: boolean;
  /** The largest object, in bytes, that CopyObject is asked for. Larger ones go in parts. */
  readonly copyObjectBytesMax: number;
  /**
   * How listings order keys: by the bytes of UTF-8, folder by folder, or otherwise, which allows one page after the other only. Undefined: as
   * the first page shows.
   */
  readonly listingOrder?: 'bytes' | 'segments' | 'other' | undefined;
  /** ListObjectsV2 obeys start-after; where false, objects are listed one page after the other. */
  readonly startAfter: boolean;
  /** ListObjectsV2 tells on request which restores are under way; where false, each object is looked at. */
  readonly restoreInListings: boolean;
  /** User metadata in raw UTF-8 is kept and told octet for octet; where false, a copy that has some is looked at afterwards. */
  readonly metadataUtf8: boolean;
  /** UpdateObjectEncryption (2026). A store that does not know it could take the request for a PutObject, and the object would be lost. */
  readonly updatesEncryption: boolean;
}

/** Stores, and families of them, whose profile is known. */
export const PROFILE_NAMES = [
  'AWS',
  'SeaweedFS',
  'versitygw',
  'MinIO',
  'Ceph',
  'R2',
  'B2',
  'Google',
  'Wasabi',
  'OVH',
] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** As configured: members win over those of the name. What neither has is found out. */
export type ProfileSettings = { readonly name?: ProfileName } & Partial<StoreProfile>;
