/**
 * Goal: a condition holds for the objects it describes and no others, asks the store no more than it must, and is refused
 * when it describes none. Method: objects in the in-memory store with settings of all kinds, each condition on each of them.
 */
import type { Task } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { compileCondition, condition, needsLook } from '../../../../operations/composing/condition';
import { elementParser } from '../../../../operations/composing/element-parser';
import { Look } from '../../../../operations/composing/look';
import { StoreError } from '../../../../storage/store-error';
import { FakeOperations } from '../../../support/fake-operations';
import type { ObjectSeed } from '../../../support/memory-store/bucket';
import { memoryRoleStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';

const CREATED_AT = new Date('2026-06-01T00:00:00Z');
const daysAgo = (days: number): Date => new Date(CREATED_AT.getTime() - days * 86_400_000);

const OBJECTS: Readonly<Record<string, ObjectSeed>> = {
  'logs/old.gz': { lastModified: daysAgo(100), size: 10 },
  'logs/month.gz': { lastModified: daysAgo(30), size: 1_000, storageClass: 'STANDARD_IA' },
  'data/new.csv': { lastModified: daysAgo(1), size: 5_000, metadata: { owner: 'ann', stage: 'raw' } },
  'data/tagged.csv': {
    lastModified: daysAgo(10),
    size: 0,
    metadata: { owner: 'bob' },
    tags: [
      { Key: 'team', Value: 'blue' },
      { Key: 'kind', Value: 'report' },
    ],
  },
};
const [OLD, MONTH, NEW, TAGGED] = Object.keys(OBJECTS) as [string, string, string, string];

function world(): MemoryStore {
  const store = new MemoryStore({ buckets: ['b'] });
  for (const [key, seed] of Object.entries(OBJECTS)) store.seed('b', key, 'x', seed);
  return store;
}

const taskOf = (key: string): Task => ({ bucket: 'b', key, manifestKey: key, row: 0 });

async function holding(given: JsonObject, store = world()): Promise<string[]> {
  const holds = compileCondition(condition.parse(given), CREATED_AT);
  const context = memoryRoleStores(store);
  const kept: string[] = [];
  for (const key of Object.keys(OBJECTS)) {
    if (await holds(new Look(taskOf(key), context, new AbortController().signal))) kept.push(key);
  }
  return kept;
}

test.each<[given: JsonObject, keys: string[]]>([
  [{ CreatedAfter: daysAgo(30).toISOString() }, [NEW, TAGGED]],
  [{ CreatedBefore: daysAgo(30).toISOString() }, [OLD]],
  [{ CreatedAfter: '2026-04-30T02:00:00+02:00', CreatedBefore: '2026-05-31T00:00:00Z' }, [MONTH, TAGGED]],
  [{ OlderThanDays: 30 }, [OLD]],
  [{ OlderThanDays: 9.5 }, [OLD, MONTH, TAGGED]],
  [{ YoungerThanDays: 10 }, [NEW]],
  [{ OlderThanDays: 5, YoungerThanDays: 50 }, [MONTH, TAGGED]],
  [{ ObjectSizeGreaterThanBytes: 10 }, [MONTH, NEW]],
  [{ ObjectSizeLessThanBytes: 10 }, [TAGGED]],
  [{ ObjectSizeGreaterThanBytes: 0, ObjectSizeLessThanBytes: 5_000 }, [OLD, MONTH]],
  [{ ObjectSizeLessThanBytes: 1 }, [TAGGED]],
  [{ MatchAnyStorageClass: ['STANDARD'] }, [OLD, NEW, TAGGED]],
  [{ MatchAnyStorageClass: ['GLACIER', 'STANDARD_IA'] }, [MONTH]],
  [{ MatchAllTags: [{ Key: 'team', Value: 'blue' }] }, [TAGGED]],
  [{ MatchAllTags: [{ Key: 'team', Value: 'red' }] }, []],
  [
    {
      MatchAllTags: [
        { Key: 'kind', Value: 'report' },
        { Key: 'team', Value: 'blue' },
      ],
    },
    [TAGGED],
  ],
  [
    {
      MatchAllTags: [
        { Key: 'kind', Value: 'report' },
        { Key: 'other', Value: '' },
      ],
    },
    [],
  ],
  [{ MatchAllMetadata: { Owner: 'ann' } }, [NEW]],
  [{ MatchAllMetadata: { owner: 'ann', stage: 'raw' } }, [NEW]],
  [{ MatchAllMetadata: { owner: 'bob', stage: 'raw' } }, []],
  [{ KeyNameConstraint: { MatchAnyPrefix: ['logs/', 'none'] } }, [OLD, MONTH]],
  [{ KeyNameConstraint: { MatchAnySuffix: ['.csv'] } }, [NEW, TAGGED]],
  [{ KeyNameConstraint: { MatchAnySubstring: ['new', 'old'] } }, [OLD, NEW]],
  [{ KeyNameConstraint: { MatchAnyPrefix: ['logs/'], MatchAnySubstring: ['new', 'old'] } }, [OLD]],
  [{ KeyGlob: ['*/old.*', 'data/[mn]*.csv'] }, [OLD, NEW]],
  [{ KeyGlob: ['*.gz'] }, []],
  [{ KeyMatches: '(old|new)\\.' }, [OLD, NEW]],
  [{ KeyMatches: '^data/', KeyGlob: ['**new**'] }, [NEW]],
  [{ Not: { KeyGlob: ['logs/**'] } }, [NEW, TAGGED]],
  [{ Not: { KeyNameConstraint: { MatchAnyPrefix: ['logs/'] } } }, [NEW, TAGGED]],
  [{ Not: { MatchAllTags: [{ Key: 'team', Value: 'blue' }] } }, [OLD, MONTH, NEW]],
  [{ Not: { ObjectSizeLessThanBytes: 1_000, Not: { MatchAllMetadata: { owner: 'bob' } } } }, [MONTH, NEW, TAGGED]],
  [{ OlderThanDays: 5, KeyNameConstraint: { MatchAnySuffix: ['.csv'] } }, [TAGGED]],
])('%j', async (given, keys) => {
  expect(await holding(given)).toEqual(keys);
});

test.each<[given: JsonObject, methods: string[]]>([
  [{ KeyNameConstraint: { MatchAnyPrefix: ['logs/'] } }, []],
  [{ KeyGlob: ['none'], OlderThanDays: 5 }, []],
  [{ KeyMatches: 'none', OlderThanDays: 5 }, []],
  [{ OlderThanDays: 5, ObjectSizeGreaterThanBytes: 1, MatchAnyStorageClass: ['STANDARD'] }, ['describeObject']],
  [{ MatchAllTags: [{ Key: 'a', Value: 'b' }] }, ['getObjectTagging']],
  // Tags are not asked for once something cheaper has failed, and are within Not, too.
  [{ MatchAllTags: [{ Key: 'a', Value: 'b' }], OlderThanDays: 1_000 }, ['describeObject']],
  [{ Not: { MatchAllTags: [{ Key: 'a', Value: 'b' }] }, OlderThanDays: 1_000 }, ['describeObject']],
  [{ MatchAllTags: [{ Key: 'a', Value: 'b' }], Not: { OlderThanDays: 0.5 } }, ['describeObject']],
  [{ KeyNameConstraint: { MatchAnyPrefix: ['none'] }, MatchAllTags: [{ Key: 'a', Value: 'b' }], OlderThanDays: 1 }, []],
])('%j asks only what it must', async (given, methods) => {
  const store = world();
  const holds = compileCondition(condition.parse(given), CREATED_AT);
  await holds(new Look(taskOf(NEW), memoryRoleStores(store), new AbortController().signal));
  expect(store.calls.map(({ method }) => method)).toEqual(methods);
  const everAsks = JSON.stringify(given) !== JSON.stringify({ KeyNameConstraint: { MatchAnyPrefix: ['logs/'] } });
  expect(needsLook(condition.parse(given))).toBe(everAsks);
});

test('the version that the row names is looked at', async () => {
  const store = new MemoryStore();
  store.createBucket('b', { versioned: true });
  const { versionId } = store.seed('b', 'k', 'x', { size: 1, tags: [{ Key: 'a', Value: '1' }] });
  store.seed('b', 'k', 'x', { size: 100 });
  const holds = compileCondition(
    condition.parse({ ObjectSizeLessThanBytes: 10, MatchAllTags: [{ Key: 'a', Value: '1' }] }),
    CREATED_AT,
  );
  const look = (task: Task): Look => new Look(task, memoryRoleStores(store), new AbortController().signal);
  expect(await holds(look({ ...taskOf('k'), versionId }))).toBe(true);
  expect(await holds(look(taskOf('k')))).toBe(false);
});

test.each<[given: JsonObject, answer: object, what: RegExp]>([
  [{ Not: { OlderThanDays: 1 } }, { lastModified: undefined }, /when the object was last modified/],
  [{ Not: { MatchAllMetadata: { a: 'b' } } }, { missingMetadata: 1 }, /all metadata/],
])('what the store does not tell decides nothing: %j', async (given, answer, what) => {
  const store = world();
  const describe = store.describeObject.bind(store);
  store.describeObject = async (input, options) => ({ ...(await describe(input, options)), ...answer });
  const refused = await holding(given, store).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(StoreError);
  expect(refused).toMatchObject({ code: 'InvalidResponse', httpStatus: 200, message: expect.stringMatching(what) });
});

const parse = elementParser([new FakeOperations().make('Act')]);
const nested = (depth: number): JsonObject => (depth === 0 ? { OlderThanDays: 1 } : { Not: nested(depth - 1) });

test.each<[when: unknown, message: string]>([
  [{}, 'Operation.When: must name at least one condition'],
  [null, 'Operation.When: '],
  ['x', 'Operation.When: '],
  [{ Colour: 'red' }, 'Operation.When.Colour: unknown member'],
  [{ Not: {} }, 'Operation.When.Not: must name at least one condition'],
  [{ Not: { Colour: 'red' } }, 'Operation.When.Not.Colour: unknown member'],
  [nested(6), 'Operation.When: Not may be nested 5 deep at most'],
  [{ ObjectSizeGreaterThanBytes: '5' }, 'Operation.When.ObjectSizeGreaterThanBytes: '],
  [{ ObjectSizeGreaterThanBytes: -1 }, 'Operation.When.ObjectSizeGreaterThanBytes: '],
  [
    { ObjectSizeGreaterThanBytes: 5, ObjectSizeLessThanBytes: 5 },
    'Operation.When.ObjectSizeGreaterThanBytes: leaves no',
  ],
  [
    { ObjectSizeGreaterThanBytes: 5, ObjectSizeLessThanBytes: 6 },
    'Operation.When.ObjectSizeGreaterThanBytes: leaves no',
  ],
  [{ ObjectSizeLessThanBytes: 0 }, 'Operation.When.ObjectSizeLessThanBytes: no object'],
  [{ CreatedAfter: '2026-01-01' }, 'Operation.When.CreatedAfter: must be an ISO 8601 time with a zone'],
  [
    { CreatedAfter: '2026-01-01T00:00:00Z', CreatedBefore: '2026-01-01T01:00:00+01:00' },
    'Operation.When.CreatedAfter: must be before CreatedBefore',
  ],
  [{ OlderThanDays: 30, YoungerThanDays: 30 }, 'Operation.When.OlderThanDays: must be less than YoungerThanDays'],
  [{ OlderThanDays: 0 }, 'Operation.When.OlderThanDays: '],
  [{ MatchAnyStorageClass: [] }, 'Operation.When.MatchAnyStorageClass: must name at least one'],
  [{ MatchAnyStorageClass: ['two words'] }, 'Operation.When.MatchAnyStorageClass.0: '],
  [{ MatchAllTags: [] }, 'Operation.When.MatchAllTags: must name at least one'],
  [{ MatchAllTags: [{ Key: 'a' }] }, 'Operation.When.MatchAllTags.0.Value: is required'],
  [{ MatchAllMetadata: {} }, 'Operation.When.MatchAllMetadata: must name at least one'],
  [{ MatchAllMetadata: { a: 'x', A: 'y' } }, 'Operation.When.MatchAllMetadata: names of metadata'],
  [{ KeyGlob: [] }, 'Operation.When.KeyGlob: must name at least one'],
  [{ KeyGlob: ['a', 'b[', ''] }, 'Operation.When.KeyGlob.1: "b[": a [ has no ]'],
  [{ KeyGlob: ['a', ''] }, 'Operation.When.KeyGlob.1: "": is empty'],
  [{ KeyGlob: Array.from({ length: 1_001 }, () => '[') }, 'Operation.When.KeyGlob: '],
  [{ KeyMatches: '(a)\\1' }, 'Operation.When.KeyMatches: "(a)\\\\1": is no RE2 syntax'],
  [{ KeyMatches: '' }, 'Operation.When.KeyMatches: "": is empty'],
  [{ KeyNameConstraint: {} }, 'Operation.When.KeyNameConstraint: must name at least one of'],
  [{ KeyNameConstraint: { MatchAnyPrefix: [] } }, 'Operation.When.KeyNameConstraint.MatchAnyPrefix: must name'],
  [{ KeyNameConstraint: { MatchAnyPrefix: [''] } }, 'Operation.When.KeyNameConstraint.MatchAnyPrefix.0: '],
])('%j is refused', (When, message) => {
  const refused = (): unknown => parse({ Act: {}, When });
  expect(refused).toThrow(expect.objectContaining({ code: 'BadRequestException' }));
  expect(refused).toThrow(message);
});

test('globs that are too large together are refused', () => {
  const KeyGlob = Array.from({ length: 100 }, (_, i) => `${i}${'x'.repeat(1_000)}`);
  expect(() => parse({ Act: {}, When: { KeyGlob } })).toThrow('Operation.When.KeyGlob: the globs are too large');
});

test('a chain of Not without end is refused, not walked down', () => {
  expect(() => parse({ Act: {}, When: nested(5_000) })).toThrow('nested 5 deep at most');
});

test('the deepest that is allowed is allowed', () => {
  expect(() => parse({ Act: {}, When: nested(5) })).not.toThrow();
});
