import { NormalizedSchema } from '@smithy/core/schema';
import { MODEL_LIMITS, type ShapeLimits } from '../../../../api/s3control/wire/model-limits';
import { CREATE_JOB_REQUEST } from '../../../../api/s3control/wire/schemas';

/** A text that stands in the document as it is, whatever the type of its element. */
export class Raw {
  constructor(readonly text: string) {}
}
/** An element that stands there twice. */
export class Twice {
  constructor(readonly value: unknown) {}
}

export type Members = Record<string, unknown>;
/** A name, and the body of CreateJob as JSON. */
export type Variant = readonly [name: string, value: Members];
type Part = readonly [name: string, value: unknown];

/** Texts that satisfy a pattern, with a part that can be lengthened. */
const PATTERN_SAMPLES: Readonly<Record<string, (length?: number) => string>> = {
  AccountId: () => '123456789012',
  S3BucketArnString: (length) => padded('arn:aws:s3:::bucket', length),
  S3RegionalOrS3ExpressBucketArnString: (length) => padded('arn:aws:s3:::bucket', length),
  S3KeyArnString: (length) => padded('arn:aws:s3:::bucket/key', length),
  IAMRoleArn: (length) => padded('arn:aws:iam::123456789012:role/r', length),
  FunctionArnString: (length) => padded('arn:aws:lambda:us-east-1:123456789012:function:f', length),
  NonEmptyKmsKeyArnString: (length) => padded('arn:aws:kms:us-east-1:123456789012:key/k', length),
  TagKeyString: (length) => padded('k', length),
  TagValueString: (length) => (length === 0 ? '' : padded('v', length)),
};
/** Far away: dates of retention have to be in the future. */
const TIMES = ['2099-01-02T03:04:05.678Z', '2099-01-02T03:04:05.000Z'];
const MARKUP = ` <a>&"b'&amp; ]] é\u{1F600}\t\n `;
/** A map of the largest size would be most of the run. */
const ENTRIES_MAX = 12;

/** What a job needs beyond what the model requires, so that the variants of its other members are carried out. */
const ENOUGH: Readonly<Record<string, Members>> = {
  LambdaInvokeOperation: { FunctionArn: 'check-object', InvocationSchemaVersion: '2.0' },
  S3CopyObjectOperation: { TargetResource: 'arn:aws:s3:::target' },
  S3SetObjectTaggingOperation: { TagSet: [] },
  S3Grant: { Grantee: { TypeIdentifier: 'id', Identifier: 'i' }, Permission: 'READ' },
  S3Grantee: { TypeIdentifier: 'id', Identifier: 'i' },
  S3AccessControlList: { Owner: { ID: 'o' } },
  S3ObjectOwner: { ID: 'o' },
  JobReport: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
  JobManifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::man/manifest.csv', ETag: 'e' },
  },
  S3JobManifestGenerator: {
    ManifestOutputLocation: { Bucket: 'arn:aws:s3:::manifests', ManifestFormat: 'S3InventoryReport_CSV_20211130' },
  },
  JobManifestSpec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
};
/** With all members, no member may contradict another. */
const WHOLE: Readonly<Record<string, (members: Members) => Members>> = {
  JobManifestGeneratorFilter: (members) => ({
    ...members,
    CreatedBefore: '2099-03-04T05:06:07.000Z',
    ObjectSizeLessThanBytes: 3,
  }),
  GeneratedManifestEncryption: ({ SSEKMS }) => ({ SSEKMS }),
};
/** Members that go together, by a member's name or by that and its value. Undefined: goes without. */
const COMPANIONS: Readonly<Record<string, Members>> = {
  'Format S3InventoryReport_CSV_20161130': { Fields: undefined },
  ObjectLockMode: { ObjectLockRetainUntilDate: TIMES[0] },
  ObjectLockRetainUntilDate: { ObjectLockMode: 'GOVERNANCE' },
  Mode: { RetainUntilDate: TIMES[0] },
  RetainUntilDate: { Mode: 'GOVERNANCE' },
};

function padded(base: string, length = base.length): string {
  return base + 'x'.repeat(Math.max(0, length - base.length));
}

function limitsOf(shape: NormalizedSchema): (typeof MODEL_LIMITS)[string] {
  const limits = MODEL_LIMITS[shape.getName() ?? ''];
  if (limits === undefined) throw new Error(`no limits for ${shape.getName()}`);
  return limits;
}

/** Those of AWS's service model: Drover's own, which the schemas have too, are not in the table of its limits. */
function bodyMembers(shape: NormalizedSchema): [name: string, member: NormalizedSchema, limits: ShapeLimits][] {
  return [...shape.structIterator()].flatMap(([name, member]) => {
    const limits = limitsOf(shape).members[name];
    const inHeader = member.getMemberTraits().httpHeader !== undefined;
    return inHeader || limits === undefined ? [] : [[name, member, limits]];
  });
}

/** One member at a time: the model says so of its unions, and AWS of operations. */
function isChoice(shape: NormalizedSchema): boolean {
  return shape.isUnionSchema() || shape.getName() === 'JobOperation';
}

/** A valid value with the members that must be there, or with all. */
function sample(shape: NormalizedSchema, limits: ShapeLimits, whole: boolean): unknown {
  if (shape.isListSchema()) return [sample(shape.getValueSchema(), limits.items ?? limits, whole)];
  if (shape.isMapSchema()) return { 'key-1': sample(shape.getValueSchema(), limits.entries ?? limits, whole) };
  if (shape.isStructSchema()) return sampleStructure(shape, whole);
  if (shape.isBooleanSchema()) return true;
  if (shape.isTimestampSchema()) return TIMES[0];
  if (shape.isNumericSchema()) return limits.min ?? 1;
  return limits.values?.[0] ?? PATTERN_SAMPLES[limits.shape]?.() ?? 'x'.repeat(limits.min ?? 1);
}

function sampleStructure(shape: NormalizedSchema, whole: boolean): Members {
  const members = bodyMembers(shape).filter(
    ([name], index) => (isChoice(shape) && index === 0) || (!isChoice(shape) && (whole || isRequired(shape, name))),
  );
  const all = Object.fromEntries(members.map(([name, member, own]) => [name, sample(member, own, whole)]));
  return whole ? (WHOLE[shape.getName() ?? '']?.(all) ?? all) : all;
}

function isRequired(shape: NormalizedSchema, name: string): boolean {
  return limitsOf(shape).required.includes(name);
}

/** Valid values of a shape, each with what is special about it. */
function* validParts(shape: NormalizedSchema, limits: ShapeLimits): Generator<Part> {
  if (shape.isListSchema()) {
    const item = sample(shape.getValueSchema(), limits.items ?? limits, true);
    if ((limits.min ?? 0) === 0) yield ['[]', []];
    if ((limits.max ?? 2) > 1) yield ['[2]', [item, item]];
    for (const [name, value] of validParts(shape.getValueSchema(), limits.items ?? limits)) {
      yield [`[${name}]`, [value]];
    }
  } else if (shape.isMapSchema()) yield* validMaps(shape, limits);
  else if (shape.isStructSchema()) yield* validStructures(shape);
  else if (shape.isBooleanSchema()) yield* [true, false].map((value) => [String(value), value] as const);
  else if (shape.isTimestampSchema()) yield* TIMES.map((time) => [time, time] as const);
  else if (shape.isNumericSchema()) {
    const { min = 0, max = limits.type === 'integer' ? 2_147_483_647 : Number.MAX_SAFE_INTEGER } = limits;
    yield* [...new Set([min, max])].map((value) => [String(value), value] as const);
  } else yield* validTexts(limits);
}

function* validTexts({ values, min = 0, max = 0, pattern, shape }: ShapeLimits): Generator<Part> {
  if (values !== undefined) yield* values.map((value) => [value, value] as const);
  else if (pattern !== undefined) {
    const make = PATTERN_SAMPLES[shape];
    if (make === undefined) throw new Error(`no sample for ${shape}`);
    yield ['least', make(min)];
    if (shape !== 'AccountId') yield ['longest', make(max)];
    if (shape.startsWith('Tag')) yield ['every class', 'é1 _.:/=+-@\u3000x'];
  } else {
    yield ['shortest', 'x'.repeat(min)];
    yield ['longest', 'x'.repeat(max)];
    yield ['longest beyond U+FFFF', '\u{1F600}'.repeat(max)];
    if (max >= MARKUP.length) yield ['markup', MARKUP];
  }
}

function* validMaps(shape: NormalizedSchema, limits: ShapeLimits): Generator<Part> {
  const keys = limits.keys ?? limits;
  if ((limits.min ?? 0) === 0) yield ['{}', {}];
  const count = Math.min(limits.max ?? ENTRIES_MAX, ENTRIES_MAX);
  yield [`{${count}}`, Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, `v${index}`]))];
  for (const [name, key] of validTexts(keys)) yield [`{key ${name}}`, { [key as string]: 'v' }];
  for (const [name, value] of validParts(shape.getValueSchema(), limits.entries ?? limits)) {
    yield [`{${name}}`, { k: value }];
  }
}

function* validStructures(shape: NormalizedSchema): Generator<Part> {
  const choice = isChoice(shape);
  const least = choice ? {} : (sample(shape, { shape: '' }, false) as Members);
  const enough = { ...least, ...ENOUGH[shape.getName() ?? ''] };
  const whole = sample(shape, { shape: '' }, true) as Members;
  if (!choice) {
    yield ['least', least];
    yield ['whole', whole];
  }
  for (const [name, member, limits] of bodyMembers(shape)) {
    if (!choice && !isRequired(shape, name)) yield [`without ${name}`, without(whole, name)];
    for (const [part, value] of validParts(member, limits)) {
      const companions = COMPANIONS[`${name} ${part}`] ?? COMPANIONS[name];
      yield [`${name} ${part}`, defined({ ...enough, ...companions, [name]: value })];
    }
  }
}

function defined(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function without(members: Members, name: string): Members {
  return Object.fromEntries(Object.entries(members).filter(([other]) => other !== name));
}

/** Wrong values of a shape: each breaks one rule. `path` is what a refusal must name. */
function* wrongParts(shape: NormalizedSchema, limits: ShapeLimits): Generator<readonly [path: string, Part]> {
  if (shape.isListSchema()) {
    const items = limits.items ?? limits;
    const item = sample(shape.getValueSchema(), items, false);
    if (limits.min !== undefined) yield ['', ['too few', []]];
    if (limits.max !== undefined) yield ['', ['too many', Array.from({ length: limits.max + 1 }, () => item)]];
    yield ['', ['text', new Raw('text')]];
    yield ['', ['an unknown item', new Raw('<Colour>red</Colour>')]];
    for (const [path, [name, value]] of wrongParts(shape.getValueSchema(), items)) yield [`.0${path}`, [name, [value]]];
  } else if (shape.isMapSchema()) yield* wrongMaps(shape, limits);
  else if (shape.isStructSchema()) yield* wrongStructures(shape);
  else {
    yield ['', ['an element inside', new Raw('<Colour>red</Colour>')]];
    if (shape.isStringSchema()) yield* wrongTexts(limits);
    else yield* [...wrongScalars(shape, limits)].map((text) => ['', [`'${text}'`, new Raw(text)]] as const);
  }
}

function* wrongScalars(shape: NormalizedSchema, { type, min, max }: ShapeLimits): Generator<string> {
  yield* ['', 'x'];
  if (shape.isBooleanSchema()) yield* ['1', 'yes', 'true false'];
  else if (shape.isTimestampSchema()) {
    yield* ['2026-01-02', '2026-01-02T03:04:05', '2026-02-30T00:00:00Z', '1767323045'];
  } else {
    yield* ['1.5', '1e3', '0x10', '99999999999999999999'];
    if (type === 'integer') yield String((max ?? 2_147_483_647) + 1);
    if (min !== undefined) yield String(min - 1);
  }
}

function* wrongTexts({ values, min = 0, max, pattern, shape }: ShapeLimits): Generator<readonly [string, Part]> {
  if (values !== undefined) {
    yield* ['NoSuchValue', '', ` ${values[0]}`, `${values[0]},`].map((text) => ['', [`'${text}'`, text]] as const);
    return;
  }
  if (min > 0) yield ['', ['too short', 'x'.repeat(min - 1)]];
  const make = PATTERN_SAMPLES[shape] ?? ((length = 1) => 'x'.repeat(length));
  if (max !== undefined && shape !== 'AccountId') yield ['', ['too long', make(max + 1)]];
  if (pattern !== undefined) yield ['', ['against the pattern', '*'.repeat(Math.max(min, 1))]];
}

function* wrongMaps(shape: NormalizedSchema, limits: ShapeLimits): Generator<readonly [string, Part]> {
  const { min = 0, max = 0, keys = limits, entries = limits } = limits;
  if (min > 0) yield ['', ['too few', {}]];
  yield ['', ['too many', Object.fromEntries(Array.from({ length: max + 1 }, (_, index) => [`k${index}`, 'v']))]];
  for (const [, [name, key]] of wrongTexts(keys)) yield ['', [`key ${name}`, { [key as string]: 'v' }]];
  for (const [path, [name, value]] of wrongParts(shape.getValueSchema(), entries)) {
    yield [`.k${path}`, [name, { k: value }]];
  }
  const entry = '<entry><key>k</key><value>v</value></entry>';
  yield ['', ['a key twice', new Raw(entry + entry)]];
  yield ['', ['no key', new Raw('<entry><value>v</value></entry>')]];
  yield ['', ['no value', new Raw('<entry><key>k</key></entry>')]];
  yield ['', ['an unknown element', new Raw('<Colour>red</Colour>')]];
}

function* wrongStructures(
  shape: NormalizedSchema,
  least = sample(shape, { shape: '' }, false) as Members,
): Generator<readonly [string, Part]> {
  yield ['', ['text', new Raw('text')]];
  // Elsewhere it is passed over: AWS may have added it.
  if (shape.getName() === 'JobOperation') yield ['', ['an unknown member', { ...least, Colour: 'red' }]];
  const members = bodyMembers(shape);
  if (isChoice(shape)) {
    yield ['', ['no member', {}]];
    const both = members.slice(0, 2).map(([name, member, limits]) => [name, sample(member, limits, false)]);
    if (both.length === 2) yield ['', ['two members', Object.fromEntries(both)]];
  }
  for (const [name, member, limits] of members) {
    const base = isChoice(shape) ? {} : least;
    if (isRequired(shape, name)) yield [`.${name}`, ['absent', without(least, name)]];
    yield [`.${name}`, ['twice', { ...base, [name]: new Twice(sample(member, limits, false)) }]];
    for (const [path, [part, value]] of wrongParts(member, limits)) {
      yield [`.${name}${path}`, [part, { ...base, [name]: value }]];
    }
  }
}

const ROOT = NormalizedSchema.of(CREATE_JOB_REQUEST);
/** What makes the least request one that can be carried out. */
const CARRIED_OUT = {
  Operation: { S3DeleteObjectTagging: {} },
  Report: { Enabled: false },
  RoleArn: 'arn:aws:iam::123456789012:role/r',
};

function completed(value: Members): Members {
  const source =
    value['Manifest'] === undefined && value['ManifestGenerator'] === undefined
      ? { Manifest: ENOUGH['JobManifest'] }
      : {};
  return { ...value, ...source };
}

/** Requests that the service model allows, each with one thing about it. */
export function validVariants(): Variant[] {
  const variants: Variant[] = [];
  for (const [name, member, limits] of bodyMembers(ROOT)) {
    const base = { ...(sample(ROOT, { shape: '' }, false) as Members), ...CARRIED_OUT };
    for (const [part, value] of validParts(member, limits)) {
      variants.push([`${name} ${part}`, completed({ ...base, [name]: value })]);
    }
    if (!isRequired(ROOT, name)) variants.push([`without ${name}`, completed(base)]);
  }
  return variants;
}

/** Requests that break one rule of the service model each, and the path of the member that breaks it. */
export function wrongVariants(): { readonly name: string; readonly path: string; readonly value: unknown }[] {
  const least = completed({ ...(sample(ROOT, { shape: '' }, false) as Members), ...CARRIED_OUT });
  return [...wrongStructures(ROOT, least)].map(([path, [part, value]]) => ({
    name: `${path.slice(1) || 'the request'}: ${part}`,
    path: path.slice(1) || 'CreateJobRequest',
    value,
  }));
}
