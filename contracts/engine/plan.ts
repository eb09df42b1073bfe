/**
 * How an operation wants to be run, as plain data. The operation computes it from its parameters when the job is created;
 * workflows obey it without knowing the operation.
 */
export interface OperationPlan {
  /** Name in the registry, for example `S3PutObjectCopy`. */
  readonly operation: string;
  /** Rows handed to one activity. */
  readonly batchRows: number;
  /** Requests one batch keeps in flight at most; the store's adaptive limit may hold it lower. */
  readonly requestsInFlight: number;
  /** Longest honest attempt of one batch, in milliseconds (Temporal's startToCloseTimeout). */
  readonly batchTimeoutMs: number;
  /** Silence after which a batch's worker counts as dead; absent in jobs of former versions: `LIMITS.batch.heartbeatTimeoutMs`. */
  readonly heartbeatTimeoutMs?: number;
  /** Chunks a job keeps in flight, and batches each chunk keeps in flight. */
  readonly chunksInFlight: number;
  readonly batchesInFlight: number;
  /** Present when a task is not done until its effect shows. */
  readonly wait?: ListedWait | RestoreWait;
  /** Present when bytes have to be retrieved from an archive: numbers for estimates, by which no workflow decides. */
  readonly retrieval?: PlannedRetrieval;
}

/** What a retrieval costs and takes, together with the bytes of the objects. */
export interface PlannedRetrieval {
  /** Whose prices count: those of S3's restores, or those of vaults. */
  readonly service: 's3' | 'glacier';
  /** Absent: the store's default. */
  readonly tier?: 'EXPEDITED' | 'STANDARD' | 'BULK';
  /** Those that are paid for by the tier, for each object. */
  readonly requestsPerObject: number;
  /** From the request to bytes that can be read, by the service's documentation, of its slowest class. */
  readonly hoursMax: number;
}

/** Tasks may wait: they are looked at from time to time, and those that can go on are put into lists. */
export interface ListedWait {
  readonly kind: 'lists';
  /** What is awaited, in a word or two, for people. */
  readonly what: string;
  /** From the first task that waits to the first look. */
  readonly firstLookMs: number;
  /** From one look to the next. Looks that find nothing thin out, up to `intervalMaxMs`. */
  readonly intervalMs: number;
  readonly intervalMaxMs: number;
}

/** Durable polling until restored objects can be read: in jobs of former versions. */
export interface RestoreWait {
  readonly kind: 'restore';
  /** From the end of the requests to the first look. */
  readonly firstCheckMs: number;
  readonly intervalMs: number;
  /** After this long, objects that still can't be read become failed tasks. */
  readonly timeoutMs: number;
}

/** Batches in a row. */
export type BatchSpan = Pick<ChunkRange, 'firstBatch' | 'batches'>;

/** A contiguous range of batches, owned by one child workflow. Batches are numbered from 0 through the whole manifest. */
export interface ChunkRange {
  readonly chunk: number;
  readonly firstBatch: number;
  readonly batches: number;
}
