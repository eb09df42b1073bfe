import { type Setup, SOURCE } from '../setup';

const ID = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const GRANT = { Grantee: { TypeIdentifier: 'id', Identifier: ID }, Permission: 'READ' };

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'putObjectAcl',
  done: ({ store }, task) =>
    store
      .peek(task.bucket, task.key, task.versionId)
      ?.acl.Grants?.some(({ Grantee }) => Grantee?.URI?.endsWith('/AllUsers') === true) ?? false,
  invalid: [
    [{}, 'AccessControlPolicy'],
    [{ AccessControlPolicy: {} }, 'AccessControlPolicy'],
    [
      { AccessControlPolicy: { CannedAccessControlList: 'private', AccessControlList: { Owner: { ID }, Grants: [] } } },
      'AccessControlPolicy',
    ],
    [
      { AccessControlPolicy: { CannedAccessControlList: 'log-delivery-write' } },
      'AccessControlPolicy.CannedAccessControlList',
    ],
    [
      { AccessControlPolicy: { AccessControlList: { Grants: [GRANT] } } },
      'AccessControlPolicy.AccessControlList.Owner',
    ],
    [
      { AccessControlPolicy: { AccessControlList: { Owner: { DisplayName: 'me' }, Grants: [GRANT] } } },
      'AccessControlPolicy.AccessControlList.Owner.ID',
    ],
    [
      { AccessControlPolicy: { AccessControlList: { Owner: { ID }, Grants: [{ ...GRANT, Permission: 'DELETE' }] } } },
      'AccessControlPolicy.AccessControlList.Grants.0.Permission',
    ],
    [
      {
        AccessControlPolicy: { AccessControlList: { Owner: { ID }, Grants: Array.from({ length: 101 }, () => GRANT) } },
      },
      'AccessControlPolicy.AccessControlList.Grants',
    ],
  ],
};
