/** What the in-memory store keeps: buckets, versions of objects, archived copies; and the errors S3 answers about them. */
import { createHash } from 'node:crypto';
import type { Tag } from '../../contracts/job';
import { StoreError } from '../../storage/store-error';

export interface MemoryRestore {
  readonly tier: string;
  readonly days: number | undefined;
  /** Epoch milliseconds. */
  readonly readyAt: number;
  readonly expiresAt: number;
}

export interface MemoryObject {
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly body: Buffer;
  /** Bytes; more than `body` has where a test pretends a large object. */
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly headers: Readonly<Record<string, string | Date>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** Settings that are kept as they were given: acl, grants, encryption, lock, redirect, checksum. */
  readonly settings: Readonly<Record<string, unknown>>;
  tags: readonly Tag[];
  restore: MemoryRestore | undefined;
}

export interface ObjectSeed {
  readonly headers?: Readonly<Record<string, string | Date>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
  readonly storageClass?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Pretended size in bytes. */
  readonly size?: number;
  readonly lastModified?: Date;
  /** MD5 of the body unless given. */
  readonly etag?: string;
}

const KEY_BYTES_MAX = 1_024;

export class MemoryBucket {
  /** Oldest version first. */
  private readonly objects = new Map<string, MemoryObject[]>();
  private serial = 0;

  constructor(
    readonly name: string,
    readonly versioned: boolean,
  ) {}

  put(key: string, body: Buffer, now: Date, seed: ObjectSeed = {}): MemoryObject {
    if (Buffer.byteLength(key) > KEY_BYTES_MAX) throw refusal('KeyTooLongError', 400, 'Your key is too long');
    return this.add(key, {
      versionId: this.nextVersionId(),
      deleteMarker: false,
      body,
      size: seed.size ?? body.length,
      etag: seed.etag ?? createHash('md5').update(body).digest('hex'),
      lastModified: seed.lastModified ?? now,
      headers: seed.headers ?? {},
      metadata: seed.metadata ?? {},
      storageClass: seed.storageClass ?? 'STANDARD',
      settings: seed.settings ?? {},
      tags: seed.tags ?? [],
      restore: undefined,
    });
  }

  remove(key: string, now: Date, versionId?: string): void {
    const versions = this.objects.get(key) ?? [];
    if (versionId !== undefined || !this.versioned) {
      const left = versionId === undefined ? [] : versions.filter((version) => version.versionId !== versionId);
      if (left.length === 0) this.objects.delete(key);
      else this.objects.set(key, left);
      return;
    }
    const marker = { versionId: this.nextVersionId(), deleteMarker: true, body: Buffer.alloc(0), size: 0, etag: '' };
    const none = { headers: {}, metadata: {}, storageClass: 'STANDARD', settings: {}, tags: [], restore: undefined };
    this.add(key, { ...marker, ...none, lastModified: now });
  }

  /** Throws what S3 answers for an object, version or marker that can't be used. */
  get(key: string, versionId?: string): MemoryObject {
    const versions = this.objects.get(key) ?? [];
    if (versionId === undefined) {
      const newest = versions.at(-1);
      if (newest === undefined || newest.deleteMarker)
        throw refusal('NoSuchKey', 404, 'The specified key does not exist.');
      return newest;
    }
    const version = versions.find((candidate) => candidate.versionId === versionId);
    if (version === undefined) throw refusal('NoSuchVersion', 404, 'The specified version does not exist.');
    if (version.deleteMarker) {
      throw refusal('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.');
    }
    return version;
  }

  versions(key: string): readonly MemoryObject[] {
    return this.objects.get(key) ?? [];
  }

  keys(): string[] {
    return [...this.objects].filter(([, versions]) => versions.at(-1)?.deleteMarker === false).map(([key]) => key);
  }

  private add(key: string, object: MemoryObject): MemoryObject {
    this.objects.set(key, this.versioned ? [...(this.objects.get(key) ?? []), object] : [object]);
    return object;
  }

  private nextVersionId(): string {
    this.serial += 1;
    return this.versioned ? `v${this.serial}` : 'null';
  }
}

export function refusal(code: string, httpStatus: number, message: string): StoreError {
  return new StoreError(code, httpStatus, message, { requestId: 'memory' });
}

const ARCHIVE_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hours a retrieval takes, as AWS states them ("Archive retrieval options"). */
const RESTORE_HOURS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  GLACIER: { Standard: 5, Bulk: 12 },
  DEEP_ARCHIVE: { Standard: 12, Bulk: 48 },
};

export function isReadable(object: MemoryObject, now: Date): boolean {
  return !ARCHIVE_CLASSES.includes(object.storageClass) || restoreHeader(object, now)?.includes('"false"') === true;
}

/** The `x-amz-restore` header at `now`: none before a request, and none after the expiry. */
export function restoreHeader(object: MemoryObject, now: Date): string | undefined {
  const { restore } = object;
  if (restore === undefined || now.getTime() >= restore.expiresAt) return undefined;
  if (now.getTime() < restore.readyAt) return 'ongoing-request="true"';
  return `ongoing-request="false", expiry-date="${new Date(restore.expiresAt).toUTCString()}"`;
}

/** RestoreObject as AWS documents it: 202 accepted, 200 stay extended, 409 under way. Returns the status. */
export function requestRestore(object: MemoryObject, days: number | undefined, tier: string, now: Date): number {
  if (!ARCHIVE_CLASSES.includes(object.storageClass)) {
    throw refusal('InvalidObjectState', 403, "Restore is not allowed for the object's current storage class");
  }
  if (days === undefined || days < 1) {
    throw refusal(
      'MalformedXML',
      400,
      'The XML you provided was not well-formed or did not validate against our schema',
    );
  }
  const header = restoreHeader(object, now);
  if (header?.includes('"true"')) {
    const faster = object.restore?.tier === 'Bulk' && tier === 'Standard';
    if (!faster || object.restore?.days !== days) {
      throw refusal('RestoreAlreadyInProgress', 409, 'Object restore is already in progress');
    }
  }
  const restored = header?.includes('"false"') ?? false;
  const hours = RESTORE_HOURS[object.storageClass]?.[tier] ?? 0;
  const readyAt = restored ? now.getTime() : now.getTime() + hours * HOUR_MS;
  object.restore = { tier, days, readyAt, expiresAt: readyAt + days * DAY_MS };
  return restored ? 200 : 202;
}
