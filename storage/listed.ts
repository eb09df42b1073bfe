import type { ChecksumMembers } from './object-store';
import type { ListMultipartUploadsInput, ListObjectsInput, ListObjectVersionsInput, ListPartsInput } from './s3-inputs';

export interface ObjectVersion {
  readonly key: string;
  /** `null` for what was stored without versioning. */
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified?: Date;
}

/**
 * Newest first within a key, delete markers among the versions, as S3 orders them. Stores that list markers apart leave the
 * order open within a second. `isDeleteMarker` is not always true: versitygw 1.8 with its metadata in a sidecar says it of all
 * that is stored over a delete marker.
 */
export interface ObjectVersionsPage {
  readonly versions: readonly ObjectVersion[];
  /** To be given with the next call; absent: this was the last page. */
  readonly next?: Pick<ListObjectVersionsInput, 'KeyMarker' | 'VersionIdMarker'>;
}

export interface ObjectsPage {
  readonly objects: readonly { readonly key: string; readonly size: number; readonly etag: string }[];
  readonly next?: Pick<ListObjectsInput, 'ContinuationToken'>;
}

export interface ListPageInput {
  readonly bucket: string;
  readonly prefix?: string;
  /** True: all versions and delete markers, by ListObjectVersions. False: the present objects, by ListObjectsV2. */
  readonly versions: boolean;
  /** Only keys after this one, which need not exist; of versions, after all of that key. */
  readonly after?: string;
  /** As the former page told. Instead of `after`. */
  readonly next?: ListCursor;
  /** Keys that have it after the prefix are told as `prefixes`. */
  readonly delimiter?: string;
  readonly maxKeys?: number;
  /** Asks for `restoreInProgress`, which not every store tells. */
  readonly restores?: boolean;
}

export interface ListCursor {
  readonly token?: string;
  readonly keyMarker?: string;
  readonly versionIdMarker?: string;
}

/** An absent member is not told, which is neither zero nor "no". */
export interface ListedEntry {
  readonly bucket: string;
  readonly key: string;
  readonly size?: number;
  /** Milliseconds since 1970. */
  readonly lastModifiedMs?: number;
  readonly storageClass?: string;
  /** Without quotes. */
  readonly etag?: string;
  /** `null` for what was stored without versioning. This and the next two: of versions only. */
  readonly versionId?: string;
  readonly isLatest?: boolean;
  readonly isDeleteMarker?: boolean;
  /** Present for an archived object whose restore was requested; only when `restores` asked for it. */
  readonly restoreInProgress?: boolean;
}

/** As the store gives it, not judged: see manifests/listing/ for what may be wrong with it. */
export interface ListedPage {
  readonly entries: readonly ListedEntry[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly next?: ListCursor;
}

export interface PartsPage {
  readonly parts: readonly ({
    readonly partNumber: number;
    readonly etag: string;
    readonly size: number;
  } & ChecksumMembers)[];
  readonly next?: Pick<ListPartsInput, 'PartNumberMarker'>;
}

export interface UploadsPage {
  readonly uploads: readonly { readonly key: string; readonly uploadId: string; readonly initiated?: Date }[];
  readonly next?: Pick<ListMultipartUploadsInput, 'KeyMarker' | 'UploadIdMarker'>;
}
