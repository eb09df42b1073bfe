import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import type { At, Side } from '../../support/servers/store-matrix';
import { rowOf, seen, WORKS } from './seen';
import type { OperationSpec, StoreCase } from './spec';

const DELETE = 'S3DeleteObject';
const UNDELETE = 'S3UndeleteObject';

export const DELETING: readonly OperationSpec[] = [
  {
    operation: DELETE,
    parameters: () => ({}),
    done: isGone,
    expected: { effect: 'yes', olderVersion: 'yes', missingKey: 'yes', secondRun: 'yes', oddKeys: 'yes' },
  },
  {
    operation: UNDELETE,
    parameters: () => ({}),
    bucket: 'versions',
    prepare: async (side, { Bucket, Key }) => {
      await side.client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    done: async (side, { Bucket, Key }) => {
      await side.client.send(new GetObjectCommand({ Bucket, Key }));
      return true;
    },
    expected: {
      effect: 'yes',
      olderVersion: '400 InvalidRequest',
      missingKey: '404 NoSuchKey',
      secondRun: 'yes',
      oddKeys: 'yes',
    },
  },
];

export const DELETE_CASES: readonly StoreCase[] = [
  {
    operation: DELETE,
    what: 'odd keys and a missing one in one request',
    run: async (side) => {
      const Bucket = side.bucket('plain');
      const keys = await side.holdableKeys();
      for (const key of keys) await side.put(Bucket, key, key);
      const places = [...keys, 'nowhere'].map((Key) => ({ Bucket, Key }));
      const outcomes = await side.performGroup({ [DELETE]: {} }, places);
      const rows = new Set(outcomes.map(rowOf));
      if (rows.size > 1 || !rows.has(WORKS)) return [...rows].join(', ');
      const gone = await Promise.all(places.map((at) => isGone(side, at)));
      return gone.every(Boolean) ? WORKS : 'no effect';
    },
    expected: 'yes',
  },
  {
    operation: DELETE,
    what: 'behind a delete marker',
    run: async (side) => {
      const at = { Bucket: side.bucket('versions'), Key: `${DELETE}/marker.txt` };
      const VersionId = await side.put(at.Bucket, at.Key, 'x');
      const outcome = await side.perform({ [DELETE]: {} }, at);
      return seen(outcome, async () => (await isGone(side, at)) && !(await isGone(side, { ...at, VersionId })));
    },
    expected: 'yes',
  },
  {
    operation: DELETE,
    what: 'AllVersions',
    run: async (side) => {
      const at = { Bucket: side.bucket('versions'), Key: `${DELETE}/all.txt` };
      for (const body of ['1', '2']) await side.put(at.Bucket, at.Key, body);
      await side.client.send(new DeleteObjectCommand(at));
      await side.put(at.Bucket, at.Key, '3');
      await side.put(at.Bucket, `${at.Key}2`, 'a longer key');
      const outcome = await side.perform({ [DELETE]: { AllVersions: true } }, at);
      return seen(outcome, async () => (await historyOf(side, at)) === 'a longer key');
    },
    expected: 'yes',
  },
  {
    operation: UNDELETE,
    what: 'several delete markers, and versions between them',
    run: async (side) => {
      const at = { Bucket: side.bucket('versions'), Key: `${UNDELETE}/markers.txt` };
      const versions: At[] = [];
      for (const body of ['1', '2', undefined, '3', undefined, undefined]) {
        if (body === undefined) await side.client.send(new DeleteObjectCommand(at));
        else versions.push({ ...at, VersionId: await side.put(at.Bucket, at.Key, body) });
      }
      const outcome = await side.perform({ [UNDELETE]: {} }, at);
      return seen(outcome, async () => {
        const bodies = await Promise.all([at, ...versions].map((one) => bodyOf(side, one)));
        return bodies.join() === '3,1,2,3';
      });
    },
    expected: 'yes',
  },
  {
    operation: DELETE,
    what: 'a retained version',
    run: async (side) => {
      const at = await retained(side, 'retained.txt');
      return seen(await side.perform({ [DELETE]: {} }, at), () => isGone(side, at));
    },
    expected: '403 AccessDenied',
  },
  {
    operation: DELETE,
    what: 'a retained version, BypassGovernanceRetention',
    run: async (side) => {
      const at = await retained(side, 'bypassed.txt');
      const outcome = await side.perform({ [DELETE]: { BypassGovernanceRetention: true } }, at);
      return seen(outcome, () => isGone(side, at));
    },
    expected: 'yes',
  },
];

async function bodyOf(side: Side, at: At): Promise<string | undefined> {
  const { Body } = await side.client.send(new GetObjectCommand(at));
  return Body?.transformToString();
}

async function isGone(side: Side, at: At): Promise<boolean> {
  try {
    await side.client.send(new HeadObjectCommand(at));
    return false;
  } catch (error) {
    const { httpStatusCode } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
    if (httpStatusCode === 404) return true;
    throw error;
  }
}

/** `a longer key` when nothing is left of the key itself, nor more than there was of the one that begins alike. */
async function historyOf(side: Side, { Bucket, Key }: At): Promise<string> {
  const listed = await side.client.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
  const keys = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])].map((version) => version.Key);
  return keys.length === 1 && keys[0] === `${Key}2` ? 'a longer key' : keys.join(', ');
}

async function retained(side: Side, name: string): Promise<At> {
  const at = { Bucket: side.bucket('locked'), Key: `${DELETE}/${name}` };
  const VersionId = await side.put(at.Bucket, at.Key, 'x', {
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date(Date.now() + 3_600_000),
  });
  if (VersionId === undefined) throw new Error(`${side.name} keeps no versions in ${at.Bucket}`);
  return { ...at, VersionId };
}
