import { z } from 'zod';
import { DAY_MS } from '../../contracts/limits/units';
import { textOfHeader } from '../../storage/http/header-text';
import { StoreError } from '../../storage/store-error';
import { objectTags, storageClass, timestamp } from '../common/parameter-types';
import { keyMembers, keyTests } from './key-condition';
import type { Look } from './look';

/** A condition within `Not` within `Not` …: deeper ones are nobody's intention. */
const NOT_DEPTH_MAX = 5;

/** As `condition` has checked it. */
export interface Condition extends ObjectCondition {
  readonly Not?: Condition | undefined;
}

type ObjectCondition = Readonly<z.infer<typeof members>>;

const bytes = z.int().min(0);
const days = z.number().positive().max(100_000);

const members = z.strictObject({
  CreatedAfter: timestamp.optional().describe('Last modified after this time.'),
  CreatedBefore: timestamp.optional().describe('Last modified before this time.'),
  OlderThanDays: days.optional().describe('Last modified more than so many days before the job was created.'),
  YoungerThanDays: days.optional().describe('Last modified less than so many days before the job was created.'),
  ObjectSizeGreaterThanBytes: bytes.optional().describe('The object has more bytes than this.'),
  ObjectSizeLessThanBytes: bytes.optional().describe('The object has fewer bytes than this.'),
  MatchAnyStorageClass: z
    .array(storageClass)
    .min(1, 'must name at least one')
    .optional()
    .describe('The storage class is one of these; STANDARD where the store names none.'),
  MatchAllTags: objectTags.min(1, 'must name at least one').optional().describe('The object has all these tags.'),
  MatchAllMetadata: z
    .record(z.string().min(1).max(1_024), z.string().max(8_192))
    .refine((entries) => !isEmpty(entries), 'must name at least one')
    .refine(differInLowerCase, 'names of metadata are the same in upper and lower case: one is given twice')
    .optional()
    .describe(
      'The object has all this user metadata (names without x-amz-meta-, in any case; values as text, however the store encodes them).',
    ),
  ...keyMembers,
});

/**
 * Which objects an operation is for: those for which all given members hold. Names and meaning are those of the manifest
 * generator's filter (API_control_JobManifestGeneratorFilter) where it has them.
 */
export const condition: z.ZodType<Condition> = members
  .extend({
    Not: z
      .lazy(() => condition)
      .optional()
      .describe('A condition that must not hold.'),
  })
  .superRefine((given, context) => {
    if (isEmpty(given)) context.addIssue({ code: 'custom', message: 'must name at least one condition' });
    for (const [member, message] of contradictions(given)) {
      context.addIssue({ code: 'custom', path: [member], message });
    }
  })
  .meta({ id: 'Condition' });

/** What the schema can't look at without walking down itself: a chain of `Not` that has no end. Undefined when all is well. */
export function nestingProblem(given: unknown): string | undefined {
  let inner = given;
  for (let depth = 0; isObject(inner); depth++) {
    if (depth > NOT_DEPTH_MAX) return `Not may be nested ${NOT_DEPTH_MAX} deep at most`;
    inner = inner['Not'];
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isEmpty(record: object): boolean {
  return Object.values(record).every((value) => value === undefined);
}

function differInLowerCase(entries: object): boolean {
  const names = Object.keys(entries);
  return new Set(names.map((name) => name.toLowerCase())).size === names.length;
}

/** Members that no object could satisfy together. */
function* contradictions(given: ObjectCondition): Generator<[member: string, message: string]> {
  const { CreatedAfter: after, CreatedBefore: before, OlderThanDays: older, YoungerThanDays: younger } = given;
  if (after !== undefined && before !== undefined && Date.parse(after) >= Date.parse(before)) {
    yield ['CreatedAfter', 'must be before CreatedBefore: no object is both'];
  }
  if (older !== undefined && younger !== undefined && older >= younger) {
    yield ['OlderThanDays', 'must be less than YoungerThanDays: no object is both'];
  }
  const { ObjectSizeGreaterThanBytes: greater, ObjectSizeLessThanBytes: less } = given;
  if (greater !== undefined && less !== undefined && greater + 1 >= less) {
    yield ['ObjectSizeGreaterThanBytes', 'leaves no size below ObjectSizeLessThanBytes'];
  }
  if (greater === undefined && less === 0) yield ['ObjectSizeLessThanBytes', 'no object has less than 0 bytes'];
}

/** Cheapest first: what fails early spares the requests. */
const NO_REQUEST = 0;
const HEAD = 1;
const TAGS = 2;

interface Test {
  readonly cost: number;
  readonly holds: (object: Look) => boolean | Promise<boolean>;
}

/** True when the store must be asked to tell whether the condition holds. */
export function needsLook(given: Condition): boolean {
  return testsOf(given, new Date(0)).some(({ cost }) => cost !== NO_REQUEST);
}

/** Prepared once for all objects. Ages are counted from `createdAt`, so that each attempt decides alike. */
export function compileCondition(given: Condition, createdAt: Date): (object: Look) => Promise<boolean> {
  const tests = testsOf(given, createdAt);
  return async (object) => {
    for (const { holds } of tests) if (!(await holds(object))) return false;
    return true;
  };
}

function testsOf(given: Condition, createdAt: Date): Test[] {
  const ofKey = keyTests(given).map((matches): Test => ({ cost: NO_REQUEST, holds: ({ task }) => matches(task.key) }));
  const tests = [...ofKey, ...timeTests(given, createdAt), ...headTests(given)];
  const { MatchAllTags: wanted, Not: inner } = given;
  if (wanted !== undefined) {
    tests.push({
      cost: TAGS,
      holds: async (object) => {
        const tags = new Map((await object.tags()).map(({ Key, Value }) => [Key, Value]));
        return wanted.every(({ Key, Value }) => tags.get(Key) === Value);
      },
    });
  }
  if (inner !== undefined) {
    const cost = Math.max(...testsOf(inner, createdAt).map((test) => test.cost));
    const holds = compileCondition(inner, createdAt);
    tests.push({ cost, holds: async (object) => !(await holds(object)) });
  }
  return tests.sort((a, b) => a.cost - b.cost);
}

function timeTests(given: Condition, createdAt: Date): Test[] {
  const { CreatedAfter, CreatedBefore, OlderThanDays, YoungerThanDays } = given;
  const daysAgo = (count: number | undefined): number | undefined =>
    count === undefined ? undefined : createdAt.getTime() - count * DAY_MS;
  const after = [CreatedAfter === undefined ? undefined : Date.parse(CreatedAfter), daysAgo(YoungerThanDays)];
  const before = [CreatedBefore === undefined ? undefined : Date.parse(CreatedBefore), daysAgo(OlderThanDays)];
  if ([...after, ...before].every((bound) => bound === undefined)) return [];
  const holds = async (object: Look): Promise<boolean> => {
    const { lastModified, httpStatus } = await object.properties();
    if (lastModified === undefined) throw untold(httpStatus, 'when the object was last modified');
    const modifiedAt = lastModified.getTime();
    return (
      after.every((bound) => bound === undefined || modifiedAt > bound) &&
      before.every((bound) => bound === undefined || modifiedAt < bound)
    );
  };
  return [{ cost: HEAD, holds }];
}

function headTests(given: Condition): Test[] {
  const { ObjectSizeGreaterThanBytes: greater, ObjectSizeLessThanBytes: less } = given;
  const { MatchAnyStorageClass: classes, MatchAllMetadata: metadata } = given;
  if ([greater, less, classes, metadata].every((member) => member === undefined)) return [];
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const holds = async (object: Look): Promise<boolean> => {
    const properties = await object.properties();
    const isSizeAsked = greater !== undefined || less !== undefined;
    const { contentLength: size } = properties;
    if (isSizeAsked && size === undefined) throw untold(properties.httpStatus, 'the size of the object');
    return (
      (size ?? 0) > (greater ?? -1) &&
      (size ?? 0) < (less ?? Infinity) &&
      // S3 names no class for STANDARD.
      (classes?.includes(properties.storageClass ?? 'STANDARD') ?? true) &&
      entries.every(([name, value]) => {
        const octets = properties.metadata[name];
        if (octets !== undefined && (octets === value || textOfHeader(octets) === value)) return true;
        if (properties.missingMetadata > 0) throw untold(properties.httpStatus, 'all metadata of the object');
        return false;
      })
    );
  };
  return [{ cost: HEAD, holds }];
}

/** To take it for "does not hold" would turn round under `Not`, and the wrong objects would be touched. */
function untold(httpStatus: number, what: string): StoreError {
  return new StoreError(
    'InvalidResponse',
    httpStatus,
    `The condition can't be decided: the store does not tell ${what}`,
  );
}
