import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ObjectStore } from '../../storage/object-store';
import { archiveName, DistinctNames } from './archive-name';
import { versionIdOf } from './archive-row';
import type { InventoryEntry } from './inventory-text';

const gzipped = promisify(gzip);

/** Where an inventory goes. */
export interface InventoryPlace {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** Ends in `/`. */
  readonly prefix: string;
}

/** Rows of some hundred thousand archives, before they are compressed. */
const FILE_BYTES = 32 * 1024 * 1024;

/** Size and creation date as S3's inventories have them, so that filters of sources go by them; the tree hash as ETag. */
const FILE_SCHEMA = 'Bucket, Key, VersionId, Size, LastModifiedDate, ETag';

/**
 * Writes a vault's inventory in the form of S3's own (S3 user guide, "Locating your inventory list"): as such it is a source of jobs. Keys
 * follow from the number of a file: a second run writes the same objects again.
 */
export class InventoryFiles {
  private readonly names = new DistinctNames();
  private readonly files: { readonly key: string; readonly size: number; readonly MD5checksum: string }[] = [];
  private lines: string[] = [];
  private bytes = 0;
  archives = 0;

  constructor(
    private readonly place: InventoryPlace,
    private readonly vault: string,
  ) {}

  async add(entries: readonly InventoryEntry[], signal: AbortSignal): Promise<void> {
    for (const entry of entries) {
      const line = this.lineOf(entry);
      this.lines.push(line);
      this.bytes += line.length;
      this.archives += 1;
    }
    if (this.bytes >= FILE_BYTES) await this.flush(signal);
  }

  /** Resolves with the key of manifest.json. It is written last: what it names is there. */
  async finish(inventoryAt: string | undefined, signal: AbortSignal): Promise<string> {
    // One file at least, for an inventory without files is taken for one that is not there.
    if (this.lines.length > 0 || this.files.length === 0) await this.flush(signal);
    const manifest = JSON.stringify({
      sourceBucket: this.vault,
      destinationBucket: `arn:aws:s3:::${this.place.bucket}`,
      version: '2016-11-30',
      creationTimestamp: String(inventoryAt === undefined ? Date.now() : Date.parse(inventoryAt)),
      fileFormat: 'CSV',
      fileSchema: FILE_SCHEMA,
      files: this.files,
    });
    await this.put('manifest.checksum', `${hash('md5', manifest)}\n`, signal);
    await this.put('manifest.json', manifest, signal);
    return `${this.place.prefix}manifest.json`;
  }

  private lineOf({ archiveId, description, createdAt, bytes, treeHash }: InventoryEntry): string {
    const key = this.names.take(archiveName(description, archiveId), archiveId);
    const versionId = versionIdOf({
      archiveId,
      ...(bytes !== undefined && { bytes }),
      ...(createdAt !== undefined && { createdAt }),
      ...(treeHash !== undefined && { treeHash }),
    });
    const fields = [this.vault, encodeURIComponent(key), versionId, bytes ?? '', createdAt ?? '', treeHash ?? ''];
    return `"${fields.join('","')}"\n`;
  }

  private async flush(signal: AbortSignal): Promise<void> {
    const body = await gzipped(this.lines.join(''));
    const name = `data/${String(this.files.length).padStart(6, '0')}.csv.gz`;
    this.lines = [];
    this.bytes = 0;
    await this.put(name, body, signal);
    const key = this.place.prefix + name;
    this.files.push({ key, size: body.byteLength, MD5checksum: hash('md5', body) });
  }

  private async put(name: string, body: Uint8Array | string, signal: AbortSignal): Promise<void> {
    const { store, bucket, prefix } = this.place;
    await store.put({ bucket, key: prefix + name }, body, { signal });
  }
}
