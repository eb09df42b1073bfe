import {
  functionAllowed,
  isWorkspaceBucket,
  roleMay,
  storeOf,
  urlAllowed,
  vaultAllowed,
} from '../../config/access/buckets';
import type { Config, RoleConfig } from '../../config/config';
import { bucketOfArn } from '../../contracts/arn';
import { DroverError } from '../../contracts/engine/failures';
import type { JobRequest } from '../../contracts/job';
import type { SourceMembers } from '../../contracts/text/source-text';
import type { BoundOperation } from '../../operations/operation';
import { expectedOwners, type NamedOwner, sourceBuckets } from './source-access';

type Access = 'read' | 'write';

export type RoleRules = Pick<Config, 'roles' | 'stores' | 'workspace'>;

export type AccessedMembers = Pick<JobRequest, 'RoleArn' | 'Report'> & SourceMembers;

/**
 * Whether the account may have jobs act as the role, and the role do what the request names: read the source, write the
 * report and the generated manifest, use the operation's own buckets, functions and addresses. The buckets of the source's rows are checked row by
 * row, while the job runs. Throws RoleNotConfigured, AccessDenied, StoreNotConfigured, BucketNotAllowed, FunctionNotAllowed,
 * UrlNotAllowed or VaultNotAllowed; BadRequestException for a source that the operation can't have.
 */
export function checkRoleAccess(
  request: AccessedMembers,
  operation: BoundOperation,
  account: string,
  rules: RoleRules,
): void {
  const role = checkSourceAccess(request, account, rules, operation);
  checkOwner(role.arn, { member: 'Report.ExpectedBucketOwner', account: request.Report.ExpectedBucketOwner });
  if (request.Report.Enabled) checkBucket(rules, role, 'Report.Bucket', bucketOfArn(request.Report.Bucket), 'write');
  const member = `Operation.${operation.plan.operation}`;
  const { read = [], write = [] } = operation.buckets ?? {};
  for (const bucket of read) checkBucket(rules, role, member, bucket, 'read');
  for (const bucket of write) checkBucket(rules, role, member, bucket, 'write');
  const { functions = [], urls = [] } = operation.calls ?? {};
  for (const functionArn of functions) {
    if (functionAllowed(role, functionArn)) continue;
    throw new DroverError('FunctionNotAllowed', `${member}: the role ${role.arn} may not invoke ${functionArn}`);
  }
  for (const url of urls) {
    if (urlAllowed(role, url)) continue;
    throw new DroverError('UrlNotAllowed', `${member}: the role ${role.arn} may not call ${url}`);
  }
}

/** Whether the account may use the role, and the role read the source. Throws what `checkRoleAccess` throws of these. */
export function checkSourceAccess(
  request: Omit<AccessedMembers, 'Report'>,
  account: string,
  rules: RoleRules,
  { isOfArchives }: Pick<BoundOperation, 'isOfArchives'> = {},
): RoleConfig {
  const role = roleFor(request.RoleArn, account, rules);
  for (const owner of expectedOwners(request)) checkOwner(role.arn, owner);
  if (isOfArchives && namesRows(request)) {
    checkVaults(request, role);
    return role;
  }
  for (const { member, bucket, access } of sourceBuckets(request, rules.workspace, account)) {
    checkBucket(rules, role, member, bucket, access);
  }
  return role;
}

/** Whether the source lists what the job is about, instead of naming a list. */
function namesRows({ Source, ManifestGenerator }: SourceMembers): boolean {
  return ManifestGenerator !== undefined || (Source !== undefined && ('Keys' in Source || 'Prefixes' in Source));
}

/** Rows of archives have the vault in the place of the bucket. */
function checkVaults({ Source }: SourceMembers, role: RoleConfig): void {
  if (Source === undefined || !('Keys' in Source)) {
    throw new DroverError(
      'BadRequestException',
      'Source: no bucket lists the archives of a vault: take an inventory of the vault, or name them',
    );
  }
  for (const [index, { Bucket: vault }] of Source.Keys.entries()) {
    if (vaultAllowed(role, vault, 'retrieve')) continue;
    throw new DroverError(
      'VaultNotAllowed',
      `Source.Keys.${index}.Bucket: the role ${role.arn} may not use the vault ${vault}`,
    );
  }
}

function roleFor(arn: string, account: string, { roles }: RoleRules): RoleConfig {
  const role = roles.find((one) => one.arn === arn);
  if (role === undefined) {
    const own = roles.filter(({ accounts }) => accounts.includes(account)).map((one) => one.arn);
    const others = own.length === 0 ? '' : `; account ${account} may use ${own.join(', ')}`;
    throw new DroverError('RoleNotConfigured', `RoleArn: the role ${arn} is not configured${others}`);
  }
  if (role.accounts.includes(account)) return role;
  throw new DroverError(
    'AccessDenied',
    `RoleArn: Cross-account pass role is not allowed: account ${account} may not use ${arn}`,
  );
}

function checkBucket(rules: RoleRules, role: RoleConfig, member: string, bucket: string, access: Access): void {
  if (isWorkspaceBucket(rules.workspace, bucket)) {
    throw new DroverError(
      'BucketNotAllowed',
      `${member}: the bucket ${bucket} is Drover's workspace, which no job may use`,
    );
  }
  if (!roleMay(role, bucket, access)) {
    throw new DroverError('BucketNotAllowed', `${member}: the role ${role.arn} may not ${access} the bucket ${bucket}`);
  }
  if (storeOf(rules.stores, bucket) === undefined) {
    throw new DroverError('StoreNotConfigured', `${member}: no store of the configuration has the bucket ${bucket}`);
  }
}

/** A job reaches the buckets of its role's account only, so no other owner can be the right one. */
function checkOwner(roleArn: string, { member, account: owner }: NamedOwner): void {
  const account = roleArn.split(':')[4];
  if (owner === undefined || owner === account) return;
  throw new DroverError(
    'BadRequestException',
    `${member}: the buckets of role ${roleArn} belong to account ${account ?? ''}, not to ${owner}`,
  );
}
