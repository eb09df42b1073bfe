/** Configurations for tests that open stores without a Drover around them. */
import type { Credentials, RoleConfig } from '../../../config/config';
import { DEFAULTS } from '../../../config/defaults';
import type { StoresConfig } from '../../../storage/stores';
import { TEST_ACCESS_KEY, TEST_SECRET_KEY } from '../servers/stack';

export const TEST_CREDENTIALS = {
  kind: 'static',
  accessKeyId: TEST_ACCESS_KEY,
  secretAccessKey: TEST_SECRET_KEY,
} as const satisfies Credentials;

/** A role that may use each bucket, and neither functions nor webhooks, unless `given` says otherwise. */
export function roleConfig(given: Pick<RoleConfig, 'arn'> & Partial<RoleConfig>): RoleConfig {
  return {
    accounts: ['123456789012'],
    credentials: {},
    read: ['*'],
    write: ['*'],
    functions: [],
    functionCredentials: TEST_CREDENTIALS,
    webhooks: [],
    ...given,
  };
}

/** One store, which has all buckets, the workspace's among them. */
export function oneStoreConfig(endpoint: string, workspaceBucket: string, roles: readonly RoleConfig[]): StoresConfig {
  const place = { endpoint, region: 'us-east-1', pathStyle: true };
  return {
    stores: [{ name: 'default', ...place, credentials: TEST_CREDENTIALS, buckets: [] }],
    functions: { region: 'us-east-1' },
    vaults: { region: 'us-east-1' },
    roles,
    workspace: { store: 'default', bucket: workspaceBucket, prefix: '' },
    limits: DEFAULTS,
  };
}
