/**
 * Goal: a change of class, redirect or encryption works on stores that take a copy onto itself only with new metadata, and
 * loses nothing of the object. Method: the in-memory store with the refusal of SeaweedFS and versitygw.
 */
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import type { CopyObjectInput } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import type { ObjectSeed } from '../../../support/memory-store/bucket';
import { MemoryStore } from '../../../support/memory-store/store';
import { DONE, OperationRunner, row } from '../../../support/operation-runner';

const REFUSED =
  "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";

class Refusing extends MemoryStore {
  override copyObject(input: CopyObjectInput, options?: object) {
    const isOntoItself = input.CopySource === `${input.Bucket}/${input.Key}`;
    if (isOntoItself && input.MetadataDirective !== 'REPLACE') {
      this.faults.fail(new StoreError('InvalidRequest', 400, REFUSED), { method: 'copyObject' });
    }
    return super.copyObject(input, options);
  }
}

const OBJECT: ObjectSeed = {
  headers: { ContentType: 'text/plain', CacheControl: 'max-age=60', Expires: new Date('2030-01-01T00:00:00Z') },
  metadata: { origin: 'here' },
  tags: [{ Key: 'a', Value: 'b' }],
};

function world(seed: ObjectSeed = {}): Refusing {
  const store = new Refusing({ buckets: ['b'], updatesEncryption: false });
  store.seed('b', 'k', 'body', { ...OBJECT, ...seed });
  return store;
}

function copy(store: MemoryStore, given: JsonObject): Promise<TaskOutcome> {
  const TargetResource = 'arn:aws:s3:::b';
  return new OperationRunner(store, 'S3PutObjectCopy', { TargetResource, ...given }).perform(row('k'));
}

const methods = (store: MemoryStore): string[] => store.calls.map(({ method }) => method);

test.each<[title: string, given: JsonObject, made: object]>([
  ['class', { StorageClass: 'STANDARD_IA' }, { storageClass: 'STANDARD_IA' }],
  ['encryption', { NewObjectMetadata: { SSEAlgorithm: 'AES256' } }, { encryption: { ServerSideEncryption: 'AES256' } }],
  ['redirect', { RedirectLocation: '/there' }, { settings: { WebsiteRedirectLocation: '/there' } }],
  [
    'class and tags',
    { StorageClass: 'STANDARD_IA', NewObjectTagging: [{ Key: 'n', Value: '1' }] },
    { storageClass: 'STANDARD_IA', tags: [{ Key: 'n', Value: '1' }] },
  ],
])('%s: all else stays', async (_title, given, made) => {
  const store = world();
  expect(await copy(store, given)).toEqual(DONE);
  expect(store.peek('b', 'k')).toMatchObject({ ...OBJECT, ...made });
  expect(methods(store).slice(0, 3)).toEqual(['copyObject', 'describeObject', 'copyObject']);
  const looks = [given['NewObjectTagging'], given['StorageClass'], given['NewObjectMetadata']].filter(Boolean);
  expect(methods(store)).toHaveLength(3 + looks.length);
});

test('a store that has no objection is asked once', async () => {
  const store = new MemoryStore({ buckets: ['b'] });
  store.seed('b', 'k', 'body', OBJECT);
  expect(await copy(store, { StorageClass: 'STANDARD_IA' })).toEqual(DONE);
  // And whether the class is there.
  expect(methods(store)).toEqual(['copyObject', 'describeObject']);
});

test('the encryption that S3UpdateObjectEncryption wants', async () => {
  const store = world();
  const KMSKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const given = { ObjectEncryption: { SSEKMS: { KMSKeyArn } } };
  expect(await new OperationRunner(store, 'S3UpdateObjectEncryption', given).perform(row('k'))).toEqual(DONE);
  const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KMSKeyArn };
  expect(store.peek('b', 'k')).toMatchObject({ ...OBJECT, encryption });
});

test.each<[title: string, given: JsonObject]>([
  ['no change', {}],
  ['what S3 takes for no change either', { NewObjectTagging: [] }],
])('%s is refused, and the object stays', async (_title, given) => {
  const store = world();
  const before = store.peek('b', 'k');
  expect(await copy(store, given)).toMatchObject({ errorCode: 'InvalidRequest', message: REFUSED });
  expect(store.peek('b', 'k')).toBe(before);
});

test('another refusal is the row', async () => {
  const store = new MemoryStore({ buckets: ['b'] });
  store.seed('b', 'k', 'body', OBJECT);
  store.faults.fail(new StoreError('InvalidRequest', 400, 'No such class here'), { method: 'copyObject' });
  expect(await copy(store, { StorageClass: 'STANDARD_IA' })).toMatchObject({ message: 'No such class here' });
  expect(methods(store).filter((method) => method === 'copyObject')).toHaveLength(1);
});

test('metadata that the store does not tell are not lost', async () => {
  const store = world({ settings: { MissingMetadata: 1 } });
  const before = store.peek('b', 'k');
  expect(await copy(store, { StorageClass: 'STANDARD_IA' })).toMatchObject({
    httpStatus: 400,
    message: expect.stringContaining('did not tell 1 of its metadata entries'),
  });
  expect(store.peek('b', 'k')).toBe(before);
});

test('an object that is replaced meanwhile does not get the metadata of the former', async () => {
  const store = world();
  const gate = store.faults.hold({ method: 'describeObject' });
  const copying = copy(store, { StorageClass: 'STANDARD_IA' });
  await gate.reached;
  const replaced = store.faults.hold({ method: 'copyObject' });
  gate.release();
  await replaced.reached;
  store.seed('b', 'k', 'newer', { metadata: { origin: 'there' } });
  replaced.release();
  expect(await copying).toMatchObject({ httpStatus: 412, errorCode: 'PreconditionFailed' });
  expect(store.peek('b', 'k')).toMatchObject({ metadata: { origin: 'there' }, storageClass: 'STANDARD' });
});
