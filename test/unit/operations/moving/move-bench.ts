/** What the tests of S3MoveObject share: stores of several kinds, and a way to run a move on them. */
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import type {
  CopyObjectInput,
  DeleteObjectInput,
  HeadObjectInput,
  ObjectStore,
} from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';

export const TargetResource = 'arn:aws:s3:::target';

/** Takes no notice of conditions on the target and on a delete. */
export class CarelessStore extends MemoryStore {
  override copyObject(input: CopyObjectInput, options?: object) {
    return super.copyObject({ ...input, IfNoneMatch: undefined, IfMatch: undefined }, options);
  }
  override deleteObject(input: DeleteObjectInput, options?: object) {
    return super.deleteObject({ ...input, IfMatch: undefined }, options);
  }
}

/** Its ETags are no MD5s, and it keeps no checksums: only the content can be compared. */
export class SilentStore extends MemoryStore {
  private serial = 0;
  override async describeObject(input: HeadObjectInput, options?: object) {
    const { checksum: _checksum, ...rest } = await super.describeObject(input, options);
    return { ...rest, serverSideEncryption: 'aws:kms', sseKmsKeyId: `key-${(this.serial += 1)}` };
  }
}

export function prepared<S extends MemoryStore>(store: S, versioned = false): S {
  store.createBucket('source', { versioned });
  store.createBucket('target');
  return store;
}

export const newStore = (): MemoryStore => prepared(new MemoryStore());

export function taskOf(key: string, more: Partial<Task> = {}): Task {
  return { bucket: 'source', key, manifestKey: key, row: 0, ...more };
}

export function bind(store: ObjectStore, given: JsonObject = {}, elsewhere?: ObjectStore) {
  const operation = parseOperation({ S3MoveObject: { TargetResource, ...given } });
  const options = elsewhere ? { elsewhere: { store: elsewhere, buckets: ['target'] } } : {};
  const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store, options) });
  return (task: Task, signal = new AbortController().signal): Promise<TaskOutcome> => perform(task, signal);
}

export function text(store: MemoryStore, bucket: string, key: string, versionId?: string): string | undefined {
  return store.peek(bucket, key, versionId)?.body.toString();
}

export const LOST = (): StoreError => new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
export const OK = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
