import { z } from 'zod';
import { defined } from '../contracts/defined';
import type { ObjectAcl, PutObjectAclInput } from '../storage/object-store';
import { type CannedAcl, cannedAcl, grantee } from './common/access-control';
import { askObject, changeObject } from './common/on-object';
import { defaultPlan } from './common/plan';
import { defineOperation } from './operation';

const NAME = 'S3PutObjectAcl';

/** "An ACL can have up to 100 grants" (S3 user guide, "Access control list (ACL) overview"). */
const GRANTS_MAX = 100;

const label = z.string().min(1).max(1_024);

const accessControlList = z.strictObject({
  Owner: z.strictObject({
    ID: label.describe('Canonical user id of the object owner; S3 takes no ACL without it.'),
    DisplayName: label.optional(),
  }),
  Grants: z
    .array(
      z.strictObject({
        Grantee: grantee,
        Permission: z.enum(['FULL_CONTROL', 'READ', 'WRITE', 'READ_ACP', 'WRITE_ACP']),
      }),
    )
    .max(GRANTS_MAX, `an ACL has at most ${GRANTS_MAX} grants`)
    .optional()
    .describe(
      'All grants that the object has afterwards, the owner’s own included. S3 takes WRITE, which means nothing for an object.',
    ),
});

const accessControlPolicy = z
  .strictObject({
    CannedAccessControlList: cannedAcl.optional().describe('One of S3’s predefined ACLs.'),
    AccessControlList: accessControlList
      .optional()
      .describe(
        'Owner (ID) and Grants, each with Grantee (TypeIdentifier id, emailAddress or uri; Identifier) and Permission.',
      ),
  })
  .superRefine((given, context) => {
    const both = given.CannedAccessControlList !== undefined && given.AccessControlList !== undefined;
    const none = given.CannedAccessControlList === undefined && given.AccessControlList === undefined;
    const message = 'exactly one of CannedAccessControlList and AccessControlList must be given';
    if (both || none) context.addIssue({ code: 'custom', message });
  });

const parameters = z.strictObject({
  AccessControlPolicy: accessControlPolicy.describe('Either CannedAccessControlList or AccessControlList.'),
});

type Policy = z.infer<typeof accessControlPolicy>;
type Grant = NonNullable<NonNullable<Policy['AccessControlList']>['Grants']>[number];
type SdkGrantee = NonNullable<NonNullable<ObjectAcl['Grants']>[number]['Grantee']>;

/**
 * Replaces the ACL of each object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-put-object-acl.html
 *
 * A bucket with ACLs disabled accepts `bucket-owner-full-control` alone, and says so of anything else.
 */
export const putObjectAcl = defineOperation({
  name: NAME,
  summary: 'Replace the access control list (ACL) of each object',
  call: 'PutObjectAcl',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-put-object-acl.html',
  success: 'The object, or the version named in the row, has the given ACL and no other grants.',
  rerun:
    'Sets the same ACL again: no difference. The ACL is replaced as a whole: of two jobs at the same time the later request counts.',
  parameters,
  examples: [
    { title: 'A canned ACL', parameters: { AccessControlPolicy: { CannedAccessControlList: 'public-read' } } },
    {
      title: 'Another account may read',
      parameters: {
        AccessControlPolicy: {
          AccessControlList: {
            Owner: { ID: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' },
            Grants: [
              {
                Grantee: {
                  TypeIdentifier: 'id',
                  Identifier: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be',
                },
                Permission: 'FULL_CONTROL',
              },
              {
                Grantee: {
                  TypeIdentifier: 'id',
                  Identifier: 'c1daexampleaaf850ea79cf0430f33d72579fd1611c97f7ded193374c0b163b6',
                },
                Permission: 'READ',
              },
            ],
          },
        },
      },
    },
  ],
  withParameters: ({ AccessControlPolicy }) => ({
    plan: defaultPlan(NAME),
    bind(context) {
      const acl = requestOf(AccessControlPolicy);
      return changeObject(context, (store, at, options) => store.putObjectAcl({ ...at, ...acl }, options));
    },
    bindDesiredState(context) {
      const isWanted = comparison(AccessControlPolicy);
      return askObject(context, async (store, at, options) => isWanted(await store.getObjectAcl(at, options)));
    },
  }),
});

function requestOf(policy: Policy): Pick<PutObjectAclInput, 'ACL' | 'AccessControlPolicy'> {
  const { CannedAccessControlList: ACL, AccessControlList: list } = policy;
  if (list === undefined) return { ACL };
  const Grants = (list.Grants ?? []).map(({ Grantee, Permission }) => ({ Grantee: granteeOf(Grantee), Permission }));
  return { AccessControlPolicy: { Owner: list.Owner, Grants } };
}

/** API_Grantee: each kind of grantee is named by its own member. */
function granteeOf({ TypeIdentifier, Identifier, DisplayName }: Grant['Grantee']): SdkGrantee {
  switch (TypeIdentifier) {
    case 'id':
      return { Type: 'CanonicalUser', ID: Identifier, ...defined({ DisplayName }) };
    case 'emailAddress':
      return { Type: 'AmazonCustomerByEmail', EmailAddress: Identifier };
    case 'uri':
      return { Type: 'Group', URI: Identifier };
  }
}

const GROUPS = 'http://acs.amazonaws.com/groups/global';

/**
 * What a canned ACL grants beside FULL_CONTROL for the owner. Those that name another party, the bucket's owner or EC2, are
 * not here: an object's ACL alone does not tell who that is.
 */
const CANNED_GRANTS: Partial<Record<CannedAcl, readonly string[]>> = {
  private: [],
  'public-read': [`READ ${GROUPS}/AllUsers`],
  'public-read-write': [`READ ${GROUPS}/AllUsers`, `WRITE ${GROUPS}/AllUsers`],
  'authenticated-read': [`READ ${GROUPS}/AuthenticatedUsers`],
};

/** Never true for what can't be told from the ACL: then it is set again. */
function comparison(policy: Policy): (acl: ObjectAcl) => boolean {
  const { CannedAccessControlList: canned, AccessControlList: list } = policy;
  if (canned !== undefined) {
    const grants = CANNED_GRANTS[canned];
    return ({ Owner, Grants }) =>
      grants !== undefined &&
      Owner?.ID !== undefined &&
      sameMembers(namesOf(Grants), [`FULL_CONTROL ${Owner.ID}`, ...grants]);
  }
  const wanted = list?.Grants ?? [];
  // S3 keeps an e-mail address as the id of its account.
  if (list === undefined || wanted.some(({ Grantee }) => Grantee.TypeIdentifier === 'emailAddress')) return () => false;
  const names = wanted.map(({ Grantee, Permission }) => `${Permission} ${Grantee.Identifier}`);
  return ({ Owner, Grants }) => Owner?.ID === list.Owner.ID && sameMembers(namesOf(Grants), names);
}

function namesOf(grants: ObjectAcl['Grants']): string[] {
  return (grants ?? []).map(({ Grantee, Permission }) => {
    const name = Grantee?.ID ?? Grantee?.URI ?? Grantee?.EmailAddress ?? '';
    return `${Permission ?? ''} ${name}`;
  });
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some);
  return set.size === new Set(others).size && others.every((name) => set.has(name));
}
