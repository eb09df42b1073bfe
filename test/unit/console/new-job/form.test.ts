/**
 * Goal: the form is what the API takes. Method: fields are made of the schemas that the API gives out, for every operation of the
 * registry, and what the form finds wrong or right is given to the schema that requests are checked with.
 */
import { jsonSchema } from '../../../../api/rest/json-schema';
import { openApiDocument } from '../../../../api/rest/openapi';
import { restRoutes } from '../../../../api/rest/routes';
import { problemsIn, problemsOf, withBucketArn } from '../../../../console/form/check';
import { type Field, fieldOf, initial } from '../../../../console/form/field';
import { type Json, type JsonObject, objectOf } from '../../../../console/form/json';
import { localInput, utcOf } from '../../../../console/form/local-time';
import { quantityIn } from '../../../../console/form/quantity';
import { requestSchemas } from '../../../../console/form/request-schemas';
import { OPERATIONS } from '../../../../operations';
import { condition } from '../../../../operations/composing/condition';

function parametersOf(name: string): Field {
  const schema = jsonSchema(OPERATIONS.find((each) => each.name === name)!.parameters, 'input') as JsonObject;
  return fieldOf(name, schema, schema, true);
}

function member(field: Field, name: string): Field {
  return field.members().find((each) => each.name === name)!;
}

/** Every place of a form, a condition within a condition once. */
function placesOf(field: Field, depth = 0): Field[] {
  if (depth > 6) return [];
  const inner =
    field.kind === 'structure' ? field.members() : ['list', 'map'].includes(field.kind) ? [field.item()] : [];
  return [field, ...inner.flatMap((each) => placesOf(each, depth + 1))];
}

describe.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  const field = parametersOf(name);

  test('has an input of its own for every place', () => {
    expect(placesOf(field).filter(({ kind }) => kind === 'json')).toEqual([]);
  });

  test('its examples have nothing wrong', () => {
    const problems = operation.examples.map(({ parameters }) => problemsOf(field, parameters as Json, name));
    expect(problems.flat()).toEqual([]);
  });

  test('what the form refuses, the API refuses', () => {
    const empty = initial(field);
    const isRefusedHere = problemsOf(field, empty, name).length > 0;
    // Which of several members must be there, schemas do not say: that is left to the API.
    expect(isRefusedHere && operation.parameters.safeParse(empty).success).toBe(false);
  });
});

test('a condition has an input for every place, and one within it', () => {
  const schema = jsonSchema(condition, 'input') as JsonObject;
  const when = fieldOf('When', schema, schema);
  expect(placesOf(when).filter(({ kind }) => kind === 'json')).toEqual([]);
  expect(member(member(when, 'Not'), 'OlderThanDays').kind).toBe('number');
  expect(problemsOf(when, undefined, 'When')).toEqual([]);
  expect(problemsOf(when, { Not: { OlderThanDays: 0 } }, 'When')).toEqual([
    { path: 'When.Not.OlderThanDays', message: 'must be more than 0' },
  ]);
});

test('all that a request may say besides has an input', () => {
  const deps = {} as Parameters<typeof restRoutes>[0];
  const { member: memberOf } = requestSchemas({ operations: [], when: {} }, openApiDocument(restRoutes(deps)));
  const members = [
    'Filter',
    'Limits',
    'Description',
    'Tags',
    'Priority',
    'RoleArn',
    'NotificationUrl',
    'ConfirmationRequired',
  ];
  const places = members.flatMap((name) => placesOf(memberOf(name)));
  expect(places.filter(({ kind }) => kind === 'json')).toEqual([]);
  expect(member(memberOf('Limits'), 'TasksPerSecond').kind).toBe('number');
  expect(member(memberOf('Limits'), 'FailureThreshold').kind).toBe('structure');
  expect(memberOf('New').kind).toBe('json');
});

test('a place knows its kind, its help and its bounds', () => {
  const copy = parametersOf('S3PutObjectCopy');
  expect(member(copy, 'TargetResource')).toMatchObject({ kind: 'text', required: true });
  expect(member(copy, 'TargetResource').help).toMatch(/^ARN of the bucket/);
  expect(member(copy, 'MetadataDirective')).toMatchObject({ kind: 'choice', values: ['COPY', 'REPLACE'] });
  expect(member(copy, 'NewObjectTagging')).toMatchObject({ kind: 'list', bounds: { maxItems: 10 } });
  const metadata = member(copy, 'NewObjectMetadata');
  expect(member(metadata, 'HttpExpiresDate').kind).toBe('time');
  expect(member(metadata, 'UserMetadata').kind).toBe('map');
  expect(member(metadata, 'UserMetadata').item().kind).toBe('text');
  expect(member(parametersOf('S3VerifyObject'), 'Exists').kind).toBe('boolean');
  expect(member(parametersOf('HttpInvoke'), 'TasksPerInvocation').kind).toBe('integer');
});

test('what is required stands there at once, as far as it is not for a person to say', () => {
  expect(initial(parametersOf('S3UpdateObjectEncryption'))).toEqual({ ObjectEncryption: { SSEKMS: {} } });
  expect(initial(parametersOf('S3RemoveObjectTagging'))).toEqual({ TagKeys: [''] });
  expect(initial(parametersOf('S3PutObjectTagging'))).toEqual({ TagSet: [] });
  expect(initial(member(parametersOf('S3PutObjectTagging'), 'TagSet').item())).toEqual({ Value: '' });
});

test('what is wrong is told at its place, in the words of paths that the API uses', () => {
  const tagging = parametersOf('S3PutObjectTagging');
  expect(
    problemsOf(tagging, { TagSet: [{ Key: 'a', Value: '' }, { Value: 'b' }] }, 'Operation.S3PutObjectTagging'),
  ).toEqual([{ path: 'Operation.S3PutObjectTagging.TagSet.1.Key', message: 'is required' }]);
  const many = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  expect(problemsOf(tagging, { TagSet: many }, 'P')).toEqual([
    { path: 'P.TagSet', message: 'must have 10 entries at most' },
  ]);
  const copy = parametersOf('S3PutObjectCopy');
  const wrong = { TargetResource: 's3 bucket', NewObjectMetadata: { UserMetadata: { 'a b': 'x', c: 'ü' } } };
  expect(problemsOf(copy, wrong, 'P').map(({ path }) => path)).toEqual([
    'P.TargetResource',
    'P.NewObjectMetadata.UserMetadata.a b',
  ]);
  expect(problemsOf(copy, wrong, 'P')[0]?.message).toMatch(/must be a bucket/);
  const quote = problemsOf(tagging, { TagSet: [{ Key: 'a', Value: "it's" }] }, 'P');
  expect(quote).toEqual([{ path: 'P.TagSet.0.Value', message: "must not have '" }]);
  const restore = parametersOf('S3InitiateRestoreObject');
  expect(problemsOf(restore, { ExpirationInDays: '1x' }, 'P')).toEqual(
    expect.arrayContaining([{ path: 'P.ExpirationInDays', message: 'must be a number' }]),
  );
});

test('a refusal of the API is put at its places', () => {
  expect(
    problemsIn('Operation.S3PutObjectTagging.TagSet.0.Key: is required; Report.Bucket: must match; and so on'),
  ).toEqual([
    { path: 'Operation.S3PutObjectTagging.TagSet.0.Key', message: 'is required' },
    { path: 'Report.Bucket', message: 'must match' },
  ]);
  expect(problemsIn('The role does not exist')).toEqual([]);
});

test('a bucket may be written as people do', () => {
  const bucket = member(parametersOf('S3PutObjectCopy'), 'TargetResource');
  for (const text of ['archive', 's3://archive', 's3://archive/', ' archive ']) {
    expect(withBucketArn(bucket, text)).toBe('arn:aws:s3:::archive');
  }
  for (const text of ['arn:aws:s3:::archive', 's3://archive/folder', '']) {
    expect(withBucketArn(bucket, text)).toBe(text);
  }
  const key = member(parametersOf('S3PutObjectCopy'), 'TargetKey');
  expect(withBucketArn(key, 'archive')).toBe('archive');
});

test('sizes and ages may have units', () => {
  expect(quantityIn('ObjectSizeGreaterThanBytes', '10GiB')).toBe(10 * 1024 ** 3);
  expect(quantityIn('ObjectSizeGreaterThanBytes', '1.5 MB')).toBe(1_500_000);
  expect(quantityIn('BytesPerSecond', '50MB')).toBe(50_000_000);
  expect(quantityIn('OlderThanSeconds', '30d')).toBe(2_592_000);
  for (const [name, text] of [
    ['OlderThanSeconds', '10GiB'],
    ['OlderThanSeconds', '30'],
    ['ObjectSizeLessThanBytes', '0.3B'],
    ['Priority', '30d'],
  ] as const) {
    expect(quantityIn(name, text)).toBeUndefined();
  }
});

test('a time is written in the zone of the browser and sent in UTC', () => {
  const utc = '2036-01-01T10:20:30Z';
  expect(utcOf(localInput(utc))).toBe(utc);
  expect(localInput('never')).toBe('');
  expect(utcOf('')).toBeUndefined();
  expect(objectOf(undefined)).toEqual({});
});
