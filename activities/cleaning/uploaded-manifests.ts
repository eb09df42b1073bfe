import { bucketArn } from '../../contracts/arn';
import { isUploadedManifest, uploadedManifestsPrefix, uploadedManifestUse } from '../../contracts/uploaded-manifest';
import type { Cleaning } from '../dependencies';
import { type Folder, pagesOf } from './folders';

/** Removes manifests that were sent, or named by a new job, before then, and that no running job and no schedule uses. */
export async function removeUnusedManifests(all: Folder, { keepMs, register }: Cleaning): Promise<number> {
  const old = await oldManifests(all, Date.now() - keepMs);
  if (old.length === 0) return 0;
  const used = await register.manifestsInUse();
  const unused = old.filter((key) => !used.has(`${bucketArn(all.bucket)}/${key}`));
  const { store, bucket, signal } = all;
  for (const key of unused) {
    await store.remove({ bucket, key }, { signal });
    await store.remove({ bucket, key: uploadedManifestUse(key) }, { signal });
  }
  return unused.length;
}

/** The last use of each is its upload, or the note of one that came later. An age that the store does not tell counts as young. */
async function oldManifests(all: Folder, untilMs: number): Promise<readonly string[]> {
  const lastUseMs = new Map<string, number>();
  for await (const { entries } of pagesOf({ ...all, prefix: uploadedManifestsPrefix(all) })) {
    for (const { key, lastModifiedMs = Infinity } of entries) lastUseMs.set(key, lastModifiedMs);
  }
  return [...lastUseMs]
    .filter(([key]) => isUploadedManifest(all, key))
    .filter(([key, sentMs]) => Math.max(sentMs, lastUseMs.get(uploadedManifestUse(key)) ?? 0) < untilMs)
    .map(([key]) => key);
}
