import { vaultAllowed } from '../../config/access/buckets';
import type { Credentials, RoleConfig } from '../../config/config';
import { DroverError } from '../../contracts/engine/failures';
import type { CallOptions, ReadRange, StoreAnswer } from '../object-store';
import type { ArchiveRetrieval, JobOutput, StartedJob, Vault, VaultJob, VaultService } from '../vaults';

/** The vaults that a role may use, and no others. */
export class RoleVaults implements VaultService {
  constructor(
    private readonly role: Pick<RoleConfig, 'arn' | 'vaults'>,
    private readonly vaults: (credentials: Credentials) => VaultService,
  ) {}

  async listVaults(options?: CallOptions): Promise<readonly Vault[]> {
    if (!this.role.vaults) return [];
    const all = await this.vaults(this.role.vaults.credentials).listVaults(options);
    return all.filter(({ name }) => vaultAllowed(this.role, name, 'retrieve'));
  }

  async listJobs(vault: string, options?: CallOptions): Promise<readonly VaultJob[]> {
    return this.allowed(vault).listJobs(vault, options);
  }

  async startArchiveRetrieval(vault: string, retrieval: ArchiveRetrieval, options?: CallOptions): Promise<StartedJob> {
    return this.allowed(vault).startArchiveRetrieval(vault, retrieval, options);
  }

  async startInventory(vault: string, description: string, options?: CallOptions): Promise<StartedJob> {
    return this.allowed(vault).startInventory(vault, description, options);
  }

  async jobOutput(vault: string, jobId: string, range?: ReadRange, options?: CallOptions): Promise<JobOutput> {
    return this.allowed(vault).jobOutput(vault, jobId, range, options);
  }

  async deleteArchive(vault: string, archiveId: string, options?: CallOptions): Promise<StoreAnswer> {
    return this.allowed(vault, 'delete').deleteArchive(vault, archiveId, options);
  }

  private allowed(vault: string, access: 'retrieve' | 'delete' = 'retrieve'): VaultService {
    const { vaults } = this.role;
    if (vaults && vaultAllowed(this.role, vault, access)) return this.vaults(vaults.credentials);
    const what = access === 'retrieve' ? 'use the vault' : 'delete archives of the vault';
    throw new DroverError('VaultNotAllowed', `The role ${this.role.arn} may not ${what} ${vault}`);
  }
}
