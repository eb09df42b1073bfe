/** ACLs of the in-memory store ("Access control list (ACL) overview", S3 user guide). One account owns everything. */
import type { ObjectAcl, PutObjectAclInput } from '../../../storage/object-store';
import { malformedXml, refusal } from './refusals';

type Grant = NonNullable<ObjectAcl['Grants']>[number];
type Permission = NonNullable<Grant['Permission']>;
type Settings = Readonly<Record<string, unknown>>;

export const OWNER = { ID: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be', DisplayName: 'owner' };

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const EC2 = '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c';

const OF_OWNER: Grant = { Grantee: { Type: 'CanonicalUser', ...OWNER }, Permission: 'FULL_CONTROL' };

/** Beside the owner's own grant. Bucket owner and object owner are the same here. */
const CANNED: Readonly<Record<string, readonly Grant[]>> = {
  private: [],
  'bucket-owner-read': [],
  'bucket-owner-full-control': [],
  'public-read': [toGroup(ALL_USERS, 'READ')],
  'public-read-write': [toGroup(ALL_USERS, 'READ'), toGroup(ALL_USERS, 'WRITE')],
  'authenticated-read': [toGroup(AUTHENTICATED_USERS, 'READ')],
  'aws-exec-read': [{ Grantee: { Type: 'CanonicalUser', ID: EC2 }, Permission: 'READ' }],
};

const GRANT_MEMBERS: Readonly<Record<string, Permission>> = {
  GrantFullControl: 'FULL_CONTROL',
  GrantRead: 'READ',
  GrantReadACP: 'READ_ACP',
  GrantWrite: 'WRITE',
  GrantWriteACP: 'WRITE_ACP',
};

/** The ACL that a request to store an object gives it; throws where the bucket takes none. */
export function aclOf(settings: Settings, aclsDisabled: boolean): ObjectAcl {
  const canned = settings['ACL'] as string | undefined;
  const granted = grantsOf(settings);
  if (canned === undefined && granted.length === 0) return { Owner: OWNER, Grants: [OF_OWNER] };
  if (aclsDisabled && canned !== 'bucket-owner-full-control') throw notSupported();
  return { Owner: OWNER, Grants: canned === undefined ? granted : cannedGrants(canned) };
}

/** PutObjectAcl: throws S3's refusal of what can't be set. */
export function aclFrom(input: PutObjectAclInput, aclsDisabled: boolean): ObjectAcl {
  const { AccessControlPolicy: policy } = input;
  if (policy === undefined) {
    if (input.ACL === undefined && grantsOf({ ...input }).length === 0) {
      throw refusal('MissingSecurityHeader', 400, 'Your request was missing a required header');
    }
    return aclOf({ ...input }, aclsDisabled);
  }
  if (input.ACL !== undefined) {
    throw refusal('UnexpectedContent', 400, 'This request does not support content');
  }
  if (policy.Owner?.ID === undefined || policy.Grants?.some(({ Grantee, Permission: given }) => !Grantee || !given)) {
    throw malformedXml();
  }
  if (aclsDisabled && !isOwnersAlone(policy)) throw notSupported();
  return { Owner: policy.Owner, Grants: policy.Grants ?? [] };
}

function isOwnersAlone({ Grants }: ObjectAcl): boolean {
  const [grant, ...others] = Grants ?? [];
  return others.length === 0 && grant?.Permission === 'FULL_CONTROL' && grant.Grantee?.ID === OWNER.ID;
}

function cannedGrants(name: string): Grant[] {
  const grants = CANNED[name];
  if (grants === undefined) throw refusal('InvalidArgument', 400, 'Invalid canned ACL');
  return [OF_OWNER, ...grants];
}

/** From headers as `id="…", uri="…"`. */
function grantsOf(settings: Settings): Grant[] {
  return Object.entries(GRANT_MEMBERS).flatMap(([member, permission]) => {
    const header = settings[member] as string | undefined;
    return [...(header ?? '').matchAll(/(id|uri|emailAddress)="([^"]*)"/g)].map(([, kind, name = '']): Grant => {
      if (kind === 'uri') return toGroup(name, permission);
      const grantee = kind === 'id' ? { ID: name } : { EmailAddress: name };
      const type = kind === 'id' ? 'CanonicalUser' : 'AmazonCustomerByEmail';
      return { Grantee: { Type: type, ...grantee }, Permission: permission };
    });
  });
}

function toGroup(uri: string, permission: Permission): Grant {
  return { Grantee: { Type: 'Group', URI: uri }, Permission: permission };
}

function notSupported(): Error {
  return refusal('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs');
}
