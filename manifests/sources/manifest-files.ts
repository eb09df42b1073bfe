import { bucketArn } from '../../contracts/arn';
import { DroverError } from '../../contracts/engine/failures';
import type { JobManifest } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { ManifestLocation, ManifestPattern } from '../../contracts/source';
import { compileGlobs } from '../../patterns/compile';
import { knownMode, listAll, type ListingScope } from '../listing';
import { manifestEtag } from '../manifest-refusal';
import { storeOfManifest } from '../store-of-manifest';
import type { SourceRow } from './row';
import type { SourceContext } from './source';

/** A manifest as it was when the source was cut. */
export type Located = JobManifest['Location'];

/** The manifests that a request names, those of a wildcard in the store's own order of keys. Throws `DroverError`. */
export async function manifestFiles(
  locations: readonly (ManifestLocation | ManifestPattern)[],
  context: SourceContext,
): Promise<readonly Located[]> {
  const found: Located[] = [];
  for (const location of locations) found.push(...(await filesOf(location, context)));
  return found;
}

async function filesOf(location: ManifestLocation | ManifestPattern, context: SourceContext): Promise<Located[]> {
  if ('KeyPattern' in location) return matching(location, context);
  const { ObjectArn, ETag } = location;
  if (ETag !== undefined) return [{ ...location, ETag }];
  const { store, ref } = storeOfManifest(location, context);
  return [{ ...location, ETag: await manifestEtag(store, ref, ObjectArn, { signal: context.signal }) }];
}

async function matching({ Bucket, KeyPattern }: ManifestPattern, context: SourceContext): Promise<Located[]> {
  const matches = compileGlobs([KeyPattern]);
  const Prefix = /^[^*?[{\\]*/.exec(KeyPattern)?.[0] ?? '';
  const scope: ListingScope = { bucket: Bucket, prefix: Prefix, versions: 'Current' };
  const filter = (): ((row: SourceRow) => boolean) => {
    let count = 0;
    return ({ key }) => {
      if (!matches(key)) return false;
      if (++count <= LIMITS.source.manifestFilesMax) return true;
      const message = `More than ${LIMITS.source.manifestFilesMax} manifests match ${KeyPattern} in the bucket ${Bucket}`;
      throw new DroverError('InvalidManifestContent', message);
    };
  };
  const { signal } = context;
  const store = context.storeFor(Bucket);
  const mode = knownMode(store.profile, scope.versions);
  const rows = await listAll(store, scope, { streams: LIMITS.listing.streams, mode, filter, signal });
  const found: Located[] = [];
  for (const { key, etag } of rows) {
    const ObjectArn = `${bucketArn(Bucket)}/${key}`;
    found.push({
      ObjectArn,
      ETag: etag ?? (await manifestEtag(store, { bucket: Bucket, key }, ObjectArn, { signal })),
    });
  }
  if (found.length > 0) return found;
  throw new DroverError('ManifestNotFound', `No manifest matches ${KeyPattern} in the bucket ${Bucket}`);
}
