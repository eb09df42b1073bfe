/**
 * Goal: what a run has done that was killed is no failure: wherever it is killed, the next run leaves the objects as one run
 * without interruption would, and its row says so. Method: operations and pipelines on the in-memory store, killed at each of
 * their requests in turn, before and after its effect, and carried out again.
 */
import type { Task } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { MemoryFunctions, results } from '../../../support/memory-store/functions';
import { MemoryStore } from '../../../support/memory-store/store';
import { Survivors } from '../../../support/mortal-run';

const archive = { TargetResource: 'arn:aws:s3:::archive' };
const elsewhere = { TargetResource: 'arn:aws:s3:::elsewhere' };
const itself = { TargetResource: 'arn:aws:s3:::b' };
const KMS = {
  SSEKMS: { KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab' },
};

const copy = { S3PutObjectCopy: archive };
const verify = { S3VerifyObject: { Against: archive } };
const same = { S3VerifyObject: { SizeBytes: 4 } };
const remove = { S3DeleteObject: {} };
const removeSource = { ...remove, AppliesTo: 'Source' };
const call = { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' } };
const tags = (state: string): JsonObject[] => [{ Key: 'state', Value: state }];
const tag = (state: string): JsonObject => ({ S3PutObjectTagging: { TagSet: tags(state) } });
const tagged = (state: string): JsonObject => ({ MatchAllTags: tags(state) });

interface World {
  readonly versioned?: boolean;
  readonly storageClass?: string;
  readonly lastModified?: Date;
  /** UpdateObjectEncryption is known. */
  readonly updatesEncryption?: boolean;
  /** Lies at the target before the job. */
  readonly target?: string;
  readonly named?: true;
}

function worldOf(given: World): { readonly survivors: Survivors; readonly task: Task } {
  const store = new MemoryStore({ updatesEncryption: given.updatesEncryption ?? true });
  for (const name of ['b', 'archive', 'elsewhere']) {
    store.createBucket(name, { versioned: given.versioned === true && name === 'b' });
  }
  const { storageClass, lastModified = new Date('2025-06-01T00:00:00Z') } = given;
  const seed = { tags: [{ Key: 'state', Value: 'new' }], metadata: { a: 'b' }, ...(storageClass && { storageClass }) };
  if (given.versioned && !given.named) store.seed('b', 'x/k', 'older', { lastModified });
  const { versionId } = store.seed('b', 'x/k', 'text', { ...seed, lastModified });
  if (given.target) store.seed('archive', given.target, 'text', { ...seed, lastModified });
  const functions = new MemoryFunctions();
  functions.handler = (request) =>
    store.peek('b', 'x/k') ? results(request, 'Succeeded', 'seen') : results(request, 'PermanentFailure', 'no object');
  const task = { bucket: 'b', key: 'x/k', manifestKey: 'x/k', row: 3, ...(given.named && { versionId }) };
  return { survivors: new Survivors(store, functions), task };
}

/** What can be seen of the objects from outside. */
function seen({ store }: Survivors): unknown {
  return ['b', 'archive', 'elsewhere'].map((bucket) =>
    store.keys(bucket).map((key) => {
      const { body, tags: of, metadata, storageClass, encryption, restore } = store.peek(bucket, key)!;
      return { bucket, key, body: body.toString(), tags: of, metadata, storageClass, encryption, days: restore?.days };
    }),
  );
}

const pipeline = (...Steps: JsonObject[]): JsonObject => ({ Pipeline: { Steps } });

const cases: [name: string, element: JsonObject, world?: World][] = [
  ['copy, compare, delete the source', pipeline(copy, verify, removeSource)],
  ['the same with versions', pipeline(copy, verify, removeSource), { versioned: true }],
  ['the same of a version', pipeline(copy, verify, removeSource), { versioned: true, named: true }],
  ['delete what is as expected', pipeline(same, remove)],
  ['tag and delete, with versions', pipeline(tag('last'), remove), { versioned: true }],
  ['call and delete', pipeline(call, remove)],
  [
    'delete and look whether it is gone',
    pipeline(copy, removeSource, { S3VerifyObject: { Exists: false }, AppliesTo: 'Source' }),
  ],
  [
    'delete all versions',
    pipeline(copy, { S3DeleteObject: { AllVersions: true }, AppliesTo: 'Source' }),
    { versioned: true },
  ],
  ['tag, move, look', pipeline(tag('moved'), { S3MoveObject: archive }, same)],
  [
    'tag, move to where others may go',
    pipeline(tag('moved'), { S3MoveObject: { ...archive, TargetKey: '{basename}' } }, same),
  ],
  ['move, tag, copy', pipeline({ S3MoveObject: archive }, tag('moved'), { S3PutObjectCopy: elsewhere })],
  ['copy, move the copy, tag it', pipeline(copy, { S3MoveObject: elsewhere }, tag('twice'))],
  ['copy, look at the copy, delete it', pipeline(copy, verify, remove), { versioned: true }],
  ['copy, delete the copy, delete the source', pipeline(copy, remove, removeSource)],
  ['undelete what is there, copy, delete', pipeline({ S3UndeleteObject: {} }, copy, removeSource), { versioned: true }],
  [
    'skip what is done',
    pipeline({ ...copy, SkipIfInDesiredState: true }, { ...removeSource, SkipIfInDesiredState: true }),
  ],
  ['steps with conditions', pipeline({ ...copy, When: tagged('new') }, { ...removeSource, When: tagged('new') })],
  [
    'a condition for the copy that a later step ends',
    pipeline({ ...copy, When: tagged('new') }, { ...tag('old'), AppliesTo: 'Source' }, tag('copy')),
  ],
  [
    'a condition for the copy, and the source deleted by another',
    pipeline(
      { ...copy, When: tagged('new') },
      { ...tag('old'), AppliesTo: 'Source' },
      { ...removeSource, When: tagged('old') },
    ),
  ],
  ['a condition of all that a step ends', { ...pipeline(tag('done'), copy, removeSource), When: tagged('new') }],
  ['the same without a delete', { ...pipeline(tag('done'), copy, tag('copy')), When: tagged('new') }],
  [
    'a condition on what new metadata change',
    {
      ...pipeline({ S3PutObjectMetadata: { UserMetadata: { a: 'c' } } }, copy, tag('copy')),
      When: { CreatedBefore: '2025-12-01T00:00:00Z', MatchAllMetadata: { a: 'b' } },
    },
  ],
  ['a condition, and nothing but a delete', { ...pipeline(remove), When: tagged('new') }],
  [
    'a condition, and a delete first',
    { ...pipeline(remove, { S3VerifyObject: { Exists: false } }), When: tagged('new') },
  ],
  ['a condition, and a move first', { ...pipeline({ S3MoveObject: archive }, tag('moved')), When: tagged('new') }],
  ['a delete', remove],
  ['a delete under a condition', { ...remove, When: tagged('new') }, { versioned: true }],
  ['tags under a condition that they end', { ...tag('done'), When: tagged('new') }],
  ['a move', { S3MoveObject: archive }],
  ['a move of a version', { S3MoveObject: archive }, { versioned: true, named: true }],
  ['a move to where others may go', { S3MoveObject: { ...archive, TargetKey: '{basename}' } }],
  ['a move to what was there', { S3MoveObject: archive }, { target: 'x/k' }],
  ['a move under a condition', { S3MoveObject: archive, When: tagged('new') }, { target: 'x/k' }],
  ['a copy', copy],
  ['a copy onto itself that archives', { S3PutObjectCopy: { ...itself, StorageClass: 'GLACIER' } }],
  [
    'one that must not be changed meanwhile',
    { S3PutObjectCopy: { ...itself, StorageClass: 'STANDARD_IA', UnModifiedSinceConstraint: '2025-12-01T00:00:00Z' } },
  ],
  ['archive and tag', pipeline({ S3PutObjectCopy: { ...itself, StorageClass: 'GLACIER' } }, tag('cold'))],
  [
    'new metadata of a version',
    { S3PutObjectMetadata: { UserMetadata: { a: 'c' } } },
    { versioned: true, named: true },
  ],
  [
    'new metadata of a version, looked at first',
    { S3PutObjectMetadata: { UserMetadata: { a: 'c' } }, SkipIfInDesiredState: true },
    { versioned: true, named: true },
  ],
  [
    'new encryption of a version, by a copy',
    { S3UpdateObjectEncryption: { ObjectEncryption: KMS } },
    { versioned: true, named: true, updatesEncryption: false },
  ],
  ['a restore', { S3InitiateRestoreObject: { ExpirationInDays: 3 } }, { storageClass: 'GLACIER' }],
  [
    'tag and restore',
    pipeline(tag('warm'), { S3InitiateRestoreObject: { ExpirationInDays: 3 } }),
    { storageClass: 'GLACIER' },
  ],
];

test.each(cases)('%s', async (_name, element, world = {}) => {
  const whole = worldOf(world);
  expect(await whole.survivors.run(element, whole.task)).toMatchObject({ status: 'succeeded' });
  const expected = seen(whole.survivors);
  let killed = 0;
  for (let at = 1, ended = false; !ended; at += 1) {
    for (const effect of ['before', 'after'] as const) {
      const { survivors, task } = worldOf(world);
      const first = await survivors.run(element, task, { at, effect });
      ended = first !== undefined;
      if (ended) break;
      killed += 1;
      const again = await survivors.run(element, task);
      expect({ at, effect, again, seen: seen(survivors) }).toEqual({
        at,
        effect,
        again: expect.objectContaining({ status: 'succeeded' }),
        seen: expected,
      });
    }
  }
  expect(killed).toBeGreaterThan(0);
});

test.each(cases.filter(([name]) => name.includes('source')))('%s: killed twice', async (_name, element, world = {}) => {
  const whole = worldOf(world);
  await whole.survivors.run(element, whole.task);
  const expected = seen(whole.survivors);
  for (let at = 5; at < 12; at += 1) {
    for (let second = 1; second < 12; second += 3) {
      const { survivors, task } = worldOf(world);
      let row = await survivors.run(element, task, { at, effect: 'after' });
      row ??= await survivors.run(element, task, { at: second, effect: 'after' });
      row ??= await survivors.run(element, task);
      expect({ at, second, row, seen: seen(survivors) }).toEqual({
        at,
        second,
        row: expect.objectContaining({ status: 'succeeded' }),
        seen: expected,
      });
    }
  }
});
