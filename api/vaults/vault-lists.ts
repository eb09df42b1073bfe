import { DroverError } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';
import type { Stores } from '../../storage/object-store';
import { generalRefusal } from '../../storage/refusals';
import { StoreError } from '../../storage/store-error';
import type { Vault } from '../../storage/vaults';

export interface VaultLists {
  /**
   * The vaults that a role may use, as Amazon Glacier lists them. Rejects with RoleNotConfigured, AccessDenied, StoreUnreachable,
   * StoreCredentialsRefused, StoreRefused.
   */
  list(account: string, roleArn: string): Promise<readonly Vault[]>;
}

export function vaultLists(stores: Stores): VaultLists {
  return {
    list: async (account, roleArn) => {
      const { vaults } = stores.forRole(roleArn, account);
      const late = new AbortController();
      const timer = setTimeout(() => {
        late.abort(new DroverError('StoreUnreachable', 'Amazon Glacier does not answer'));
      }, LIMITS.api.storeTimeoutMs);
      try {
        return await vaults.listVaults({ signal: late.signal });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        throw (
          generalRefusal(error, 'service of vaults') ?? new DroverError('StoreRefused', error.told, { cause: error })
        );
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
