/**
 * Goal: an Operation element is read strictly, and every refusal names what is wrong and where. Method: elements as they come
 * from clients, and the messages they earn.
 */
import { DroverError } from '../../../contracts/engine/failures';
import { OPERATIONS, parseOperation } from '../../../operations';
import { defaultPlan } from '../../../operations/common/plan';

/** API_control_JobOperation: all that AWS has. */
const AWS_OPERATIONS = [
  'LambdaInvoke',
  'S3ComputeObjectChecksum',
  'S3DeleteObjectTagging',
  'S3InitiateRestoreObject',
  'S3PutObjectAcl',
  'S3PutObjectCopy',
  'S3PutObjectLegalHold',
  'S3PutObjectRetention',
  'S3PutObjectTagging',
  'S3ReplicateObject',
  'S3UpdateObjectEncryption',
];

function refusal(element: unknown): DroverError {
  try {
    parseOperation(element);
  } catch (error) {
    if (error instanceof DroverError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

test("AWS's operations are there", () => {
  expect(OPERATIONS.map(({ name }) => name)).toEqual(expect.arrayContaining(AWS_OPERATIONS));
});

test('every operation has its own name', () => {
  expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length);
});

test.each<[element: unknown, message: string]>([
  [{ S3DeleteBucket: {} }, 'Operation.S3DeleteBucket: no such operation; supported are GlacierDeleteArchive, '],
  ...['s3putobjectcopy', 'constructor', ''].map((name): [object, string] => [
    { [name]: {} },
    `Operation.${name}: no such operation`,
  ]),
  [{}, 'Operation: exactly one operation must be given, found none'],
  [
    { S3PutObjectCopy: {}, S3DeleteObjectTagging: {} },
    'Operation: exactly one operation must be given, found S3PutObjectCopy, S3DeleteObjectTagging',
  ],
  [undefined, 'Operation: must be an object'],
  [null, 'Operation: must be an object'],
  ['S3PutObjectCopy', 'Operation: must be an object'],
  [[], 'Operation: must be an object'],
  [{ S3DeleteObjectTagging: null }, 'Operation.S3DeleteObjectTagging: '],
  [{ S3PutObjectTagging: {} }, 'Operation.S3PutObjectTagging.TagSet: is required'],
  [{ S3PutObjectTagging: { TagSet: {} } }, 'Operation.S3PutObjectTagging.TagSet: '],
  [{ S3PutObjectTagging: { TagSet: [{ Key: 'a' }] } }, 'Operation.S3PutObjectTagging.TagSet.0.Value: is required'],
])('%j is a bad request', (element, message) => {
  const error = refusal(element);
  expect(error.code).toBe('BadRequestException');
  expect(error.message).toContain(message);
});

test('options that say nothing change nothing', () => {
  const { plan, bindDesiredState } = parseOperation({ S3DeleteObjectTagging: {}, SkipIfInDesiredState: false });
  expect(plan).toEqual(defaultPlan('S3DeleteObjectTagging'));
  expect(bindDesiredState).toBeDefined();
});

test('a member without a value does not count', () => {
  const { plan } = parseOperation({ S3PutObjectCopy: undefined, S3DeleteObjectTagging: {} });
  expect(plan.operation).toBe('S3DeleteObjectTagging');
});

test('several problems are all told, up to five', () => {
  const given = Object.fromEntries(['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((name) => [name, 1]));
  const names = ['A', 'B', 'C', 'D', 'E'].map((name) => `Operation.S3DeleteObjectTagging.${name}: unknown member`);
  expect(refusal({ S3DeleteObjectTagging: given }).message).toBe(`${names.join('; ')}; and 2 more`);
});

test('an empty tag set is a tag set', () => {
  expect(() => parseOperation({ S3PutObjectTagging: { TagSet: [] } })).not.toThrow();
});

test('a plan takes what it is told and keeps the limits for the rest', () => {
  expect(defaultPlan('X', { batchRows: 7 })).toEqual({ ...defaultPlan('X'), batchRows: 7 });
  expect(defaultPlan('X')).toMatchObject({ operation: 'X', batchRows: 1_000, requestsInFlight: 64 });
});
