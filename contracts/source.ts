import type { JobManifest } from './job';

/**
 * Where a job's rows come from, and which of them pass. `Manifest` and `ManifestGenerator` are S3 Control's members; `Source`
 * and `Filter` are Drover's own. A request has exactly one of the three; `Filter` may stand beside any of them.
 */

/** Objects below prefixes, as they are listed while the job is Preparing. */
export interface PrefixSource {
  /** In this order. `Prefix` is the key's beginning as it is, not URL-encoded; absent: the whole bucket. */
  readonly Prefixes: readonly { readonly Bucket: string; readonly Prefix?: string }[];
  /** `Current` (default): the objects that a plain listing shows, rows without version ids. The others name versions. */
  readonly Versions?: 'Current' | 'Noncurrent' | 'All' | 'DeleteMarkers';
}

/** Objects that the request itself names. Keys are as they are, not URL-encoded. */
export interface KeySource {
  readonly Keys: readonly { readonly Bucket: string; readonly Key: string; readonly VersionId?: string }[];
}

/** Several manifests, one after the other, all of one `Spec`. */
export interface ManifestsSource {
  readonly Manifests: {
    readonly Spec: JobManifest['Spec'];
    /** Objects by ARN with their ETags, or all objects whose key matches a wildcard pattern (`*`, `?`), in key order. */
    readonly Locations: readonly (JobManifest['Location'] | { readonly Bucket: string; readonly KeyPattern: string })[];
  };
}

export const REPORT_ROWS = ['failed', 'succeeded', 'skipped', 'all'] as const;

/** Rows of a former job's completion report. */
export interface FormerJobSource {
  readonly FromJob: { readonly JobId: string; readonly Rows: (typeof REPORT_ROWS)[number] };
}

export type JobSource = PrefixSource | KeySource | ManifestsSource | FormerJobSource;

/** All members must hold; each list passes what any of its entries passes. What a source does not tell of an object is asked for. */
export interface JobFilter {
  /** Globs over whole keys: `*` and `?` do not match `/`, `**` does. */
  readonly Include?: readonly string[];
  readonly Exclude?: readonly string[];
  /** RE2 syntax, anywhere in the key. */
  readonly KeyMatches?: string;
  readonly MatchAnyPrefix?: readonly string[];
  readonly MatchAnySuffix?: readonly string[];
  readonly MatchAnySubstring?: readonly string[];
  /** ISO 8601; exclusive. */
  readonly CreatedAfter?: string;
  readonly CreatedBefore?: string;
  /** Age in seconds when Preparing begins: for schedules, whose runs are at different times. */
  readonly OlderThanSeconds?: number;
  readonly NewerThanSeconds?: number;
  /** Exclusive. */
  readonly ObjectSizeGreaterThanBytes?: number;
  readonly ObjectSizeLessThanBytes?: number;
  readonly MatchAnyStorageClass?: readonly string[];
  /** S3 Control's generator has these; a listing does not tell them. */
  readonly MatchAnyObjectEncryption?: readonly EncryptionFilter[];
  readonly ObjectReplicationStatuses?: readonly string[];
  readonly EligibleForReplication?: boolean;
  /** An S3 Select expression or its WHERE part, over the columns of a manifest. */
  readonly Select?: string;
}

/** One member: `SSES3`, `SSEKMS`, `DSSEKMS`, `SSEC` or `NOTSSE` (API_control_ObjectEncryptionFilter). */
export type EncryptionFilter = Readonly<Record<string, { readonly KmsKeyArn?: string; readonly BucketKeyEnabled?: boolean }>>;

/** API_control_S3JobManifestGenerator. */
export interface JobManifestGenerator {
  readonly S3JobManifestGenerator: {
    readonly SourceBucket: string;
    readonly ExpectedBucketOwner?: string;
    readonly EnableManifestOutput: boolean;
    readonly ManifestOutputLocation?: {
      readonly Bucket: string;
      readonly ExpectedManifestBucketOwner?: string;
      readonly ManifestPrefix?: string;
      readonly ManifestEncryption?: { readonly [kind: string]: { readonly KeyId?: string } };
      readonly ManifestFormat: 'S3InventoryReport_CSV_20211130';
    };
    readonly Filter?: GeneratorFilter;
  };
}

/** API_control_JobManifestGeneratorFilter. */
export interface GeneratorFilter {
  readonly KeyNameConstraint?: Pick<JobFilter, 'MatchAnyPrefix' | 'MatchAnySuffix' | 'MatchAnySubstring'>;
  readonly EligibleForReplication?: boolean;
  readonly CreatedAfter?: string;
  readonly CreatedBefore?: string;
  readonly ObjectReplicationStatuses?: readonly string[];
  readonly ObjectSizeGreaterThanBytes?: number;
  readonly ObjectSizeLessThanBytes?: number;
  readonly MatchAnyStorageClass?: readonly string[];
  readonly MatchAnyObjectEncryption?: readonly EncryptionFilter[];
}
