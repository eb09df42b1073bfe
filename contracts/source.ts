import type { JobManifest, JsonObject } from './job';

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

/** One object. Without an ETag it is taken as it is when Preparing begins, and kept to from then on. */
export type ManifestLocation = Omit<JobManifest['Location'], 'ETag'> & { readonly ETag?: string };

/** All objects whose key matches a glob (as `Filter.Include` has them), in key order. There must be one at least. */
export interface ManifestPattern {
  readonly Bucket: string;
  readonly KeyPattern: string;
}

/** Several manifests, one after the other, all of one `Spec`. */
export interface ManifestsSource {
  readonly Manifests: {
    readonly Spec: JobManifest['Spec'];
    readonly Locations: readonly (ManifestLocation | ManifestPattern)[];
  };
}

export const REPORT_ROWS = ['failed', 'succeeded', 'skipped', 'all'] as const;

/** Rows of a former job's completion report. */
export interface FormerJobSource {
  readonly FromJob: { readonly JobId: string; readonly Rows: (typeof REPORT_ROWS)[number] };
}

export type JobSource = PrefixSource | KeySource | ManifestsSource | FormerJobSource;

/**
 * All members must hold; each list passes what any of its entries passes, and has one entry at least. `Exclude` keeps out what
 * any of its entries matches. What a source does not tell of an object is asked for.
 */
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
  readonly ObjectReplicationStatuses?: readonly ReplicationStatusFilter[];
  readonly EligibleForReplication?: boolean;
  /** A condition as operations have it (`When`): tags, metadata, and whatever else no list tells. Each object is asked for. */
  readonly When?: JsonObject;
  /** An S3 Select expression or its WHERE part, over the columns of a manifest. */
  readonly Select?: string;
  /**
   * `Store`: what S3 Select can of `Select` is left to the store of a CSV manifest or CSV inventory, so that fewer rows are read.
   * The same rows pass. Absent: `Drover`.
   */
  readonly SelectBy?: (typeof SELECT_BY)[number];
  /** Not about a row alone: what becomes of rows whose bucket, key and version id a row before them has. Absent: `Keep`. */
  readonly Duplicates?: DuplicateRows;
}

export const SELECT_BY = ['Drover', 'Store'] as const;

/** `Keep`: each is a task. `Count`: the same, and the job says how many there are. `Drop`: the first is the task. `Refuse`: the job fails. */
export const DUPLICATE_ROWS = ['Keep', 'Count', 'Drop', 'Refuse'] as const;
export type DuplicateRows = (typeof DUPLICATE_ROWS)[number];

/** API_control_ObjectEncryptionFilter: exactly one member. An absent `KmsKeyArn` or `BucketKeyEnabled` lets any pass. */
export type EncryptionFilter =
  | { readonly SSES3: NoMembers }
  | { readonly SSEKMS: { readonly KmsKeyArn?: string; readonly BucketKeyEnabled?: boolean } }
  | { readonly DSSEKMS: { readonly KmsKeyArn?: string } }
  | { readonly SSEC: NoMembers }
  | { readonly NOTSSE: NoMembers };

type NoMembers = Readonly<Record<string, never>>;

export const REPLICATION_STATUSES = ['COMPLETED', 'FAILED', 'REPLICA', 'NONE'] as const;
export type ReplicationStatusFilter = (typeof REPLICATION_STATUSES)[number];

/** API_control_S3JobManifestGenerator. */
export interface JobManifestGenerator {
  readonly S3JobManifestGenerator: {
    readonly SourceBucket: string;
    readonly ExpectedBucketOwner?: string;
    /** True: `ManifestOutputLocation` is there. */
    readonly EnableManifestOutput: boolean;
    readonly ManifestOutputLocation?: {
      readonly Bucket: string;
      readonly ExpectedManifestBucketOwner?: string;
      readonly ManifestPrefix?: string;
      /** One member at most; none: as the bucket has it. */
      readonly ManifestEncryption?: { readonly SSES3?: NoMembers; readonly SSEKMS?: { readonly KeyId: string } };
      readonly ManifestFormat: 'S3InventoryReport_CSV_20211130';
    };
    readonly Filter?: GeneratorFilter;
  };
}

/**
 * API_control_JobManifestGeneratorFilter. Clients send an empty list for one that was not given: it restricts nothing. The
 * lists of `KeyNameConstraint` may have several entries here; AWS's documents allow one.
 */
export interface GeneratorFilter extends Pick<
  JobFilter,
  | 'EligibleForReplication'
  | 'CreatedAfter'
  | 'CreatedBefore'
  | 'ObjectReplicationStatuses'
  | 'ObjectSizeGreaterThanBytes'
  | 'ObjectSizeLessThanBytes'
  | 'MatchAnyStorageClass'
  | 'MatchAnyObjectEncryption'
> {
  readonly KeyNameConstraint?: Pick<JobFilter, 'MatchAnyPrefix' | 'MatchAnySuffix' | 'MatchAnySubstring'>;
}
