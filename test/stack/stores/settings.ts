import {
  GetObjectAclCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockRetentionMode,
} from '@aws-sdk/client-s3';
import type { At, Side } from '../../support/servers/store-matrix';
import { seen } from './seen';
import type { OperationSpec, StoreCase } from './spec';

const ACL = 'S3PutObjectAcl';
const HOLD = 'S3PutObjectLegalHold';
const RETENTION = 'S3PutObjectRetention';

const UNTIL = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000);
const EVERYWHERE = {
  effect: 'yes',
  olderVersion: 'yes',
  missingKey: '404 NoSuchKey',
  secondRun: 'yes',
  oddKeys: 'yes',
} as const;
const NO_ACLS = { SeaweedFS: 'yes', versitygw: '501 NotImplemented', moto: 'yes' };

export const SETTINGS: readonly OperationSpec[] = [
  {
    operation: ACL,
    parameters: () => ({ AccessControlPolicy: { CannedAccessControlList: 'public-read' } }),
    done: (side, at) => grants(side, at, 'READ', 'http://acs.amazonaws.com/groups/global/AllUsers'),
    expected: {
      effect: NO_ACLS,
      olderVersion: { ...NO_ACLS, moto: 'no effect, but the newest version is changed' },
      missingKey: { SeaweedFS: '404 NoSuchKey', versitygw: '501 NotImplemented', moto: '404 NoSuchKey' },
      secondRun: NO_ACLS,
      oddKeys: NO_ACLS,
    },
  },
  {
    operation: HOLD,
    parameters: () => ({ LegalHold: { Status: 'ON' } }),
    bucket: 'locked',
    versionsIn: 'locked',
    done: async (side, at) => {
      const { LegalHold } = await side.client.send(new GetObjectLegalHoldCommand(at));
      return LegalHold?.Status === 'ON';
    },
    expected: {
      ...EVERYWHERE,
      missingKey: { SeaweedFS: '500 InternalError', versitygw: '404 NoSuchKey', moto: '500 InternalError' },
    },
  },
  {
    operation: RETENTION,
    parameters: () => ({ Retention: { Mode: 'GOVERNANCE', RetainUntilDate: UNTIL.toISOString() } }),
    bucket: 'locked',
    versionsIn: 'locked',
    done: (side, at) => isRetained(side, at, 'GOVERNANCE'),
    expected: {
      ...EVERYWHERE,
      missingKey: { SeaweedFS: '404 NoSuchKey', versitygw: '404 NoSuchKey', moto: '500 InternalError' },
    },
  },
];

export const SETTING_CASES: readonly StoreCase[] = [
  {
    operation: ACL,
    what: 'grants by id and group',
    run: async (side) => {
      const at = await seed(side, ACL, 'plain', 'grants.txt');
      const owner = await side.client.send(new GetObjectAclCommand(at)).catch(() => undefined);
      const id = owner?.Owner?.ID ?? 'nobody';
      const uri = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
      const Grants = [
        { Grantee: { TypeIdentifier: 'id', Identifier: id }, Permission: 'FULL_CONTROL' },
        { Grantee: { TypeIdentifier: 'uri', Identifier: uri }, Permission: 'READ' },
      ];
      const given = { AccessControlPolicy: { AccessControlList: { Owner: { ID: id }, Grants } } };
      const outcome = await side.perform({ [ACL]: given }, at);
      return seen(outcome, () => grants(side, at, 'READ', uri));
    },
    expected: { ...NO_ACLS, moto: 'no effect' },
  },
  {
    operation: HOLD,
    what: 'a bucket without Object Lock',
    run: async (side) => {
      const at = await seed(side, HOLD, 'plain', 'unlocked.txt');
      const outcome = await side.perform({ [HOLD]: { LegalHold: { Status: 'ON' } } }, at);
      return seen(outcome, () => Promise.resolve(outcome.status === 'succeeded'));
    },
    expected: '400 InvalidRequest',
  },
  {
    operation: HOLD,
    what: 'OFF',
    run: async (side) => {
      const at = await seed(side, HOLD, 'locked', 'off.txt');
      for (const Status of ['ON', 'OFF']) {
        const outcome = await side.perform({ [HOLD]: { LegalHold: { Status } } }, at);
        if (outcome.status === 'failed') return seen(outcome, () => Promise.resolve(false));
      }
      const { LegalHold } = await side.client.send(new GetObjectLegalHoldCommand(at));
      return LegalHold?.Status === 'OFF' ? 'yes' : 'no effect';
    },
    expected: 'yes',
  },
  {
    operation: RETENTION,
    what: 'removed with BypassGovernanceRetention',
    run: async (side) => {
      const at = await seed(side, RETENTION, 'locked', 'removed.txt', 'GOVERNANCE');
      const outcome = await side.perform({ [RETENTION]: { Retention: {}, BypassGovernanceRetention: true } }, at);
      return seen(outcome, async () => !(await isRetained(side, at, 'GOVERNANCE')));
    },
    expected: { SeaweedFS: '400 InvalidRequest', versitygw: '400 InvalidArgument', moto: 'yes' },
  },
  {
    operation: RETENTION,
    what: 'COMPLIANCE shortened',
    run: async (side) => {
      const at = await seed(side, RETENTION, 'locked', 'shortened.txt', 'COMPLIANCE');
      const RetainUntilDate = new Date(UNTIL.getTime() - 1_800_000).toISOString();
      const given = { Retention: { Mode: 'COMPLIANCE', RetainUntilDate }, BypassGovernanceRetention: true };
      const outcome = await side.perform({ [RETENTION]: given }, at);
      return seen(outcome, async () => !(await isRetained(side, at, 'COMPLIANCE')));
    },
    // moto does not guard what it keeps.
    expected: { SeaweedFS: '403 AccessDenied', versitygw: '403 AccessDenied', moto: 'yes' },
  },
];

async function grants(side: Side, at: At, permission: string, grantee: string): Promise<boolean> {
  const { Grants = [] } = await side.client.send(new GetObjectAclCommand(at));
  return Grants.some(({ Grantee, Permission }) => Permission === permission && Grantee?.URI === grantee);
}

async function isRetained(side: Side, at: At, mode: ObjectLockRetentionMode): Promise<boolean> {
  if (side.name === 'moto') {
    // No client can read what moto answers to GetObjectRetention.
    const head = await side.client.send(new HeadObjectCommand(at));
    return head.ObjectLockMode === mode && head.ObjectLockRetainUntilDate?.getTime() === UNTIL.getTime();
  }
  const { Retention } = await side.client.send(new GetObjectRetentionCommand(at));
  return Retention?.Mode === mode && Retention.RetainUntilDate?.getTime() === UNTIL.getTime();
}

async function seed(
  side: Side,
  operation: string,
  kind: 'plain' | 'locked',
  name: string,
  ObjectLockMode?: ObjectLockRetentionMode,
): Promise<At> {
  const at = { Bucket: side.bucket(kind), Key: `${operation}/${name}` };
  const lock = ObjectLockMode === undefined ? {} : { ObjectLockMode, ObjectLockRetainUntilDate: UNTIL };
  await side.put(at.Bucket, at.Key, name, lock);
  return at;
}
