import { defined } from '../../../contracts/defined';
import type { StoreProfile } from '../../../contracts/store-profile';
import { refuseClimbing } from '../../../storage/climbing-keys';
import type { CallOptions, ObjectRef, ReplicationRule } from '../../../storage/object-store';
import { AS_ON_AWS } from '../../../storage/profile/known-stores';
import { StoreError } from '../../../storage/store-error';
import { type BucketOptions, MemoryBucket, type MemoryObject, type ObjectSeed } from './bucket';
import { matches } from './describe';
import { Faults, type RecordedCall } from './faults';
import { MemoryReading } from './reading';
import { preconditionFailed, refusal } from './refusals';
import { MemoryUploads } from './uploads';

interface At {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

/** How tests arrange the in-memory store and look into it, and the way that each of its calls goes. */
export abstract class MemoryWorld {
  readonly faults = new Faults();
  readonly profile: StoreProfile;
  /** The store's own time: restores, locks and constraints go by it. */
  now: Date;
  protected readonly buckets = new Map<string, MemoryBucket>();
  protected readonly multipart = new MemoryUploads();
  protected readonly reading = new MemoryReading();
  private readonly refusedDeletes = new Map<string, StoreError>();
  protected readonly verifies: boolean;

  constructor(
    options: {
      readonly buckets?: readonly string[];
      readonly now?: Date;
      /** False for a store that takes bodies without a look at the checksums that come with them. */
      readonly verifies?: boolean;
      /** False for a store that takes UpdateObjectEncryption for PutObject. */
      readonly updatesEncryption?: boolean;
    } = {},
  ) {
    this.verifies = options.verifies ?? true;
    this.profile = { ...AS_ON_AWS, updatesEncryption: options.updatesEncryption ?? true };
    this.now = options.now ?? new Date('2026-01-01T00:00:00Z');
    for (const bucket of options.buckets ?? []) this.createBucket(bucket);
  }

  get calls(): readonly RecordedCall[] {
    return this.faults.calls;
  }

  // Nothing here is recorded, and no fault strikes.

  createBucket(name: string, options: BucketOptions = {}): void {
    this.buckets.set(name, new MemoryBucket(name, options));
  }

  suspendVersioning(bucket: string): void {
    this.bucket(bucket).suspendVersioning();
  }

  setReplication(bucket: string, rules: readonly ReplicationRule[]): void {
    this.bucket(bucket).replication = rules;
  }

  seed(bucket: string, key: string, body: string | Uint8Array = key, seed: ObjectSeed = {}): MemoryObject {
    return this.bucket(bucket).put(key, Buffer.from(body as Uint8Array), this.now, seed);
  }

  /** Hides the key behind a delete marker, whose version id is returned. */
  seedDeleteMarker(bucket: string, key: string): string {
    return this.bucket(bucket).remove(key, this.now).versionId ?? '';
  }

  /** Undefined when there is no such object. */
  peek(bucket: string, key: string, versionId?: string): MemoryObject | undefined {
    try {
      return this.bucket(bucket).get(key, versionId);
    } catch (error) {
      if (error instanceof StoreError) return undefined;
      throw error;
    }
  }

  versions(bucket: string, key: string): readonly MemoryObject[] {
    return this.bucket(bucket).versions(key);
  }

  keys(bucket: string): string[] {
    return this.bucket(bucket).keys();
  }

  /** Keys of all objects, also those behind a delete marker. */
  allKeys(bucket: string): string[] {
    return this.bucket(bucket).allKeys();
  }

  advance(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
  }

  /** The next `readStream` or `getObject` of the object breaks off after so many bytes. */
  breakStream(bucket: string, key: string, afterBytes: number): void {
    this.reading.breakStream(bucket, key, afterBytes);
  }

  /** The next deleteObjects with this key tells this of it, and deletes the others. */
  refuseDelete(
    bucket: string,
    key: string,
    code = 'InternalError',
    message = 'We encountered an internal error.',
  ): void {
    this.refusedDeletes.set(`${bucket}/${key}`, refusal(code, 200, message));
  }

  /** Keys of the multipart uploads that were neither completed nor aborted. */
  unfinishedUploads(): string[] {
    return this.multipart.keys();
  }

  /** One byte is another in the bodies of the next reads. */
  tamperReads(times = 1): void {
    this.reading.readsToTamper = times;
  }

  /** One byte is another in the bodies of the next writes when they arrive. */
  tamperWrites(times = 1): void {
    this.reading.writesToTamper = times;
  }

  /** What a test wants to be said of the key, once. */
  protected takeRefusal(bucket: string, key: string): StoreError | undefined {
    const name = `${bucket}/${key}`;
    const error = this.refusedDeletes.get(name);
    this.refusedDeletes.delete(name);
    return error;
  }

  /** The conditions of a write ("Conditional writes", S3 user guide). */
  protected checkTarget(
    bucket: MemoryBucket,
    input: At & { IfMatch?: string | undefined; IfNoneMatch?: string | undefined },
  ) {
    const present = this.peek(bucket.name, input.Key ?? '');
    if (input.IfNoneMatch === '*' && present) throw preconditionFailed();
    if (input.IfMatch === undefined) return;
    if (present === undefined) throw refusal('NoSuchKey', 404, 'The specified key does not exist.');
    if (!matches(present, input.IfMatch)) throw preconditionFailed();
  }

  /** A call whose first argument is in AWS's shape. */
  protected call<T>(
    method: string,
    input: At,
    options: CallOptions | undefined,
    effect: (bucket: MemoryBucket, ref: ObjectRef) => T | Promise<T>,
  ): Promise<T> {
    const { Bucket: bucket = '', Key: key = '', VersionId: versionId } = input;
    const ref = { bucket, key, ...defined({ versionId }) };
    const climbing = climbingIn(input);
    if (climbing) return Promise.reject(climbing);
    return this.faults.run({ method, ...ref, input }, options?.signal, () => effect(this.bucket(bucket), ref));
  }

  protected callAt<T>(
    method: string,
    ref: ObjectRef,
    options: CallOptions | undefined,
    effect: (bucket: MemoryBucket) => T | Promise<T>,
  ): Promise<T> {
    const { bucket, key, versionId } = ref;
    const at = { bucket, key, ...defined({ versionId }) };
    const climbing = climbingIn({ Key: key, VersionId: versionId });
    if (climbing) return Promise.reject(climbing);
    return this.faults.run({ method, ...at, input: ref }, options?.signal, () => effect(this.bucket(bucket)));
  }

  protected bucket(name: string): MemoryBucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw refusal('NoSuchBucket', 404, 'The specified bucket does not exist');
    return bucket;
  }
}

/** As the client refuses before it asks. DeleteObjects tells of each key by itself. */
function climbingIn(input: object): StoreError | undefined {
  try {
    refuseClimbing({ ...input, Delete: undefined });
    return undefined;
  } catch (error) {
    return error as StoreError;
  }
}
