// A request filled into a template must be the request that the SDK's serializer gives, whatever was serialized before.
import fc from 'fast-check';
import type { AwsOperation } from '../../../../storage/aws/operation';
import { RequestSerializer } from '../../../../storage/aws/request-serializer';
import { copySource } from '../../../../storage/copy-source';
import { ObjectTemplate } from '../../../../storage/s3/object-template';
import { S3_OPERATIONS } from '../../../../storage/s3/s3-operations';
import { S3 } from '../../../../storage/s3/service';

const plainSerializer = new RequestSerializer(S3);
const text = fc.oneof(
  fc.constantFrom('a', 'b', '', 'a  b', '<&"\'>'),
  fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const ref = {
  Bucket: fc.constantFrom('one', 'two'),
  Key: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
};
const version = optional(fc.constantFrom('v1', 'null', 'a/b+c', ''));
const tagging = fc.record({ TagSet: fc.array(fc.record({ Key: text, Value: text }), { maxLength: 2 }) });

const copies = fc.record({
  ...ref,
  CopySource: fc.tuple(ref.Key, version).map(([key, versionId]) => copySource('source', key, versionId)),
  Metadata: optional(fc.dictionary(fc.constantFrom('a', 'b', 'C'), text, { maxKeys: 3 })),
  MetadataDirective: optional(fc.constantFrom('COPY', 'REPLACE')),
  Tagging: optional(text),
  Expires: optional(fc.constantFrom(new Date(0), new Date(86_400_000))),
  BucketKeyEnabled: optional(fc.boolean()),
  StorageClass: optional(fc.constantFrom('GLACIER', 'STANDARD')),
});
const samples: fc.Arbitrary<readonly [AwsOperation, object]> = fc.oneof(
  copies.map((input) => [S3_OPERATIONS.copyObject, input] as const),
  fc
    .record({ ...ref, VersionId: version, Tagging: tagging })
    .map((input) => [S3_OPERATIONS.putObjectTagging, input] as const),
  fc.record({ ...ref, VersionId: version }).map((input) => [S3_OPERATIONS.deleteObjectTagging, input] as const),
  fc.record({ ...ref, VersionId: version }).map((input) => [S3_OPERATIONS.headObject, input] as const),
  fc
    .record({ ...ref, VersionId: version, RestoreRequest: fc.record({ Days: fc.integer({ min: 1, max: 3 }) }) })
    .map((input) => [S3_OPERATIONS.restoreObject, input] as const),
  fc
    .record({ ...ref, VersionId: version, BypassGovernanceRetention: optional(fc.boolean()) })
    .map((input) => [S3_OPERATIONS.deleteObject, input] as const),
  fc
    .record({ ...ref, VersionId: version, ACL: optional(fc.constantFrom('private', 'public-read')) })
    .map((input) => [S3_OPERATIONS.putObjectAcl, input] as const),
  fc
    .record({ ...ref, VersionId: version, AccessControlPolicy: fc.record({ Owner: fc.record({ ID: text }) }) })
    .map((input) => [S3_OPERATIONS.putObjectAcl, input] as const),
  fc
    .record({ ...ref, VersionId: version, LegalHold: fc.record({ Status: fc.constantFrom('ON', 'OFF') }) })
    .map((input) => [S3_OPERATIONS.putObjectLegalHold, input] as const),
  fc
    .record({
      ...ref,
      VersionId: version,
      Retention: fc.record({ RetainUntilDate: fc.constantFrom(new Date(0), new Date(86_400_000)) }),
      BypassGovernanceRetention: optional(fc.boolean()),
    })
    .map((input) => [S3_OPERATIONS.putObjectRetention, input] as const),
);

test('is what serializing gives, in any sequence of operations and parameters', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(samples, { minLength: 1, maxLength: 12 }), async (sequence) => {
      const serializer = new RequestSerializer(S3);
      for (const [operation, input] of [...sequence, ...sequence]) {
        const expected = await plainSerializer.serialize(operation, input);
        expect(await serializer.request(operation, input)).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
}, 30_000);

test.each([
  ['putObjectAcl', { ACL: 'private' }],
  ['putObjectLegalHold', { LegalHold: { Status: 'ON' } }],
  ['putObjectRetention', { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(0) } }],
  ['deleteObject', {}],
] as const)('is used by %s', async (name, members) => {
  const serializer = new RequestSerializer(S3);
  const at = (Key: string, VersionId?: string): object => ({
    Bucket: 'b',
    Key,
    ...(VersionId && { VersionId }),
    ...members,
  });
  for (const version of [undefined, 'v1']) {
    await serializer.request(S3_OPERATIONS[name], at('one', version));
    expect(serializer.request(S3_OPERATIONS[name], at('two', version && 'v2'))).not.toBeInstanceOf(Promise);
  }
});

test('is used for another key, version and source of the same parameters', async () => {
  const serializer = new RequestSerializer(S3);
  const input = { Bucket: 'b', Key: 'one', CopySource: 'source/one', Metadata: { a: '1' }, Expires: new Date(0) };
  expect(serializer.request(S3_OPERATIONS.copyObject, input)).toBeInstanceOf(Promise);
  await serializer.request(S3_OPERATIONS.copyObject, input);
  const other = {
    ...input,
    Key: 'two',
    CopySource: 'source/two',
    Metadata: { a: '1' },
    Expires: new Date(0),
    ACL: undefined,
  };
  expect(serializer.request(S3_OPERATIONS.copyObject, other)).not.toBeInstanceOf(Promise);
});

test('notices that the caller has changed its own parameters in between', async () => {
  const serializer = new RequestSerializer(S3);
  const input = { Bucket: 'b', Key: 'k', Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } };
  const before = await serializer.request(S3_OPERATIONS.putObjectTagging, input);
  input.Tagging.TagSet[0]!.Value = '2';
  const after = await serializer.request(S3_OPERATIONS.putObjectTagging, input);
  expect(before.body!.toString()).toContain('<Value>1</Value>');
  expect(after.body!.toString()).toContain('<Value>2</Value>');
});

test('gives every request headers of its own', async () => {
  const serializer = new RequestSerializer(S3);
  const input = { Bucket: 'b', Key: 'k' };
  await serializer.request(S3_OPERATIONS.headObject, input);
  const first = await serializer.request(S3_OPERATIONS.headObject, input);
  first.headers['authorization'] = 'signed';
  expect((await serializer.request(S3_OPERATIONS.headObject, input)).headers).not.toHaveProperty('authorization');
});

test.each([
  ['an empty key', { Key: '' }],
  ['a key without UTF-8 form', { Key: '\ud800' }],
  ['a source with a line break', { Key: 'k', CopySource: 'source/k\r\nx: y' }],
])('still refuses %s', async (_name, members) => {
  const serializer = new RequestSerializer(S3);
  const input = { Bucket: 'b', Key: 'k', CopySource: 'source/k' };
  await serializer.request(S3_OPERATIONS.copyObject, input);
  await expect(serializer.request(S3_OPERATIONS.copyObject, { ...input, ...members })).rejects.toMatchObject({
    name: 'StoreError',
  });
});

test('is not made of a request that it would not reproduce', async () => {
  const input = { Bucket: 'b', Key: 'k', VersionId: 'v' };
  const request = await plainSerializer.serialize(S3_OPERATIONS.headObject, input);
  expect(ObjectTemplate.from(input, request)).toBeDefined();
  expect(ObjectTemplate.from(input, { ...request, path: '/prefix/k' })).toBeUndefined();
  expect(ObjectTemplate.from({ ...input, Body: Buffer.from('x') }, request)).toBeUndefined();
});
