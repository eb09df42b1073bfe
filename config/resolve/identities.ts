import { defined } from '../../contracts/defined';
import type { AccountConfig, Credentials, RoleConfig, StoreConfig } from '../config';
import { defaultRoleArn, DEV_ACCESS_KEY, DEV_ACCOUNT_ID, DEV_SECRET_KEY } from '../defaults';
import { ROLE_ARN } from '../file/fields';
import type { Sources } from '../file/sources';
import { optionalCredentials, toCredentials } from './credentials';
import { impliedStore } from './stores';

/**
 * The accounts of the file; when it has none, the one of the variables, down to the documented key. Beside accounts of the
 * file, DROVER_ACCESS_KEY and DROVER_SECRET_KEY are one more key: of DROVER_ACCOUNT_ID, or of the only account.
 */
export function resolveAccounts({ env, file, problems }: Sources): AccountConfig[] {
  const { DROVER_ACCESS_KEY: accessKeyId, DROVER_SECRET_KEY: secretAccessKey } = env;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    problems.push({
      path: [],
      message: 'DROVER_ACCESS_KEY and DROVER_SECRET_KEY must be set together: one is missing',
    });
  }
  const key = accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
  if (file.accounts === undefined) {
    const documented = { accessKeyId: DEV_ACCESS_KEY, secretAccessKey: DEV_SECRET_KEY };
    return [{ id: env.DROVER_ACCOUNT_ID ?? DEV_ACCOUNT_ID, keys: [key ?? documented] }];
  }
  const accounts: AccountConfig[] = file.accounts.map(({ keys = [], ...account }) =>
    defined({ ...account, keys: keys.map((each) => defined(each)) }),
  );
  const id = env.DROVER_ACCOUNT_ID ?? (accounts.length === 1 ? accounts[0]?.id : undefined);
  const known = accounts.some((account) => account.id === id);
  if (key === undefined) {
    if (id !== undefined && !known) {
      const message = 'names an account that is not in the file: set DROVER_ACCESS_KEY and DROVER_SECRET_KEY for it';
      problems.push({ path: ['DROVER_ACCOUNT_ID'], message });
    }
    return accounts;
  }
  if (id === undefined) {
    const message = 'the file has several accounts: set DROVER_ACCOUNT_ID to the one that the key belongs to';
    problems.push({ path: ['DROVER_ACCESS_KEY'], message });
    return accounts;
  }
  if (!known) return [...accounts, { id, keys: [key] }];
  return accounts.map((account) => (account.id === id ? withKey(account, key) : account));
}

/** The variable's secret wins over the file's for the same key, which may do no more for that. */
function withKey({ keys, ...account }: AccountConfig, key: AccountConfig['keys'][number]): AccountConfig {
  const same = keys.find(({ accessKeyId }) => accessKeyId === key.accessKeyId);
  return { ...account, keys: [...keys.filter((each) => each !== same), { ...same, ...key }] };
}

/**
 * The roles of the file, and DROVER_ROLE_ARN unless it is one of them. When there is neither, every account has the role
 * `drover`. A role that the file does not describe has all buckets, under the stores' own credentials.
 */
export function resolveRoles(
  sources: Sources,
  stores: readonly StoreConfig[],
  accounts: readonly AccountConfig[],
): RoleConfig[] {
  const described = rolesOfFile(sources, stores);
  const others = undescribedRoles(sources, described, accounts);
  checkHttpInvoke(sources, others.length > 0);
  return [...described, ...others.map(({ arn, account }) => unrestrictedRole(arn, account, sources, stores))];
}

function undescribedRoles(
  sources: Sources,
  described: readonly RoleConfig[],
  accounts: readonly AccountConfig[],
): { readonly arn: string; readonly account: string }[] {
  const arn = sources.env.DROVER_ROLE_ARN;
  if (arn !== undefined) {
    if (described.some((role) => role.arn === arn)) return [];
    return [{ arn, account: accountOfRole(arn, sources, accounts) }];
  }
  return sources.file.roles === undefined ? accounts.map(({ id }) => ({ arn: defaultRoleArn(id), account: id })) : [];
}

/** These two speak of roles that the file does not describe: with none, they would have no effect. */
function checkHttpInvoke({ env, problems }: Sources, hasUndescribedRoles: boolean): void {
  const { DROVER_HTTP_INVOKE_URL: url, DROVER_HTTP_INVOKE_SECRET: secret } = env;
  if (secret !== undefined && url === undefined) {
    problems.push({ path: ['DROVER_HTTP_INVOKE_SECRET'], message: 'needs DROVER_HTTP_INVOKE_URL' });
  }
  if (url !== undefined && !hasUndescribedRoles) {
    const message = 'is for roles that the file does not describe, and there are none: use roles[].webhooks';
    problems.push({ path: ['DROVER_HTTP_INVOKE_URL'], message });
  }
}

function unrestrictedRole(arn: string, account: string, { env }: Sources, stores: readonly StoreConfig[]): RoleConfig {
  const url = env.DROVER_HTTP_INVOKE_URL;
  const implied = impliedStore(stores)?.credentials;
  return {
    arn,
    accounts: [account],
    credentials: {},
    read: ['*'],
    write: ['*'],
    // Nothing says what to invoke them with.
    functions: implied === undefined ? [] : ['*'],
    functionCredentials: implied ?? { kind: 'default' },
    ...(implied && { vaults: { retrieve: ['*'], deleteArchives: ['*'], credentials: implied } }),
    webhooks: url === undefined ? [] : [defined({ url, secret: env.DROVER_HTTP_INVOKE_SECRET })],
  };
}

/** Migrated jobs keep the ARN that they had at AWS, so its account need not be one of ours. */
function accountOfRole(arn: string, { env, problems }: Sources, accounts: readonly AccountConfig[]): string {
  const inArn = accountIn(arn);
  const account =
    env.DROVER_ACCOUNT_ID ??
    accounts.find(({ id }) => id === inArn)?.id ??
    (accounts.length === 1 ? accounts[0]?.id : undefined);
  if (account === undefined) {
    const message = 'names an account that is not in the file: set DROVER_ACCOUNT_ID to the one that may use the role';
    problems.push({ path: ['DROVER_ROLE_ARN'], message });
  }
  return account ?? inArn;
}

function accountIn(arn: string): string {
  return ROLE_ARN.exec(arn)?.[1] ?? '';
}

function rolesOfFile({ file, region, problems }: Sources, stores: readonly StoreConfig[]): RoleConfig[] {
  return (file.roles ?? []).map((role, index) => {
    const credentials: Record<string, Credentials> = {};
    for (const [name, input] of Object.entries(role.credentials ?? {})) {
      const store = stores.find((one) => one.name === name);
      if (store === undefined) {
        problems.push({ path: ['roles', index, 'credentials', name], message: `unknown store ${name}` });
      }
      credentials[name] = toCredentials(input, store?.region ?? region);
    }
    const functions = role.functions ?? [];
    const implied = impliedStore(stores);
    const ofImplied = implied === undefined ? undefined : (credentials[implied.name] ?? implied.credentials);
    const credentialsFor = (member: 'functionCredentials' | 'vaultCredentials', beside: string, isNeeded: boolean) => {
      const found = optionalCredentials(role[member], region) ?? ofImplied;
      if (found === undefined && isNeeded) {
        const message = `is required beside ${beside} where there are several stores and none is named default`;
        problems.push({ path: ['roles', index, member], message });
      }
      return found ?? ({ kind: 'default' } as const);
    };
    const functionCredentials = credentialsFor('functionCredentials', 'functions', functions.length > 0);
    const { vaults: retrieve = [], deleteArchivesOf: deleteArchives = [] } = role;
    const usesVaults = retrieve.length + deleteArchives.length > 0;
    const vaultCredentials = credentialsFor('vaultCredentials', 'vaults', usesVaults);
    return {
      arn: role.arn,
      accounts: role.accounts ?? [accountIn(role.arn)],
      credentials,
      read: role.read ?? [],
      write: role.write ?? [],
      functions,
      functionCredentials,
      ...(usesVaults && { vaults: { retrieve, deleteArchives, credentials: vaultCredentials } }),
      webhooks: (role.webhooks ?? []).map((webhook) => defined(webhook)),
    };
  });
}
