/**
 * One object as a source tells it. An absent member is not told, which is neither zero nor "no": a filter that needs it asks
 * the store.
 */
export interface SourceRow {
  readonly bucket: string;
  /** As the object is named: not URL-encoded. */
  readonly key: string;
  /** The key as a manifest spells it, where it can't be decoded: the row fails for that, and is no other object. */
  readonly spelledKey?: string;
  /** `null` is the null version. Absent: the newest, whichever that is when the task runs. */
  readonly versionId?: string;
  readonly size?: number;
  /** Milliseconds since 1970. */
  readonly lastModifiedMs?: number;
  readonly storageClass?: string;
  /** Without quotes. */
  readonly etag?: string;
  readonly isLatest?: boolean;
  readonly isDeleteMarker?: boolean;
  /** `SSE-S3`, `SSE-KMS`, `DSSE-KMS`, `SSE-C` or `NOT-SSE`, as inventories have it. */
  readonly encryption?: string;
  readonly replicationStatus?: string;
}
