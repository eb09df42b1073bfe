import { LIMITS } from '../../contracts/limits';
import type { ProfileName, StoreProfile } from '../../contracts/store-profile';

export interface KnownStore {
  /** What is known. The rest is found out, or taken to be as on AWS. */
  readonly members: Partial<StoreProfile>;
  /** The public pages that say so, by member. */
  readonly sources: Readonly<Partial<Record<keyof StoreProfile, string>>>;
}

const AWS_CHECKSUMS = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html';
const AWS_CONDITIONS = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html';
const AWS_DELETE_OBJECTS = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html';
const SEAWEEDFS_CONDITIONS = 'https://github.com/seaweedfs/seaweedfs/pull/8802';
const VERSITYGW_CONDITIONS = 'https://github.com/versity/versitygw/pull/1727';
const MINIO_MD5 = 'https://github.com/minio/minio/issues/20845';
const CEPH_CONDITIONS = 'https://github.com/open-rails/contentkit/releases/tag/v0.58.1';
const CEPH_COMPLETE = 'https://github.com/ceph/s3-tests/pull/693';
const R2_CONDITIONS = 'https://developers.cloudflare.com/r2/api/s3/conditional-operations/';
const B2_CHECKSUMS = 'https://www.backblaze.com/docs/cloud-storage-s3-compatible-api';
const B2_CONDITIONS = 'https://github.com/hashicorp/terraform/issues/37143';
const GOOGLE_CHECKSUMS = 'https://github.com/milvus-io/milvus-storage/pull/480';
const GOOGLE_CONDITIONS = 'https://github.com/aws/aws-sdk-java-v2/pull/6055';
const WASABI_CHECKSUMS = 'https://github.com/stonith404/pingvin-share/issues/788';
const OVH_CHECKSUMS = 'https://github.com/ovh/public-cloud-roadmap/issues/781';
const AWS_LISTING = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html';
const VERSITYGW_LISTING = 'https://github.com/versity/versitygw/pull/1515';
const MINIO_LISTING = 'https://github.com/minio/minio-py/issues/775';
const MINIO_METADATA = 'https://github.com/minio/minio/pull/21282';
const CEPH_LISTING = 'https://github.com/ceph/ceph/pull/21026';
const CEPH_START_AFTER = 'https://github.com/ceph/s3-tests/pull/267';
const CEPH_METADATA = 'https://github.com/ceph/s3-tests/issues/316';
const R2_LISTING = 'https://developers.cloudflare.com/r2/api/s3/api/';
const B2_LISTING = 'https://www.backblaze.com/apidocs/s3-list-objects-v2';
const GOOGLE_LISTING = 'https://cloud.google.com/storage/docs/xml-api/get-bucket-list';
const OVH_CONDITIONS = 'https://github.com/ovh/public-cloud-roadmap/issues/671';

/** The same of every condition on writes. */
function allConditions<T>(value: T) {
  return { conditionalPut: value, conditionalCopy: value, conditionalComplete: value, conditionalDelete: value };
}

/** What S3 does; and what is tried at a store that nothing is known of, where a refusal does no harm. */
export const AS_ON_AWS: StoreProfile = {
  checksumHeaders: true,
  contentMd5: false,
  ...allConditions(true),
  conditionalSource: true,
  multiDelete: true,
  confirmsDeletion: true,
  copyObjectBytesMax: LIMITS.copy.objectBytesMax,
  listingOrder: 'bytes',
  startAfter: true,
  restoreInListings: true,
  metadataUtf8: false,
  updatesEncryption: true,
};

/** Where members of a family differ, what all of them bear. */
export const KNOWN_STORES: Readonly<Record<ProfileName, KnownStore>> = {
  AWS: {
    members: AS_ON_AWS,
    sources: {
      checksumHeaders: AWS_CHECKSUMS,
      contentMd5: AWS_CHECKSUMS,
      ...allConditions(AWS_CONDITIONS),
      conditionalSource: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html',
      multiDelete: AWS_DELETE_OBJECTS,
      confirmsDeletion: AWS_DELETE_OBJECTS,
      listingOrder: AWS_LISTING,
      startAfter: AWS_LISTING,
      restoreInListings: AWS_LISTING,
      // It tells words of RFC 2047.
      metadataUtf8: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html',
      copyObjectBytesMax: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html',
      updatesEncryption: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html',
    },
  },
  SeaweedFS: {
    members: allConditions(true),
    sources: allConditions(SEAWEEDFS_CONDITIONS),
  },
  versitygw: {
    members: { conditionalPut: true, conditionalComplete: true, listingOrder: 'bytes' },
    sources: {
      conditionalPut: VERSITYGW_CONDITIONS,
      conditionalComplete: VERSITYGW_CONDITIONS,
      listingOrder: VERSITYGW_LISTING,
    },
  },
  MinIO: {
    members: { contentMd5: true, listingOrder: 'bytes', metadataUtf8: false },
    // It tells words of RFC 2047 since May 2025.
    sources: { contentMd5: MINIO_MD5, listingOrder: MINIO_LISTING, metadataUtf8: MINIO_METADATA },
  },
  // Releases before 2025 ignore conditions instead of refusing them.
  Ceph: {
    members: { ...allConditions(false), listingOrder: 'bytes', startAfter: true, metadataUtf8: true },
    sources: {
      ...allConditions(CEPH_CONDITIONS),
      conditionalComplete: CEPH_COMPLETE,
      listingOrder: CEPH_LISTING,
      startAfter: CEPH_START_AFTER,
      metadataUtf8: CEPH_METADATA,
    },
  },
  // Its conditions on the target of a copy are headers of its own.
  R2: {
    members: {
      conditionalPut: true,
      conditionalCopy: false,
      conditionalComplete: true,
      conditionalDelete: false,
      startAfter: true,
    },
    sources: { ...allConditions(R2_CONDITIONS), startAfter: R2_LISTING },
  },
  B2: {
    members: { checksumHeaders: false, ...allConditions(false), listingOrder: 'bytes' },
    sources: { checksumHeaders: B2_CHECKSUMS, ...allConditions(B2_CONDITIONS), listingOrder: B2_LISTING },
  },
  // Conditions are ignored.
  Google: {
    members: { checksumHeaders: false, ...allConditions(false), listingOrder: 'bytes', startAfter: true },
    sources: {
      checksumHeaders: GOOGLE_CHECKSUMS,
      ...allConditions(GOOGLE_CONDITIONS),
      listingOrder: GOOGLE_LISTING,
      startAfter: GOOGLE_LISTING,
    },
  },
  Wasabi: {
    members: { checksumHeaders: false },
    sources: { checksumHeaders: WASABI_CHECKSUMS },
  },
  OVH: {
    members: { checksumHeaders: false, conditionalCopy: false },
    sources: { checksumHeaders: OVH_CHECKSUMS, conditionalCopy: OVH_CONDITIONS },
  },
};
