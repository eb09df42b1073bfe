import type { At, BucketKind, Side } from '../../support/servers/store-matrix';
import { rowOf, seen } from './seen';
import type { OperationSpec, StoreCase } from './spec';

const NOTHING_YET = { status: 'failed', httpStatus: 0, errorCode: '', message: '' } as const;

/** The cases that every operation has. */
export function commonCases(spec: OperationSpec): StoreCase[] {
  const { operation, expected } = spec;
  return [
    { operation, what: 'effect', run: (side) => effect(spec, side), expected: expected.effect },
    { operation, what: 'older version', run: (side) => olderVersion(spec, side), expected: expected.olderVersion },
    { operation, what: 'missing key', run: (side) => missingKey(spec, side), expected: expected.missingKey },
    { operation, what: 'second run', run: (side) => secondRun(spec, side), expected: expected.secondRun },
    { operation, what: 'odd keys', run: (side) => oddKeys(spec, side), expected: expected.oddKeys },
  ];
}

async function effect(spec: OperationSpec, side: Side): Promise<string> {
  const at = await seed(spec, side, `${spec.operation}/effect.txt`);
  if (await spec.done(side, at, NOTHING_YET).catch(() => false)) return 'done before it was begun';
  return performAndLook(spec, side, at);
}

async function olderVersion(spec: OperationSpec, side: Side): Promise<string> {
  const key = `${spec.operation}/versions.txt`;
  const older = await seedVersion(spec, side, key, 'older body');
  const newer = await seedVersion(spec, side, key, 'newer body');
  const shown = await performAndLook(spec, side, older);
  const other = await spec.done(side, newer, NOTHING_YET).catch(() => false);
  return other ? `${shown}, but the newest version is changed` : shown;
}

async function missingKey(spec: OperationSpec, side: Side): Promise<string> {
  const at = { Bucket: side.bucket(spec.bucket ?? 'plain'), Key: `${spec.operation}/nowhere` };
  return rowOf(await side.perform(elementOf(spec, side), at));
}

async function secondRun(spec: OperationSpec, side: Side): Promise<string> {
  const at = await seed(spec, side, `${spec.operation}/twice.txt`);
  const first = await side.perform(elementOf(spec, side), at);
  if (first.status !== 'succeeded') return rowOf(first);
  return rowOf(await side.perform(elementOf(spec, side), at));
}

/** Only keys that the store takes from AWS's client. All of them must come out alike. */
async function oddKeys(spec: OperationSpec, side: Side): Promise<string> {
  const results = new Map<string, string>();
  for (const key of await side.holdableKeys()) {
    const shown = await performAndLook(spec, side, await seed(spec, side, key));
    if (!results.has(shown)) results.set(shown, key);
  }
  // The first key with each other result stands for all that have it.
  const [most = '', ...others] = results;
  return [most[0], ...others.map(([shown, key]) => `${shown}: ${JSON.stringify(key)}`)].join('; ');
}

function elementOf(spec: OperationSpec, side: Side): Parameters<Side['perform']>[0] {
  return { [spec.operation]: spec.parameters(side) };
}

async function performAndLook(spec: OperationSpec, side: Side, at: At): Promise<string> {
  const outcome = await side.perform(elementOf(spec, side), at);
  return seen(outcome, () => spec.done(side, at, outcome));
}

async function seed(spec: OperationSpec, side: Side, Key: string): Promise<At> {
  const at = { Bucket: side.bucket(spec.bucket ?? 'plain'), Key };
  await side.put(at.Bucket, Key, `${spec.operation} on ${Key}`, spec.put);
  await spec.prepare?.(side, at);
  return at;
}

async function seedVersion(spec: OperationSpec, side: Side, Key: string, body: string): Promise<At> {
  const kind: BucketKind = spec.versionsIn ?? 'versions';
  const Bucket = side.bucket(kind);
  const VersionId = await side.put(Bucket, Key, body, spec.put);
  if (VersionId === undefined) throw new Error(`${side.name} keeps no versions in ${Bucket}`);
  const at = { Bucket, Key, VersionId };
  await spec.prepare?.(side, at);
  return at;
}
