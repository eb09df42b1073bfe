import type {
  GlacierJobDescription,
  InitiateJobCommandOutput,
  JobParameters,
  ListJobsCommandOutput,
  ListVaultsCommandOutput,
} from '@aws-sdk/client-glacier';
import { defined } from '../../contracts/defined';
import type { AwsClient } from '../aws/client';
import type { AwsOperation } from '../aws/operation';
import { single } from '../http/answer-headers';
import type { CallOptions, ReadRange, StoreAnswer } from '../object-store';
import type { RequestOwner } from '../request-owner';
import { StoreError } from '../store-error';
import type { ArchiveRetrieval, JobOutput, StartedJob, Vault, VaultJob, VaultService } from '../vaults';
import { GLACIER_OPERATIONS } from './service';

/** The account of the credentials. */
const accountId = '-';
/** Limits are held by resource, and a list of vaults is of none. */
const ALL_VAULTS = '(vaults)';

/** Vaults by the service's own calls. */
export class GlacierVaults implements VaultService {
  constructor(private readonly client: AwsClient) {}

  /** The same, for whose requests `owner` answers. */
  ownedBy(owner: RequestOwner): GlacierVaults {
    return new GlacierVaults(this.client.ownedBy(owner));
  }

  async listVaults(options: CallOptions = {}): Promise<readonly Vault[]> {
    const vaults: Vault[] = [];
    for await (const page of this.pages(GLACIER_OPERATIONS.listVaults, ALL_VAULTS, { accountId }, options)) {
      vaults.push(...((page as ListVaultsCommandOutput).VaultList ?? []).map(vaultOf));
    }
    return vaults;
  }

  async listJobs(vaultName: string, options: CallOptions = {}): Promise<readonly VaultJob[]> {
    const jobs: VaultJob[] = [];
    for await (const page of this.pages(GLACIER_OPERATIONS.listJobs, vaultName, { accountId, vaultName }, options)) {
      jobs.push(...((page as ListJobsCommandOutput).JobList ?? []).map(jobOf));
    }
    return jobs;
  }

  private async *pages(
    operation: AwsOperation,
    resource: string,
    input: object,
    { signal }: CallOptions,
  ): AsyncGenerator<{ readonly Marker?: string | null }> {
    let marker: string | undefined;
    do {
      const next = marker === undefined ? input : { ...input, marker };
      const page: { readonly Marker?: string | null } = await this.client.output(operation, resource, next, signal);
      yield page;
      marker = page.Marker ?? undefined;
    } while (marker !== undefined);
  }

  startArchiveRetrieval(
    vaultName: string,
    { archiveId: ArchiveId, tier: Tier, description: Description }: ArchiveRetrieval,
    options: CallOptions = {},
  ): Promise<StartedJob> {
    return this.start(vaultName, { Type: 'archive-retrieval', ArchiveId, Tier, Description }, options);
  }

  startInventory(vaultName: string, Description: string, options: CallOptions = {}): Promise<StartedJob> {
    return this.start(vaultName, { Type: 'inventory-retrieval', Format: 'JSON', Description }, options);
  }

  private async start(vaultName: string, jobParameters: JobParameters, { signal }: CallOptions): Promise<StartedJob> {
    const input = { accountId, vaultName, jobParameters };
    const answer = await this.client.output(GLACIER_OPERATIONS.initiateJob, vaultName, input, signal);
    const { jobId } = answer as InitiateJobCommandOutput;
    if (jobId) return { jobId };
    throw new StoreError('InvalidAnswer', 202, 'InitiateJob: the answer names no job');
  }

  async jobOutput(
    vaultName: string,
    jobId: string,
    range?: ReadRange,
    { signal }: CallOptions = {},
  ): Promise<JobOutput> {
    const part = range && { range: `bytes=${range.start}-${range.end - 1}` };
    const input = { accountId, vaultName, jobId, ...part };
    const { status, headers, body } = await this.client.call(GLACIER_OPERATIONS.getJobOutput, vaultName, input, signal);
    if (range && body.byteLength !== range.end - range.start) {
      throw new StoreError(
        'InvalidAnswer',
        status,
        `GetJobOutput: ${range.end - range.start} bytes from ${range.start} were asked for, and ${body.byteLength} came`,
      );
    }
    return defined({
      httpStatus: status,
      body,
      treeHash: single(headers['x-amz-sha256-tree-hash'])?.toLowerCase(),
      archiveDescription: single(headers['x-amz-archive-description']),
    });
  }

  async deleteArchive(vaultName: string, archiveId: string, { signal }: CallOptions = {}): Promise<StoreAnswer> {
    const input = { accountId, vaultName, archiveId };
    const { status } = await this.client.call(GLACIER_OPERATIONS.deleteArchive, vaultName, input, signal);
    return { httpStatus: status };
  }
}

type DescribedVault = NonNullable<ListVaultsCommandOutput['VaultList']>[number];

function vaultOf(vault: DescribedVault): Vault {
  const inventoryAt = timeOf(vault.LastInventoryDate);
  // Before the first inventory nobody has counted: what is said then, null or zero, is no number.
  const counts = inventoryAt && {
    archives: vault.NumberOfArchives ?? undefined,
    bytes: vault.SizeInBytes ?? undefined,
  };
  return defined({
    name: vault.VaultName ?? '',
    arn: vault.VaultARN ?? '',
    createdAt: timeOf(vault.CreationDate),
    inventoryAt,
    ...counts,
  });
}

function jobOf(job: GlacierJobDescription): VaultJob {
  return defined({
    jobId: job.JobId ?? '',
    action: job.Action ?? '',
    status: job.StatusCode ?? 'InProgress',
    statusMessage: job.StatusMessage ?? undefined,
    description: job.JobDescription ?? undefined,
    createdAt: timeOf(job.CreationDate),
    completedAt: timeOf(job.CompletionDate),
    archiveId: job.ArchiveId ?? undefined,
    archiveBytes: job.ArchiveSizeInBytes ?? undefined,
    archiveTreeHash: job.ArchiveSHA256TreeHash?.toLowerCase(),
    byteRange: job.RetrievalByteRange ?? undefined,
    inventoryBytes: job.InventorySizeInBytes ?? undefined,
  });
}

function timeOf(text: string | null | undefined): Date | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}
