/**
 * Goal: no call is sent that a store could take for another, also not by a step, a condition or a copy. Method: operations before a proxy that
 * takes subresources for the object's own calls.
 */
import type { JsonObject } from '../../contracts/job';
import { quirk } from '../support/quirks';
import { quirkBenches } from './bench/benches';
import { rowOf, SOURCE, TARGET } from './bench/quirk-bench';

const open = quirkBenches();
const TARGET_ARN = `arn:aws:s3:::${TARGET}`;
const TAGS = [{ Key: 'expire', Value: 'after-30-days' }];
const READ_ONLY: JsonObject = { AccessControlPolicy: { CannedAccessControlList: 'public-read' } };
const BYTES = 'what the object holds';

test('S3DeleteObjectTagging where DELETE ?tagging deletes the object', async () => {
  const { outcome, body } = await performed('tagging-taken-for-object-get-501', { S3DeleteObjectTagging: {} });
  expect(body).toBe(BYTES);
  expect(outcome).toMatchObject({ status: 'failed', httpStatus: 501 });
});

test('S3DeleteObjectTagging where only DELETE is taken for the object’s: the object is there', async () => {
  const { body } = await performed('tagging-delete-taken-for-object', { S3DeleteObjectTagging: {} });
  expect(body).toBe(BYTES);
});

test('S3RemoveObjectTagging reads first', async () => {
  const { outcome, body } = await performed('tagging-taken-for-object-get-bytes', {
    S3RemoveObjectTagging: { TagKeys: ['before'] },
  });
  expect(body).toBe(BYTES);
  expect(outcome).toMatchObject({ status: 'failed', httpStatus: 501 });
});

test.each<[string, JsonObject]>([
  ['tagging-taken-for-object-get-bytes', { S3PutObjectTagging: { TagSet: TAGS } }],
  ['tagging-taken-for-object-get-right', { S3PutObjectTagging: { TagSet: TAGS } }],
  ['acl-taken-for-object-get-bytes', { S3PutObjectAcl: READ_ONLY }],
  ['acl-taken-for-object-get-right', { S3PutObjectAcl: READ_ONLY }],
  ['restore-taken-for-object-get-bytes', { S3InitiateRestoreObject: { ExpirationInDays: 7, GlacierJobTier: 'BULK' } }],
])('%s: what %j would write is not the content', async (name, element) => {
  const { outcome, body } = await performed(name, element);
  expect(body).toBe(BYTES);
  expect(outcome).toMatchObject({ status: 'failed', httpStatus: 501 });
});

test('the same as a step', async () => {
  const Steps = [{ S3PutObjectTagging: { TagSet: TAGS } }, { S3DeleteObjectTagging: {} }];
  const { outcome, body } = await performed('tagging-taken-for-object-get-bytes', { Pipeline: { Steps } });
  expect(body).toBe(BYTES);
  expect(outcome).toMatchObject({ status: 'failed', httpStatus: 501 });
});

test('the same as a condition', async () => {
  const { outcome, body } = await performed('tagging-taken-for-object-get-bytes', {
    S3DeleteObject: {},
    When: { MatchAllTags: [{ Key: 'before', Value: 'yes' }] },
  });
  expect(body).toBe(BYTES);
  expect(outcome).toMatchObject({ status: 'failed', httpStatus: 501 });
});

test.each<[string, JsonObject]>([
  ['acl-taken-for-object-get-bytes', { CannedAccessControlList: 'public-read' }],
  ['tagging-taken-for-object-get-bytes', { NewObjectTagging: TAGS }],
])('%s: what is set on the copy (%j) is not its content', async (name, settings) => {
  const bench = await open([quirk(name)], { apart: true });
  bench.here.seed(SOURCE, 'k', BYTES);
  await bench.perform({ S3PutObjectCopy: { TargetResource: TARGET_ARN, ...settings } }, rowOf('k'));
  expect(bench.there.peek(TARGET, 'k')?.body.toString() ?? BYTES).toBe(BYTES);
});

async function performed(name: string, element: JsonObject) {
  const bench = await open([quirk(name)]);
  const storageClass = 'S3InitiateRestoreObject' in element ? 'GLACIER' : 'STANDARD';
  bench.here.seed(SOURCE, 'k', BYTES, { storageClass });
  const outcome = await bench.perform(element, rowOf('k'));
  return { outcome, body: bench.here.peek(SOURCE, 'k')?.body.toString() };
}
