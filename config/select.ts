import type { Config, Credentials, StoreConfig } from './config';

/** The store of Drover's own workspace. The loader has checked that it is there. */
export function workspaceStore({ stores, workspace }: Pick<Config, 'stores' | 'workspace'>): StoreConfig {
  const store = stores.find(({ name }) => name === workspace.store);
  if (store === undefined) throw new Error(`the workspace names a store that is not there: ${workspace.store}`);
  return store;
}

export function workspaceCredentials(config: Pick<Config, 'stores' | 'workspace'>): Credentials {
  return config.workspace.credentials ?? workspaceStore(config).credentials;
}
