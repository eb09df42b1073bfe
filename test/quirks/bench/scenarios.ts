/** What operations are tried with: the examples of the registry, and where one shows little, more of the same operation. */
import type { Task } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { OPERATIONS } from '../../../operations';
import { isOfArchives } from '../../../operations/describe';
import type { BucketOptions, MemoryObject, ObjectSeed } from '../../support/memory-store/bucket';
import type { QuirkKind } from '../../support/quirks';
import { type QuirkBench, rowOf, SOURCE, TARGET } from './quirk-bench';

export const KEY = 'reports/2026.txt';
const BODY = 'what the report says';

export interface Scenario {
  /** Unique. */
  readonly title: string;
  readonly element: JsonObject;
  readonly bucket?: BucketOptions;
  readonly object?: ObjectSeed;
  readonly body?: string;
  /** After the object and its bystanders are there. */
  readonly arrange?: (bench: QuirkBench, object: MemoryObject) => void;
  readonly inGroup?: true;
  readonly apart?: true;
  /** Tried on quirks of this kind alone. */
  readonly kind?: QuirkKind;
}

type More = Omit<Scenario, 'title' | 'element'>;

/** What an operation needs for an example to have an effect. */
const NEEDS: Readonly<Record<string, More>> = {
  S3InitiateRestoreObject: { object: { storageClass: 'GLACIER' } },
  S3PutObjectLegalHold: { bucket: { objectLock: true } },
  S3PutObjectRetention: { bucket: { objectLock: true } },
  S3PutObjectMetadata: {
    object: { headers: { ContentType: 'text/plain', ContentLanguage: 'de' }, metadata: { draft: 'yes', kept: 'too' } },
  },
  S3VerifyObject: { arrange: sameInTarget },
  S3UndeleteObject: {
    bucket: { versioned: true },
    arrange: ({ here }) => void here.seedDeleteMarker(SOURCE, KEY),
  },
  S3ReplicateObject: { arrange: replicates },
};

const TargetResource = `arn:aws:s3:::${TARGET}`;
const VERSIONED: More = { bucket: { versioned: true }, arrange: newerVersions };

/** Beside the examples. */
const MORE: readonly Scenario[] = [
  { title: 'S3DeleteObject of several', element: { S3DeleteObject: {} }, inGroup: true },
  { title: 'S3DeleteObject where versions are kept', element: { S3DeleteObject: {} }, ...VERSIONED },
  { title: 'S3DeleteObject AllVersions', element: { S3DeleteObject: { AllVersions: true } }, ...VERSIONED },
  {
    title: 'S3DeleteObject AllVersions among siblings',
    element: { S3DeleteObject: { AllVersions: true } },
    bucket: { versioned: true },
    arrange: siblings,
  },
  {
    title: 'S3UndeleteObject among siblings',
    element: { S3UndeleteObject: {} },
    bucket: { versioned: true },
    arrange: siblings,
  },
  {
    title: 'S3DeleteObject When smaller',
    element: { S3DeleteObject: {}, When: { ObjectSizeLessThanBytes: 1 } },
  },
  {
    title: 'S3DeleteObject When older',
    element: { S3DeleteObject: {}, When: { CreatedBefore: '2025-01-01T00:00:00Z' } },
  },
  {
    title: 'S3DeleteObject When tagged otherwise',
    element: { S3DeleteObject: {}, When: { MatchAllTags: [{ Key: 'before', Value: 'no' }] } },
  },
  {
    title: 'S3MoveObject onto another object',
    element: { S3MoveObject: { TargetResource } },
    arrange: ({ there }) => void there.seed(TARGET, KEY, 'what another one said.'),
  },
  {
    title: 'S3MoveObject with metadata',
    element: { S3MoveObject: { TargetResource } },
    object: { metadata: { author: 'somebody' }, headers: { CacheControl: 'max-age=60', ContentType: 'text/plain' } },
  },
  {
    title: 'S3MoveObject OVERWRITE',
    element: { S3MoveObject: { TargetResource, IfTargetExists: 'OVERWRITE' } },
    arrange: ({ there }) =>
      void there.seed(TARGET, KEY, 'what another one said', { lastModified: new Date('2025-01-01') }),
  },
  {
    title: 'S3PutObjectCopy NewObjectTagging',
    element: { S3PutObjectCopy: { TargetResource, NewObjectTagging: [{ Key: 'new', Value: 'tag' }] } },
  },
  {
    title: 'S3PutObjectCopy canned ACL',
    element: { S3PutObjectCopy: { TargetResource, CannedAccessControlList: 'public-read' } },
  },
  {
    title: 'S3PutObjectCopy lock',
    element: {
      S3PutObjectCopy: {
        TargetResource,
        ObjectLockLegalHoldStatus: 'ON',
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: '2036-01-01T00:00:00Z',
      },
    },
    bucket: { objectLock: true },
  },
  { title: 'S3VerifyObject size', element: { S3VerifyObject: { SizeBytes: 0 } } },
  {
    title: 'S3VerifyObject Against other content',
    element: { S3VerifyObject: { Against: { TargetResource, Compare: ['Content'] } } },
    arrange: ({ there }) => void there.seed(TARGET, KEY, 'what another one says'.slice(0, BODY.length)),
  },
  {
    title: 'S3VerifyObject Against other size',
    element: { S3VerifyObject: { Against: { TargetResource, Compare: ['Size'] } } },
    arrange: ({ there }) => void there.seed(TARGET, KEY, 'longer than the other one is'),
  },
  {
    title: 'S3VerifyObject Against other tags',
    element: { S3VerifyObject: { Against: { TargetResource, Compare: ['Tags'] } } },
    arrange: ({ there }) => void there.seed(TARGET, KEY, BODY, { tags: [{ Key: 'another', Value: 'tag' }] }),
  },
];

function examples(): Scenario[] {
  return OPERATIONS.filter((operation) => !isOfArchives(operation)).flatMap(({ name, examples: all }) =>
    all.map(({ parameters }, index) => ({
      title: `${name} ${index + 1}`,
      element: { [name]: parameters },
      ...NEEDS[name],
      ...(name === 'S3DeleteObject' && parameters['BypassGovernanceRetention'] && { bucket: { objectLock: true } }),
      ...(name === 'S3VerifyObject' && { object: { headers: { ContentType: 'application/json' } } }),
    })),
  );
}

/** The calls are the same as those of the operation alone: what matters is that none of them goes out unproven. */
function asSteps(scenarios: readonly Scenario[]): Scenario[] {
  return scenarios
    .filter(({ title }) => title.endsWith(' 1') && !title.startsWith('S3Verify'))
    .map((scenario) => ({
      ...scenario,
      title: `${scenario.title}, as a step`,
      element: { Pipeline: { Steps: [scenario.element] } },
      kind: 'A',
    }));
}

/** Those that have a target run once more with the target in another store. */
function withApart(scenarios: readonly Scenario[]): Scenario[] {
  return scenarios.flatMap((scenario) =>
    JSON.stringify(scenario.element).includes(TARGET) || 'S3ReplicateObject' in scenario.element
      ? [scenario, { ...scenario, title: `${scenario.title}, apart`, apart: true as const }]
      : [scenario],
  );
}

export const SCENARIOS: readonly Scenario[] = [...withApart([...examples(), ...MORE]), ...asSteps(examples())];

/** Everything in place; resolves with the rows. */
export function arranged(
  bench: QuirkBench,
  scenario: Scenario,
  object: ObjectSeed & { readonly body?: Buffer } = {},
): Task[] {
  const { bucket = {} } = scenario;
  bench.here.createBucket(SOURCE, bucket);
  bench.there.createBucket(TARGET, bucket);
  const { body, ...seed } = { ...scenario.object, ...object };
  const tags = [
    { Key: 'before', Value: 'yes' },
    { Key: 'reviewed', Value: 'yes' },
  ];
  const keys = scenario.inGroup ? [KEY, 'reports/2027.txt', 'reports/2028.txt'] : [KEY];
  for (const key of keys) bench.here.seed(SOURCE, key, body ?? scenario.body ?? BODY, { tags, ...seed });
  for (const [store, name] of [
    [bench.here, SOURCE],
    [bench.there, TARGET],
  ] as const) {
    store.seed(name, 'bystander', 'not in the manifest', { tags, metadata: { by: 'stander' } });
  }
  const seeded = bench.here.peek(SOURCE, KEY);
  if (seeded) scenario.arrange?.(bench, seeded);
  return keys.map((key, row) => rowOf(key, SOURCE, row));
}

function sameInTarget({ there }: QuirkBench, { body, tags, metadata, headers }: MemoryObject): void {
  there.seed(TARGET, `y2026/${KEY}`, body, { tags, metadata, headers });
}

function replicates({ here }: QuirkBench): void {
  const Destination = { Bucket: `arn:aws:s3:::${TARGET}` };
  here.setReplication(SOURCE, [{ ID: 'all', Status: 'Enabled', Priority: 1, Filter: {}, Destination }]);
}

function newerVersions({ here }: QuirkBench): void {
  here.seed(SOURCE, KEY, 'a newer version');
  here.seed(SOURCE, KEY, 'the newest version');
}

/** More keys that begin with the key than a page holds. */
function siblings({ here }: QuirkBench): void {
  here.seed(SOURCE, KEY, 'a newer version');
  here.seedDeleteMarker(SOURCE, KEY);
  for (let number = 100; number < 250; number += 1) here.seed(SOURCE, `${KEY}-${number}`, 's');
}
