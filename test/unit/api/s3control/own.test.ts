/**
 * Goal: what S3 Control does not have – Drover's own operations, options of AWS's, conditions and pipelines – travels in its
 * XML as if it had: read exactly, described as it was sent, refused by name, and no hindrance to AWS's clients. Method: the
 * examples of all operations in several elements and ways of writing XML, every member of every schema looked for on the
 * wire, and schemas made up for what no operation has yet.
 */
import {
  CreateJobCommand,
  DescribeJobCommand,
  ListJobsCommand,
  type S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { NormalizedSchema } from '@smithy/core/schema';
import { z } from 'zod';
import { structureOf } from '../../../../api/s3control/wire/derived-schema';
import { CREATE_JOB_REQUEST, DESCRIBE_JOB_RESULT } from '../../../../api/s3control/wire/schemas';
import { readRequestBody, writeXml } from '../../../../api/s3control/wire/xml';
import type { JobRequest, JsonObject } from '../../../../contracts/job';
import { OPERATIONS } from '../../../../operations';
import { condition } from '../../../../operations/composing/condition';
import { canSkip, isOfArchives } from '../../../../operations/describe';
import { type ParameterShape, parameterShape } from '../../../../operations/parameter-shape';
import { ACCOUNT, jobRequest, planned, ROLE, type TestApp } from '../test-app';
import { errorCode, message, serveApp, signed } from './client';
import { type ServedApp, serveWithAwsClient } from './served';
import { render, styles } from './wire-rendering';

const context = serveApp();

/** Every member of a condition, so that every type of theirs is on the wire. */
const WHEN: JsonObject = {
  CreatedAfter: '2026-01-02T03:04:05.678Z',
  CreatedBefore: '2026-02-01T00:00:00.000Z',
  OlderThanDays: 0.5,
  YoungerThanDays: 400,
  ObjectSizeGreaterThanBytes: 0,
  ObjectSizeLessThanBytes: 5_000_000_000_000,
  MatchAnyStorageClass: ['STANDARD', 'GLACIER'],
  MatchAllTags: [{ Key: 'k', Value: '' }],
  MatchAllMetadata: { owner: 'a <b> & é' },
  KeyNameConstraint: { MatchAnyPrefix: ['a/'], MatchAnySuffix: ['.gz'], MatchAnySubstring: ['x', ' '] },
  Not: { Not: { ObjectSizeLessThanBytes: 1 } },
};

const WHEN_OF_ARCHIVE: JsonObject = { KeyNameConstraint: { MatchAnyPrefix: ['a/'], MatchAnySuffix: ['.gz'] } };

/** S3 Control has no way to name a former job. */
const BY_S3_CONTROL = OPERATIONS.filter(({ name }) => name !== 'GlacierDeleteArchive');

const EXAMPLES = BY_S3_CONTROL.flatMap((operation) =>
  operation.examples.map((example) => ({
    ...example,
    name: operation.name,
    skips: canSkip(operation),
    // An archive is no object: there is nothing but its key to ask for.
    when: isOfArchives(operation) ? WHEN_OF_ARCHIVE : WHEN,
  })),
);

/** Alone, with all options, and as the one step of a pipeline. */
const ELEMENTS: readonly (readonly [name: string, element: JobRequest['Operation']])[] = EXAMPLES.flatMap((one) => {
  const { name, title, parameters, skips, when } = one;
  const skip = skips ? { SkipIfInDesiredState: true } : {};
  const element = { [name]: parameters };
  // Object by object: several tasks in one request are refused there.
  const { TasksPerInvocation: _several, ...inPipeline } = parameters;
  return [
    [`${name}: ${title}`, element],
    [`${name}: ${title}, with options`, { When: when, ...element, ...skip }],
    [
      `${name}: ${title}, in a pipeline`,
      { Pipeline: { Steps: [{ [name]: inPipeline, When: when, ...skip, AppliesTo: 'Source' }] }, When: when },
    ],
  ] as const;
});

function bodyOf(Operation: JobRequest['Operation'], style?: Parameters<typeof render>[2]): string {
  return render(CREATE_JOB_REQUEST, { ...jobRequest(), Operation }, style);
}

test.each(ELEMENTS)('%s: taken, and described as it was sent', async (_name, element) => {
  const created = await signed('POST', '/v20180820/jobs', bodyOf(element));
  expect(message(created)).toBe('');
  const sent = JSON.parse(JSON.stringify(element), inUtc) as JobRequest['Operation'];
  expect(context.gateway.inputs[0]?.request.Operation).toEqual(sent);
  const jobId = /<JobId>(.*)<\/JobId>/.exec(created.body)?.[1] ?? '';
  const described = await signed('GET', `/v20180820/jobs/${jobId}`);
  const { Job } = readRequestBody(DESCRIBE_JOB_RESULT, Buffer.from(described.body)) as { Job: JsonObject };
  expect(Job['Operation']).toEqual(sent);
  const listed = await signed('GET', '/v20180820/jobs');
  const named = Object.keys(element).find((name) => name !== 'When');
  expect(/<Operation>(\w*)<\/Operation>/.exec(listed.body)?.[1]).toBe(named);
});

/** Times come back in UTC with milliseconds. */
function inUtc(_name: string, value: unknown): unknown {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? new Date(value).toISOString() : value;
}

test('all ways of writing XML read alike', () => {
  const misread: string[] = [];
  for (const [name, element] of ELEMENTS) {
    for (const [index, style] of styles().entries()) {
      // AWS's pages draw entries under the name of their type; Drover's own types have none.
      if (style.items === 'type') continue;
      const { Operation } = readRequestBody(CREATE_JOB_REQUEST, Buffer.from(bodyOf(element, style)));
      if (JSON.stringify(sorted(Operation)) !== JSON.stringify(sorted(JSON.parse(JSON.stringify(element), inUtc)))) {
        misread.push(`${name}, style ${index}`);
      }
    }
  }
  expect(misread).toEqual([]);
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  );
}

/** Members that the schema takes and the wire has not, or has as something else. */
function lacking(
  shape: ParameterShape,
  wire: NormalizedSchema,
  path: string,
  above: readonly unknown[] = [],
): string[] {
  const { kind } = shape;
  if (kind === 'refused' || above.includes(shape.members)) return [];
  const fits: Record<typeof kind, boolean> = {
    structure: wire.isStructSchema(),
    list: wire.isListSchema(),
    map: wire.isMapSchema(),
    string: wire.isStringSchema(),
    timestamp: wire.isTimestampSchema(),
    integer: wire.isNumericSchema(),
    number: wire.isBigDecimalSchema(),
    boolean: wire.isBooleanSchema(),
  };
  if (!fits[kind]) return [`${path}: not as ${kind}`];
  if (kind === 'list' || kind === 'map') return lacking(shape.items(), wire.getValueSchema(), `${path}[]`, above);
  if (kind !== 'structure') return [];
  const members = new Map(wire.structIterator());
  return [...shape.members()].flatMap(([name, member]) => {
    const found = members.get(name);
    if (found === undefined) return [`${path}.${name}: missing`];
    return lacking(member.shape, found, `${path}.${name}`, [...above, shape.members]);
  });
}

test('every member of every operation and condition is on the wire, in a pipeline too', () => {
  const operation = new Map(NormalizedSchema.of(CREATE_JOB_REQUEST).structIterator()).get('Operation')!;
  const top = new Map(operation.structIterator());
  const step = top.get('Pipeline')!.getMemberSchema('Steps').getValueSchema();
  for (const element of [top, new Map(step.structIterator())]) {
    for (const { name, parameters } of OPERATIONS) {
      expect(lacking(parameterShape(parameters), element.get(name)!, name)).toEqual([]);
    }
    expect(lacking(parameterShape(condition), element.get('When')!, 'When')).toEqual([]);
  }
  expect(top.has('AppliesTo')).toBe(false);
  expect([...step.structIterator()].map(([name]) => name)).not.toContain('Pipeline');
});

describe('refused by name', () => {
  const tags = '<S3DeleteObjectTagging/>';

  test.each([
    [`${tags}<Colour/>`, 'MalformedXML', /Operation has no element Colour/],
    ['<S3DeleteObject><Colour/></S3DeleteObject>', 'MalformedXML', /S3DeleteObject has no element Colour/],
    [`${tags}<When><Colour/></When>`, 'MalformedXML', /Operation\.When has no element Colour/],
    [`${tags}<When/>`, 'BadRequestException', /Operation\.When: must name at least one condition/],
    [
      `${tags}<When><OlderThanDays>a week</OlderThanDays></When>`,
      'BadRequestException',
      /When\.OlderThanDays: must be a number/,
    ],
    [
      `${tags}<When><ObjectSizeLessThanBytes>1.5</ObjectSizeLessThanBytes></When>`,
      'BadRequestException',
      /When\.ObjectSizeLessThanBytes: must be a whole number/,
    ],
    [
      `${tags}<When><CreatedAfter>yesterday</CreatedAfter></When>`,
      'BadRequestException',
      /When\.CreatedAfter: must be an ISO 8601 time/,
    ],
    [`${tags}<SkipIfInDesiredState>yes</SkipIfInDesiredState>`, 'BadRequestException', /SkipIfInDesiredState: must be/],
    [`${tags}<AppliesTo>Source</AppliesTo>`, 'MalformedXML', /Operation has no element AppliesTo/],
    [`${tags}<S3DeleteObject/>`, 'BadRequestException', /Operation: exactly one operation/],
    ['<Pipeline/>', 'BadRequestException', /Operation\.Pipeline\.Steps: is required/],
    ['<Pipeline><Steps/></Pipeline>', 'BadRequestException', /Operation\.Pipeline\.Steps: must have at least one step/],
    ['<Pipeline><Steps><S3DeleteObject/></Steps></Pipeline>', 'MalformedXML', /Steps has no element S3DeleteObject/],
    [
      '<Pipeline><Steps><member><Pipeline/></member></Steps></Pipeline>',
      'MalformedXML',
      /Pipeline\.Steps\.0 has no element Pipeline/,
    ],
    [
      `<Pipeline><Steps><member>${tags}</member><member><S3PutObjectTagging><TagSet><member><Key>${'k'.repeat(129)}</Key><Value/></member></TagSet></S3PutObjectTagging></member></Steps></Pipeline>`,
      'BadRequestException',
      /Operation\.Pipeline\.Steps\.1\.S3PutObjectTagging\.TagSet\.0\.Key: must have at most 128/,
    ],
  ])('%.110s', async (operation, code, says) => {
    const body = bodyOf({ S3DeleteObjectTagging: {} }).replace(
      /<Operation>.*<\/Operation>/,
      `<Operation>${operation}</Operation>`,
    );
    const answer = await signed('POST', '/v20180820/jobs', body);
    expect([errorCode(answer), message(answer)]).toEqual([code, expect.stringMatching(says)]);
  });
});

describe("AWS's client", () => {
  let served: ServedApp;
  let app: TestApp;
  let client: S3ControlClient;

  beforeEach(async () => {
    served = await serveWithAwsClient();
    ({ app, client } = served);
  });

  afterEach(() => served.close());

  test('reads what it knows of jobs that have more', async () => {
    const elements: JobRequest['Operation'][] = [
      { S3DeleteObject: {} },
      { S3DeleteObjectTagging: {}, When: WHEN },
      { S3InitiateRestoreObject: { ExpirationInDays: 3, WaitUntilRestored: true, RestoreTimeoutHours: 0.5 } },
      { Pipeline: { Steps: [{ S3DeleteObjectTagging: {}, When: WHEN }] } },
    ];
    const described: unknown[] = [];
    for (const [index, Operation] of elements.entries()) {
      const request = jobRequest({ ClientRequestToken: `t${index}`, Operation });
      const { jobId: JobId } = await app.service.createJob(ACCOUNT, planned(request));
      const { Job } = await client.send(new DescribeJobCommand({ AccountId: ACCOUNT, JobId }));
      expect(Job).toMatchObject({ JobId, Priority: 10, RoleArn: ROLE });
      described.push(Job?.Operation);
    }
    expect(described).toEqual([
      {},
      { S3DeleteObjectTagging: {} },
      { S3InitiateRestoreObject: { ExpirationInDays: 3 } },
      {},
    ]);
    const { Jobs = [] } = await client.send(new ListJobsCommand({ AccountId: ACCOUNT }));
    expect(Jobs.map(({ Operation }) => Operation).sort()).toEqual([
      'Pipeline',
      'S3DeleteObject',
      'S3DeleteObjectTagging',
      'S3InitiateRestoreObject',
    ]);
  });

  test('sends AWS members beside which Drover has its own as ever', async () => {
    const { ClientRequestToken, Manifest, Report, Priority, RoleArn } = jobRequest();
    const Operation = { S3InitiateRestoreObject: { ExpirationInDays: 3, GlacierJobTier: 'BULK' as const } };
    const common = { ClientRequestToken, Report, Priority, RoleArn, Operation, AccountId: ACCOUNT };
    const [Format, Fields] = [Manifest.Spec.Format, [...(Manifest.Spec.Fields ?? [])]];
    await client.send(
      new CreateJobCommand({ ...common, Manifest: { Spec: { Format, Fields }, Location: Manifest.Location } }),
    );
    expect(app.gateway.inputs[0]?.request.Operation).toEqual(Operation);
  });
});

describe('shapes of schemas that no operation has', () => {
  const known = structureOf(
    parameterShape(z.strictObject({ A: z.string(), Inner: z.strictObject({ B: z.int() }) })),
    'Known',
  );
  const all = z.strictObject({
    A: z.int(),
    Inner: z.strictObject({ B: z.int().optional(), C: z.array(z.array(z.string())).optional() }).optional(),
    Either: z.union([z.strictObject({ X: z.string() }), z.strictObject({ Y: z.boolean() })]).optional(),
    Word: z.string().or(z.literal('none')).optional(),
    Factor: z.number().default(1),
    No: z.never({ error: 'is not supported' }).optional(),
    get Self(): z.ZodOptional<z.ZodArray<z.ZodType>> {
      return z.array(all).optional();
    },
  });
  const shape = structureOf(parameterShape(all), 'Root', known);
  const roundTrip = (value: object): unknown => readRequestBody(shape, Buffer.from(writeXml(shape, value)));

  test('keep what is known and take the rest, at any depth', () => {
    const value = {
      // A text, as in the known shape.
      A: 'text',
      Inner: { B: 1, C: [['a', 'b'], []] },
      Either: { X: 'x', Y: false },
      Word: 'none',
      Factor: -2.5e-7,
      No: 'read, so that it can be refused',
      Self: [{ Self: [{ Either: { X: '' } }], Factor: 3 }, {}],
    };
    expect(roundTrip(value)).toEqual(value);
  });

  test('are those of the known structure when there is nothing more', () => {
    const same = structureOf(
      parameterShape(z.strictObject({ Inner: z.strictObject({}), A: z.string() })),
      'Root',
      known,
    );
    expect(same).toBe(known);
  });

  test.each([
    ['of mixed kinds', z.union([z.string(), z.array(z.string())])],
    ['of any kind', z.json()],
    ['a map of structures', z.record(z.string(), z.strictObject({}))],
  ])('cannot be %s', (_what, member) => {
    expect(() => structureOf(parameterShape(z.strictObject({ M: member })), 'Root')).toThrow(/may be|anything|maps of/);
  });
});

test('restore has its decimals and booleans', () => {
  // Were the examples to lose them, the tests above would prove less.
  const restore = OPERATIONS.find(({ name }) => name === 'S3InitiateRestoreObject');
  expect(JSON.stringify(restore?.examples)).toContain('"WaitUntilRestored":true');
});
