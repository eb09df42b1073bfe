import { randomUUID } from 'node:crypto';
import type { Config, StoreConfig } from '../../config/config';
import type { ProfileSettings } from '../../contracts/store-profile';
import type { ObjectStore, Stores } from '../../storage/object-store';
import { AS_ON_AWS } from '../../storage/profile/known-stores';
import { StoreError } from '../../storage/store-error';
import { createStores } from '../../storage/stores';

export interface ProbeTarget {
  readonly store: StoreConfig;
  readonly bucket: string;
  /** Empty, or ending in `/`. */
  readonly prefix: string;
}

export const BODY = Buffer.from('drover');

/** A folder of the bucket that nobody else uses, and the store as it is asked there. */
export class Scratch {
  readonly folder: string;
  private readonly opened: Stores[] = [];
  private readonly plain: ObjectStore;
  private readonly uploads = new Map<string, string>();

  constructor(
    private readonly config: Config,
    private readonly target: ProbeTarget,
    readonly signal: AbortSignal,
  ) {
    this.folder = `${target.prefix}${randomUUID()}/`;
    this.plain = this.as({ checksumHeaders: false, multiDelete: false });
  }

  /** The store with a profile that is not doubted: its refusals are the answers. */
  as(profile: Partial<ProfileSettings>): ObjectStore {
    const { config, target } = this;
    const { buckets: _, ...store } = target.store;
    const isWorkspace = config.workspace.store === store.name && config.workspace.bucket === target.bucket;
    const credentials = (isWorkspace ? config.workspace.credentials : undefined) ?? store.credentials;
    const settled = { ...AS_ON_AWS, updatesEncryption: false, ...profile };
    const stores = createStores({
      ...config,
      stores: [{ ...store, buckets: [], profile: settled }],
      roles: [],
      workspace: { ...config.workspace, store: store.name, bucket: target.bucket, credentials },
    });
    this.opened.push(stores);
    return stores.workspace();
  }

  at(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.target.bucket, Key: this.folder + name };
  }

  /** Resolves with the ETag, without quotes. */
  async put(name: string): Promise<string> {
    const { Bucket: bucket, Key: key } = this.at(name);
    return (await this.plain.put({ bucket, key }, BODY, { signal: this.signal })).etag;
  }

  async exists(name: string): Promise<boolean> {
    const { Bucket: bucket, Key: key } = this.at(name);
    try {
      await this.plain.headObject({ bucket, key }, { signal: this.signal, plainNotFound: true });
      return true;
    } catch (error) {
      if (error instanceof StoreError && error.httpStatus === 404) return false;
      throw error;
    }
  }

  async upload(name: string): Promise<{ readonly UploadId: string; readonly ETag: string }> {
    const { signal } = this;
    const { uploadId: UploadId } = await this.plain.createMultipartUpload(this.at(name), { signal });
    this.uploads.set(UploadId, name);
    const part = { ...this.at(name), UploadId, PartNumber: 1, Body: BODY };
    const { etag } = await this.plain.uploadPart(part, { signal });
    return { UploadId, ETag: `"${etag}"` };
  }

  /** Resolves with what could not be removed. */
  async clean(names: readonly string[]): Promise<string[]> {
    // The time for the probe may be over.
    const signal = AbortSignal.timeout(CLEANING_MS);
    const left: string[] = [];
    for (const [UploadId, name] of this.uploads) {
      // Most are completed by now, or the store has dropped them.
      await this.plain.abortMultipartUpload({ ...this.at(name), UploadId }, { signal }).catch(() => undefined);
    }
    for (const name of names) {
      const { Bucket: bucket, Key: key } = this.at(name);
      await this.plain.remove({ bucket, key }, { signal }).catch(() => left.push(key));
    }
    await this.removeVersions(signal).catch(() => undefined);
    return left;
  }

  /** In a bucket that keeps versions. */
  private async removeVersions(signal: AbortSignal): Promise<void> {
    const { Bucket } = this.at('');
    const { versions } = await this.plain.listObjectVersions({ Bucket, Prefix: this.folder }, { signal });
    for (const { key, versionId } of versions) {
      if (!key.startsWith(this.folder)) continue;
      await this.plain.deleteObject({ Bucket, Key: key, VersionId: versionId }, { signal });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((stores) => stores.close()));
  }
}

const CLEANING_MS = 30_000;
