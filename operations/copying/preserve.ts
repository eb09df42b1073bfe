import { defined } from '../../contracts/defined';
import type {
  CopyObjectInput,
  GetObjectAclInput,
  ObjectAcl,
  ObjectProperties,
  ObjectStore,
} from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { isUnknownCall } from './copy-from';
import type { CopyParameters, Preserved } from './copy-parameters';
import { grantHeaders } from './copy-request';
import { perBatch } from './per-batch';

/** The object to look at, in the store that has it. */
export interface PreservedFrom {
  readonly store: ObjectStore;
  /** Names the object. */
  readonly object: Pick<GetObjectAclInput, 'Bucket' | 'Key' | 'VersionId' | 'RequestPayer'>;
  readonly properties: ObjectProperties;
  /** The copy is in the same store: it knows the same users and keys. */
  readonly sameStore: boolean;
  /** One per batch: what is asked once of a bucket is remembered by it. */
  readonly context: object;
}

type Settings = Partial<CopyObjectInput>;

/**
 * Members of a request that make a copy like its source in what is to be kept. Rejects with `StoreError` for what can't be
 * said in a request, or can't be found out: a copy never loses in silence what it was to keep.
 */
export async function preservedSettings(
  kept: readonly Preserved[],
  from: PreservedFrom,
  signal: AbortSignal,
): Promise<Settings> {
  const { storageClass } = from.properties;
  return {
    ...(kept.includes('StorageClass') && storageClass && ({ StorageClass: storageClass } as Settings)),
    ...(kept.includes('Encryption') && encryptionOf(from)),
    ...(kept.includes('ObjectLock') && (await lockOf(from, signal))),
    ...(kept.includes('AccessControlList') && (await aclOf(from, signal))),
  };
}

function encryptionOf({ properties, sameStore }: PreservedFrom): Settings {
  const { serverSideEncryption, sseKmsKeyId, bucketKeyEnabled } = properties;
  if (serverSideEncryption === undefined) return {};
  if (serverSideEncryption !== 'AES256' && !sameStore) {
    throw notCarriedOver(`its key (${serverSideEncryption}) is unknown to the store of the copy`);
  }
  return {
    ServerSideEncryption: serverSideEncryption as NonNullable<CopyObjectInput['ServerSideEncryption']>,
    ...defined({ SSEKMSKeyId: sseKmsKeyId }),
    ...(serverSideEncryption === 'aws:kms' && bucketKeyEnabled !== undefined && { BucketKeyEnabled: bucketKeyEnabled }),
  };
}

interface Lock {
  readonly mode: string | undefined;
  readonly until: Date | undefined;
  readonly hold: string | undefined;
}

/** A retention that has passed can't be given to a new object, and would lock nothing. */
async function lockOf(from: PreservedFrom, signal: AbortSignal): Promise<Settings> {
  const { mode, until, hold } = await readLock(from, signal);
  const isRetained = mode !== undefined && until !== undefined && until.getTime() > Date.now();
  return {
    ...(isRetained && ({ ObjectLockMode: mode, ObjectLockRetainUntilDate: until } as Settings)),
    ...(hold === 'ON' && { ObjectLockLegalHoldStatus: 'ON' }),
  };
}

/** A HEAD says nothing of a lock that the role may not see: then the calls that would refuse are asked. */
export async function readLock(from: PreservedFrom, signal: AbortSignal): Promise<Lock> {
  const { store, object, properties } = from;
  let { objectLockMode: mode, objectLockRetainUntilDate: until, objectLockLegalHold: hold } = properties;
  if (mode !== undefined && hold !== undefined) return { mode, until, hold };
  if (!(await hasObjectLock(from, signal))) return { mode, until, hold };
  if (mode === undefined) {
    const retention = await store.getObjectRetention(object, { signal });
    mode = retention.Mode;
    until = retention.RetainUntilDate;
  }
  hold ??= await store.getObjectLegalHold(object, { signal });
  return { mode, until, hold };
}

const locksOf = perBatch<Promise<boolean>>();

function hasObjectLock({ store, object, context }: PreservedFrom, signal: AbortSignal): Promise<boolean> {
  const known = locksOf(context);
  const bucket = object.Bucket ?? '';
  let asked = known.get(bucket);
  if (asked === undefined) {
    asked = store.hasObjectLock(bucket, { signal }).catch((error: unknown) => {
      if (isUnknownCall(error)) return false;
      known.delete(bucket);
      throw error;
    });
    known.set(bucket, asked);
  }
  return asked;
}

type Grants = NonNullable<ObjectAcl['Grants']>;

const GROUPS = 'http://acs.amazonaws.com/groups/global';

/** Canned ACLs that mean the same in every store, by what they grant to others than the owner ("Canned ACL", S3 user guide). */
const CANNED: readonly (readonly [acl: 'public-read' | 'public-read-write' | 'authenticated-read', grants: string])[] =
  [
    ['public-read', `${GROUPS}/AllUsers READ`],
    ['public-read-write', `${GROUPS}/AllUsers READ, ${GROUPS}/AllUsers WRITE`],
    ['authenticated-read', `${GROUPS}/AuthenticatedUsers READ`],
  ];

/** A new object belongs to its maker alone: nothing has to be said where that is all there is, which suits buckets without ACLs. */
async function aclOf({ store, object, sameStore }: PreservedFrom, signal: AbortSignal): Promise<Settings> {
  const { Owner, Grants = [] } = await store.getObjectAcl(object, { signal }).catch((error: unknown): ObjectAcl => {
    if (isUnknownCall(error)) return {};
    throw error;
  });
  const toOthers = grantsToOthers({ Owner, Grants });
  if (toOthers.length === 0) return {};
  const told = toOthers.map(({ Grantee, Permission }) => `${Grantee?.URI ?? ''} ${Permission ?? ''}`).sort();
  const canned = CANNED.find(([, grants]) => grants === told.join(', '));
  if (canned && toOthers.length < Grants.length) return { ACL: canned[0] };
  if (!sameStore) throw notCarriedOver('it has grants to users that the store of the copy does not know');
  return grantMembers(Grants);
}

/** All but what a new object has by itself: its owner's full control. */
export function grantsToOthers({ Owner, Grants = [] }: ObjectAcl): Grants {
  const isOwners = ({ Permission, Grantee }: Grants[number]): boolean =>
    Permission === 'FULL_CONTROL' && Grantee?.URI === undefined && Grantee?.ID === Owner?.ID;
  return Grants.filter((grant) => !isOwners(grant));
}

function grantMembers(grants: Grants): Settings {
  return grantHeaders(
    grants.map(({ Grantee = {}, Permission = '' }) => {
      if (!isGrantable(Permission)) throw notCarriedOver(`no request can grant ${Permission}`);
      const { URI, ID, EmailAddress } = Grantee;
      if (URI !== undefined) return { Grantee: { TypeIdentifier: 'uri', Identifier: URI }, Permission };
      if (ID !== undefined) return { Grantee: { TypeIdentifier: 'id', Identifier: ID }, Permission };
      return { Grantee: { TypeIdentifier: 'emailAddress', Identifier: EmailAddress ?? '' }, Permission };
    }),
  );
}

type Permission = NonNullable<CopyParameters['AccessControlGrants']>[number]['Permission'];

function isGrantable(permission: string): permission is Permission {
  return ['FULL_CONTROL', 'READ', 'READ_ACP', 'WRITE_ACP'].includes(permission);
}

function notCarriedOver(why: string): StoreError {
  return new StoreError(
    'InvalidRequest',
    400,
    `What the copy was to preserve of its source can't be carried over: ${why}`,
  );
}
