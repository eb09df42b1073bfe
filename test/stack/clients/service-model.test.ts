/**
 * Goal: what Drover takes for S3 Control's rules are AWS's. Method: the structures, wire names and limits that requests are
 * read and checked by are compared, member by member and both ways, with the service model that boto3 ships.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  DeleteJobTaggingRequest$,
  DescribeJobRequest$,
  GetJobTaggingRequest$,
  ListJobsRequest$,
  PutJobTaggingRequest$,
  UpdateJobPriorityRequest$,
  UpdateJobStatusRequest$,
} from '@aws-sdk/client-s3-control';
import { NormalizedSchema } from '@smithy/core/schema';
import { MODEL_LIMITS, type ShapeLimits } from '../../../api/s3control/wire/model-limits';
import { CREATE_JOB_REQUEST } from '../../../api/s3control/wire/schemas';
import { defined } from '../../../contracts/defined';
import { OPERATIONS } from '../../../operations';
import { describeParameters, isOfAws } from '../../../operations/describe';
import { awsClientEnvironment, boto3Python } from '../../support/servers/stack';
import { runProgram } from '../../support/stack/run-command';

interface Reference {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Reference>>;
  readonly required?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly union?: boolean;
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const REQUESTS = {
  CreateJob: CREATE_JOB_REQUEST,
  DescribeJob: DescribeJobRequest$,
  ListJobs: ListJobsRequest$,
  UpdateJobPriority: UpdateJobPriorityRequest$,
  UpdateJobStatus: UpdateJobStatusRequest$,
  GetJobTagging: GetJobTaggingRequest$,
  PutJobTagging: PutJobTaggingRequest$,
  DeleteJobTagging: DeleteJobTaggingRequest$,
};

let model: Model;

beforeAll(async () => {
  const script = 'import os, botocore; print(os.path.dirname(botocore.__file__))';
  const { stdout, stderr } = await runProgram(await boto3Python(), ['-c', script], awsClientEnvironment());
  if (stdout.trim() === '') throw new Error(stderr);
  const file = join(stdout.trim(), 'data', 's3control', '2018-08-20', 'service-2.json.gz');
  model = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Model;
});

function shapeOf(name: string): Shape {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`the model has no ${name}`);
  return shape;
}

/** Every structure that a request of these calls can hold. */
function structuresOf(name: string, found = new Set<string>()): Set<string> {
  const { type, members = {}, member, key, value } = shapeOf(name);
  if (type === 'structure') {
    if (found.has(name)) return found;
    found.add(name);
  }
  for (const reference of [...Object.values(members), member, key, value]) {
    if (reference !== undefined) structuresOf(reference.shape, found);
  }
  return found;
}

/** The limits of a shape as the table writes them. */
function limitsIn(name: string): ShapeLimits {
  const { type, min, max, pattern, enum: values, member, key, value } = shapeOf(name);
  const number = type === 'integer' || type === 'long';
  return {
    shape: name,
    ...(number ? { type } : {}),
    // An empty text is one without a least length.
    ...(min === undefined || (min === 0 && !number) ? {} : { min }),
    ...defined({ max, pattern }),
    ...(values === undefined ? {} : { values: [...values].sort() }),
    ...(member === undefined ? {} : { items: limitsIn(member.shape) }),
    ...(key === undefined || value === undefined ? {} : { keys: limitsIn(key.shape), entries: limitsIn(value.shape) }),
  };
}

/** The same of an entry of the table, without the words. */
function limitsOf({ says: _says, values, items, keys, entries, ...rest }: ShapeLimits): ShapeLimits {
  return {
    ...rest,
    ...(values === undefined ? {} : { values: [...values].sort() }),
    ...(items === undefined ? {} : { items: limitsOf(items) }),
    ...(keys === undefined || entries === undefined ? {} : { keys: limitsOf(keys), entries: limitsOf(entries) }),
  };
}

test('the table has the limits of every structure, and no other', () => {
  const structures = new Set(Object.keys(REQUESTS).flatMap((call) => [...structuresOf(inputOf(call))]));
  const expected = [...structures].sort().map((name) => {
    const { required = [], members = {} } = shapeOf(name);
    const limits = Object.entries(members).map(([member, { shape }]) => [member, limitsIn(shape)]);
    return [name, { required: [...required].sort(), members: Object.fromEntries(limits) as unknown }];
  });
  const found = Object.entries(MODEL_LIMITS).map(([name, { required, members }]) => {
    const limits = Object.entries(members).map(([member, own]) => [member, limitsOf(own)]);
    return [name, { required: [...required].sort(), members: Object.fromEntries(limits) as unknown }];
  });
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

function inputOf(call: string): string {
  const operation = model.operations[call];
  if (operation === undefined) throw new Error(`the model has no ${call}`);
  return operation.input.shape;
}

/** What the schemas have beyond the model: Drover's own operations, options and parameters. */
const OURS = new Set([
  ...['When', 'SkipIfInDesiredState', 'Pipeline'],
  ...OPERATIONS.filter((operation) => !isOfAws(operation)).map(({ name }) => name),
  ...OPERATIONS.flatMap(describeParameters)
    .filter(({ description }) => description.startsWith('Drover only'))
    .map(({ name }) => name),
]);

/** Members with their kind and their name on the wire, as the schemas that requests are read by have them. */
function wireOf(schema: NormalizedSchema, found: Record<string, unknown> = {}): Record<string, unknown> {
  if (schema.isListSchema() || schema.isMapSchema()) return wireOf(schema.getValueSchema(), found);
  const name = schema.getName() ?? '';
  if (!schema.isStructSchema() || name in found) return found;
  const members: Record<string, string> = {};
  found[name] = { union: schema.isUnionSchema(), members };
  for (const [member, shape] of schema.structIterator()) {
    if (!(member in (MODEL_LIMITS[name]?.members ?? {})) && OURS.has(member)) continue;
    const { httpHeader, httpLabel, httpQuery, xmlName } = shape.getMemberTraits();
    const place = httpHeader ?? httpQuery ?? (httpLabel === undefined ? (xmlName ?? member) : 'path');
    const item = shape.isListSchema() ? ` of ${shape.getValueSchema().getMergedTraits().xmlName ?? 'member'}` : '';
    members[member] = `${kindOf(shape)} ${place}${item}`;
    wireOf(shape, found);
  }
  return found;
}

function kindOf(shape: NormalizedSchema): string {
  if (shape.isStructSchema()) return 'structure';
  if (shape.isListSchema()) return 'list';
  if (shape.isMapSchema()) return 'map';
  if (shape.isBooleanSchema()) return 'boolean';
  if (shape.isTimestampSchema()) return 'timestamp';
  return shape.isNumericSchema() ? 'number' : 'string';
}

test.each(Object.entries(REQUESTS))('%s is read by the structure that the model has', (call, schema) => {
  const expected = [...structuresOf(inputOf(call))].map((name) => {
    const { union = false, members = {} } = shapeOf(name);
    const wire = Object.entries(members).map(([member, { shape, location, locationName }]) => {
      const { type, member: item } = shapeOf(shape);
      const kind = type === 'integer' || type === 'long' ? 'number' : type;
      const place = location === 'uri' ? 'path' : (locationName ?? member);
      return [member, `${kind} ${place}${item === undefined ? '' : ` of ${item.locationName ?? 'member'}`}`];
    });
    return [name, { union, members: Object.fromEntries(wire) as unknown }];
  });
  expect(wireOf(NormalizedSchema.of(schema))).toEqual(Object.fromEntries(expected));
});
