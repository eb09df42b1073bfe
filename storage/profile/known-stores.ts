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
  multiDelete: true,
  confirmsDeletion: true,
  copyObjectBytesMax: LIMITS.copy.objectBytesMax,
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
      multiDelete: AWS_DELETE_OBJECTS,
      confirmsDeletion: AWS_DELETE_OBJECTS,
      copyObjectBytesMax: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html',
      updatesEncryption: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html',
    },
  },
  SeaweedFS: {
    members: allConditions(true),
    sources: allConditions(SEAWEEDFS_CONDITIONS),
  },
  versitygw: {
    members: { conditionalPut: true, conditionalComplete: true },
    sources: { conditionalPut: VERSITYGW_CONDITIONS, conditionalComplete: VERSITYGW_CONDITIONS },
  },
  MinIO: {
    members: { contentMd5: true },
    sources: { contentMd5: MINIO_MD5 },
  },
  // Releases before 2025 ignore conditions instead of refusing them.
  Ceph: {
    members: allConditions(false),
    sources: { ...allConditions(CEPH_CONDITIONS), conditionalComplete: CEPH_COMPLETE },
  },
  // Its conditions on the target of a copy are headers of its own.
  R2: {
    members: { conditionalPut: true, conditionalCopy: false, conditionalComplete: true, conditionalDelete: false },
    sources: allConditions(R2_CONDITIONS),
  },
  B2: {
    members: { checksumHeaders: false, ...allConditions(false) },
    sources: { checksumHeaders: B2_CHECKSUMS, ...allConditions(B2_CONDITIONS) },
  },
  // Conditions are ignored.
  Google: {
    members: { checksumHeaders: false, ...allConditions(false) },
    sources: { checksumHeaders: GOOGLE_CHECKSUMS, ...allConditions(GOOGLE_CONDITIONS) },
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
