import type { Config, Credentials, StoreConfig } from './config';
import { DEFAULT_STORE } from './defaults';

/** The store of Drover's own workspace. The loader has checked that it is there. */
export function workspaceStore({ stores, workspace }: Pick<Config, 'stores' | 'workspace'>): StoreConfig {
  const store = stores.find(({ name }) => name === workspace.store);
  if (store === undefined) throw new Error(`the workspace names a store that is not there: ${workspace.store}`);
  return store;
}

export function workspaceCredentials(config: Pick<Config, 'stores' | 'workspace'>): Credentials {
  return config.workspace.credentials ?? workspaceStore(config).credentials;
}

/** The store that DROVER_S3_… variables speak of: of the local stack, its own. */
export function defaultStore({ stores }: Pick<Config, 'stores'>): StoreConfig {
  const store = stores.find(({ name }) => name === DEFAULT_STORE);
  if (store === undefined) throw new Error(`unknown store ${DEFAULT_STORE}`);
  return store;
}
