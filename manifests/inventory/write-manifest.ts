/** A file of a manifest that Drover writes. */
export interface WrittenFile {
  readonly key: string;
  readonly size: number;
  /** In small hexadecimal digits. */
  readonly md5: string;
}

/**
 * The manifest.json of a list that a generator has left, in the form of an inventory's (S3 user guide, "Locating your inventory
 * list"): as such it can be the manifest of another job. `createdAt` in milliseconds since 1970.
 */
export function inventoryManifestOf(
  sourceBucket: string,
  destinationBucket: string,
  files: readonly WrittenFile[],
  createdAtMs: number,
): string {
  return JSON.stringify({
    sourceBucket,
    destinationBucket,
    version: '2016-11-30',
    creationTimestamp: String(createdAtMs),
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, VersionId',
    files: files.map(({ key, size, md5 }) => ({ key, size, MD5checksum: md5 })),
  });
}
