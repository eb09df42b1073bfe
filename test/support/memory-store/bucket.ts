/** What the in-memory store keeps: buckets with versions of objects and delete markers, and what S3 answers about them. */
import { createHash } from 'node:crypto';
import { defined } from '../../../contracts/defined';
import type { Tag } from '../../../contracts/job';
import type { ChecksumMembers, ObjectAcl, ObjectRetention, ReplicationRule } from '../../../storage/object-store';
import { aclOf } from './acl';
import { shownEtag } from './checks';
import { checkLockable, lockOf } from './lock';
import { refusal } from './refusals';

export interface MemoryRestore {
  readonly tier: string;
  readonly days: number | undefined;
  /** Epoch milliseconds. */
  readonly readyAt: number;
  readonly expiresAt: number;
}

export interface MemoryEncryption {
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
}

export interface MemoryPart extends ChecksumMembers {
  readonly size: number;
  readonly etag: string;
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
  /**
   * Settings as they were given with the object: acl, grants, encryption, lock, redirect, checksum. What later calls
   * change is in the members below.
   */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Parts of an object that was uploaded in parts. */
  readonly parts: readonly MemoryPart[];
  tags: readonly Tag[];
  restore: MemoryRestore | undefined;
  acl: ObjectAcl;
  encryption: MemoryEncryption;
  /** `ON` or `OFF`; undefined: never set. */
  legalHold: string | undefined;
  retention: ObjectRetention;
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
  /** MD5 of the body unless given, or nothing like it under KMS. */
  readonly etag?: string;
  readonly parts?: readonly MemoryPart[];
}

export interface BucketOptions {
  readonly versioned?: boolean;
  /** With Object Lock, which takes versioning. */
  readonly objectLock?: boolean;
  /** "Bucket owner enforced": ACLs can't be set. */
  readonly aclsDisabled?: boolean;
}

const KEY_BYTES_MAX = 1_024;

export class MemoryBucket {
  readonly objectLock: boolean;
  readonly aclsDisabled: boolean;
  replication: readonly ReplicationRule[] = [];
  /** Oldest version first. */
  private readonly objects = new Map<string, MemoryObject[]>();
  private versioning: 'off' | 'on' | 'suspended';
  private serial = 0;

  constructor(
    readonly name: string,
    options: BucketOptions = {},
  ) {
    this.objectLock = options.objectLock ?? false;
    this.aclsDisabled = options.aclsDisabled ?? false;
    this.versioning = options.versioned || this.objectLock ? 'on' : 'off';
  }

  get versioned(): boolean {
    return this.versioning !== 'off';
  }

  /** What comes from now on has the version id `null`. */
  suspendVersioning(): void {
    this.versioning = 'suspended';
  }

  put(key: string, body: Buffer, now: Date, seed: ObjectSeed = {}): MemoryObject {
    if (Buffer.byteLength(key) > KEY_BYTES_MAX) throw refusal('KeyTooLongError', 400, 'Your key is too long');
    const settings = seed.settings ?? {};
    const encryption = encryptionOf(settings);
    const lock = lockOf(settings);
    if (lock.legalHold !== undefined || lock.retention.Mode !== undefined) checkLockable(this.objectLock);
    return this.add(key, {
      versionId: this.nextVersionId(),
      deleteMarker: false,
      body,
      size: seed.size ?? body.length,
      etag: seed.etag ?? shownEtag(createHash('md5').update(body).digest('hex'), encryption.ServerSideEncryption),
      lastModified: seed.lastModified ?? now,
      headers: seed.headers ?? {},
      metadata: seed.metadata ?? {},
      storageClass: seed.storageClass ?? 'STANDARD',
      settings,
      parts: seed.parts ?? [],
      tags: seed.tags ?? [],
      restore: undefined,
      acl: aclOf(settings, this.aclsDisabled),
      encryption,
      ...lock,
    });
  }

  /** Removes a version, or the object, or hides it behind a delete marker. Resolves with what DeleteObject tells. */
  remove(key: string, now: Date, versionId?: string): { readonly versionId?: string; readonly deleteMarker?: boolean } {
    const versions = this.objects.get(key) ?? [];
    if (versionId !== undefined || !this.versioned) {
      const gone = versions.find((version) => versionId === undefined || version.versionId === versionId);
      const left = versionId === undefined ? [] : versions.filter((version) => version !== gone);
      if (left.length === 0) this.objects.delete(key);
      else this.objects.set(key, left);
      return { ...defined({ versionId }), ...(gone?.deleteMarker && { deleteMarker: true }) };
    }
    const id = { versionId: this.nextVersionId(), deleteMarker: true, lastModified: now };
    const none = { body: Buffer.alloc(0), size: 0, etag: '', headers: {}, metadata: {}, settings: {}, parts: [] };
    const open = { tags: [], restore: undefined, legalHold: undefined, retention: {}, encryption: {} };
    this.add(key, { ...id, ...none, ...open, storageClass: 'STANDARD', acl: aclOf({}, false) });
    return { versionId: id.versionId, deleteMarker: true };
  }

  /** Throws what S3 answers for an object, version or marker that can't be used. */
  get(key: string, versionId?: string): MemoryObject {
    const versions = this.objects.get(key) ?? [];
    if (versionId === undefined) {
      const newest = versions.at(-1);
      if (newest === undefined || newest.deleteMarker) {
        throw refusal('NoSuchKey', 404, 'The specified key does not exist.', newest && { versionId: newest.versionId });
      }
      return newest;
    }
    const version = versions.find((candidate) => candidate.versionId === versionId);
    if (version === undefined) throw refusal('NoSuchVersion', 404, 'The specified version does not exist.');
    if (version.deleteMarker) {
      const message = 'The specified method is not allowed against this resource.';
      throw refusal('MethodNotAllowed', 405, message, { versionId });
    }
    return version;
  }

  /** Delete markers among them, oldest first. */
  versions(key: string): readonly MemoryObject[] {
    return this.objects.get(key) ?? [];
  }

  keys(): string[] {
    return [...this.objects].filter(([, versions]) => versions.at(-1)?.deleteMarker === false).map(([key]) => key);
  }

  /** Keys of all objects, also those behind a delete marker. */
  allKeys(): string[] {
    return [...this.objects.keys()];
  }

  private add(key: string, object: MemoryObject): MemoryObject {
    const former = this.versioned ? (this.objects.get(key) ?? []) : [];
    // There is one null version of a key at most.
    const kept = object.versionId === 'null' ? former.filter(({ versionId }) => versionId !== 'null') : former;
    this.objects.set(key, [...kept, object]);
    return object;
  }

  private nextVersionId(): string {
    this.serial += 1;
    return this.versioning === 'on' ? `v${this.serial}` : 'null';
  }
}

function encryptionOf(settings: Readonly<Record<string, unknown>>): MemoryEncryption {
  const names = ['ServerSideEncryption', 'SSEKMSKeyId', 'BucketKeyEnabled'];
  return Object.fromEntries(names.map((name) => [name, settings[name]]).filter(([, value]) => value !== undefined));
}
