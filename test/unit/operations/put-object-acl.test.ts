/**
 * Goal: the ACL that S3 Control describes is the ACL that is sent, and an object that has it already is recognised, never one
 * that has not. Method: requests and ACLs of the in-memory store, which makes grants of canned ACLs as S3 does.
 */
import type { JsonObject } from '../../../contracts/job';
import type { ObjectAcl } from '../../../storage/object-store';
import { OWNER } from '../../support/memory-store/acl';
import { MemoryStore } from '../../support/memory-store/store';
import { DONE, OperationRunner, row } from '../../support/operation-runner';

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';

function grant(TypeIdentifier: string, Identifier: string, Permission: string): JsonObject {
  return { Grantee: { TypeIdentifier, Identifier }, Permission };
}

function list(...Grants: JsonObject[]): JsonObject {
  return { AccessControlList: { Owner: { ID: OWNER.ID }, Grants } };
}

function canned(name: string): JsonObject {
  return { CannedAccessControlList: name };
}

function world(policy: JsonObject): { store: MemoryStore; acl: OperationRunner } {
  const store = new MemoryStore({ buckets: ['b'] });
  store.seed('b', 'k');
  return { store, acl: new OperationRunner(store, 'S3PutObjectAcl', { AccessControlPolicy: policy }) };
}

test('a canned ACL goes as it is, without a body', async () => {
  const { store, acl } = world(canned('authenticated-read'));
  expect(await acl.perform(row('k'))).toEqual(DONE);
  expect(store.calls[0]?.input).toEqual({ Bucket: 'b', Key: 'k', VersionId: undefined, ACL: 'authenticated-read' });
});

test('each kind of grantee has its own member (API_Grantee), and WRITE is sent', async () => {
  const { store, acl } = world({
    AccessControlList: {
      Owner: OWNER,
      Grants: [
        {
          Grantee: { TypeIdentifier: 'id', Identifier: OWNER.ID, DisplayName: 'me' },
          Permission: 'FULL_CONTROL',
        },
        grant('emailAddress', 'xyz@example.com', 'WRITE_ACP'),
        grant('uri', ALL_USERS, 'READ'),
        grant('uri', ALL_USERS, 'WRITE'),
      ],
    },
  });
  expect(await acl.perform(row('k'))).toEqual(DONE);
  expect(store.calls[0]?.input).toEqual({
    Bucket: 'b',
    Key: 'k',
    VersionId: undefined,
    AccessControlPolicy: {
      Owner: OWNER,
      Grants: [
        { Grantee: { Type: 'CanonicalUser', ID: OWNER.ID, DisplayName: 'me' }, Permission: 'FULL_CONTROL' },
        { Grantee: { Type: 'AmazonCustomerByEmail', EmailAddress: 'xyz@example.com' }, Permission: 'WRITE_ACP' },
        { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'READ' },
        { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'WRITE' },
      ],
    },
  });
});

test('grants may be left out: nobody is granted anything', async () => {
  const { store, acl } = world({ AccessControlList: { Owner: { ID: OWNER.ID } } });
  expect(await acl.perform(row('k'))).toEqual(DONE);
  expect(store.peek('b', 'k')?.acl.Grants).toEqual([]);
});

test('a bucket with ACLs disabled says so', async () => {
  const { store, acl } = world(canned('public-read'));
  store.createBucket('b', { aclsDisabled: true });
  store.seed('b', 'k');
  expect(await acl.perform(row('k'))).toEqual({
    status: 'failed',
    httpStatus: 400,
    errorCode: 'AccessControlListNotSupported',
    message: 'The bucket does not allow ACLs',
  });
});

describe('the desired state', () => {
  test.each(['private', 'public-read', 'public-read-write', 'authenticated-read'])(
    '%s is known again',
    async (name) => {
      const { acl } = world(canned(name));
      expect(await acl.isInDesiredState(row('k'))).toBe(name === 'private');
      await acl.perform(row('k'));
      expect(await acl.isInDesiredState(row('k'))).toBe(true);
    },
  );

  test.each(['bucket-owner-read', 'bucket-owner-full-control', 'aws-exec-read'])(
    '%s names a party that the ACL does not tell: set again',
    async (name) => {
      const { acl } = world(canned(name));
      await acl.perform(row('k'));
      expect(await acl.isInDesiredState(row('k'))).toBe(false);
    },
  );

  test('a list of grants, in any order', async () => {
    const { store, acl } = world(list(grant('id', OWNER.ID, 'FULL_CONTROL'), grant('uri', ALL_USERS, 'READ')));
    expect(await acl.isInDesiredState(row('k'))).toBe(false);
    await acl.perform(row('k'));
    expect(await acl.isInDesiredState(row('k'))).toBe(true);
    const object = store.peek('b', 'k');
    if (object) object.acl = { ...object.acl, Grants: object.acl.Grants?.toReversed() };
    expect(await acl.isInDesiredState(row('k'))).toBe(true);
  });

  const owned: ObjectAcl = {
    Owner: OWNER,
    Grants: [{ Grantee: { Type: 'CanonicalUser', ID: OWNER.ID }, Permission: 'FULL_CONTROL' }],
  };
  test.each<[what: string, acl: ObjectAcl]>([
    [
      'another permission',
      { ...owned, Grants: [{ Grantee: { Type: 'CanonicalUser', ID: OWNER.ID }, Permission: 'READ' }] },
    ],
    [
      'another grantee',
      { ...owned, Grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'someone' }, Permission: 'FULL_CONTROL' }] },
    ],
    [
      'a grant more',
      {
        ...owned,
        Grants: [...(owned.Grants ?? []), { Grantee: { Type: 'CanonicalUser', ID: 'x' }, Permission: 'READ' }],
      },
    ],
    ['no grant', { ...owned, Grants: [] }],
    ['another owner', { ...owned, Owner: { ID: 'someone' } }],
    ['no owner', { Grants: owned.Grants }],
  ])('%s is not the same', async (_what, acl) => {
    for (const policy of [list(grant('id', OWNER.ID, 'FULL_CONTROL')), canned('private')]) {
      const { store, acl: operation } = world(policy);
      const object = store.peek('b', 'k');
      expect(await operation.isInDesiredState(row('k'))).toBe(true);
      if (object) object.acl = acl;
      expect(await operation.isInDesiredState(row('k'))).toBe(false);
    }
  });

  test('an e-mail address is set again: stores keep the id of its account', async () => {
    const { acl } = world(list(grant('emailAddress', 'xyz@example.com', 'READ')));
    await acl.perform(row('k'));
    expect(await acl.isInDesiredState(row('k'))).toBe(false);
  });
});
