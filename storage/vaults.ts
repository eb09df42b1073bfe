import type { CallOptions, ReadRange, StoreAnswer } from './object-store';

export type RetrievalTier = 'Expedited' | 'Standard' | 'Bulk';

export interface Vault {
  readonly name: string;
  readonly arn: string;
  readonly createdAt?: Date;
  /** When the service last counted: about once a day. Absent: never. */
  readonly inventoryAt?: Date;
  /** As of the last inventory; absent before the first one. */
  readonly archives?: number;
  readonly bytes?: number;
}

/** A job of the service, by which an archive or a vault's inventory is retrieved. */
export interface VaultJob {
  readonly jobId: string;
  /** `ArchiveRetrieval`, `InventoryRetrieval`, … */
  readonly action: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed';
  readonly statusMessage?: string;
  /** What whoever started the job has said of it. */
  readonly description?: string;
  readonly createdAt?: Date;
  readonly completedAt?: Date;
  readonly archiveId?: string;
  readonly archiveBytes?: number;
  /** SHA-256 tree hash of the whole archive, in hexadecimal digits. */
  readonly archiveTreeHash?: string;
  /** `first-last`, both included; absent: all of the archive, or the service does not tell. */
  readonly byteRange?: string;
  readonly inventoryBytes?: number;
}

export interface JobOutput extends StoreAnswer {
  readonly body: Buffer;
  /** Tree hash of these very bytes; absent where the range allows none, or the service does not tell. */
  readonly treeHash?: string;
  /** The archive's, as it was given when it was stored. */
  readonly archiveDescription?: string;
}

export interface ArchiveRetrieval {
  readonly archiveId: string;
  readonly tier: RetrievalTier;
  readonly description: string;
}

export interface StartedJob {
  readonly jobId: string;
}

/**
 * Vaults of Amazon Glacier under one set of credentials. Methods reject with `StoreError` for what the service or the network
 * says, after the retries that make sense; with `DroverError('VaultNotAllowed')` where the role may not use the vault so.
 */
export interface VaultService {
  listVaults(options?: CallOptions): Promise<readonly Vault[]>;
  /** All that the service still knows: under way, and for about a day after their end. */
  listJobs(vault: string, options?: CallOptions): Promise<readonly VaultJob[]>;
  /** Never asked for twice: a lost answer rejects, and the list of jobs tells later. */
  startArchiveRetrieval(vault: string, retrieval: ArchiveRetrieval, options?: CallOptions): Promise<StartedJob>;
  /** Its output is JSON. Never asked for twice. */
  startInventory(vault: string, description: string, options?: CallOptions): Promise<StartedJob>;
  /** A part of a finished job's output, in memory; the whole when no range is given. */
  jobOutput(vault: string, jobId: string, range?: ReadRange, options?: CallOptions): Promise<JobOutput>;
  /** Succeeds also when the archive is gone. */
  deleteArchive(vault: string, archiveId: string, options?: CallOptions): Promise<StoreAnswer>;
}
