import { bucketOfArn, parseS3Arn } from '../arn';
import type { JobManifest, JobRequest } from '../job';
import type { JobSource, ManifestLocation } from '../source';

export type SourceMembers = Pick<JobRequest, 'ManifestGenerator' | 'Source' | 'Filter'> & {
  readonly Manifest?: Omit<JobManifest, 'Location'> & { readonly Location: ManifestLocation };
};

/** Where a job's rows come from, in a line for people. `kind` is the label. Pure; only the first of several things is named. */
export function sourceText(request: SourceMembers): { readonly kind: 'Manifest' | 'Source'; readonly text: string } {
  const { Manifest, ManifestGenerator, Source, Filter } = request;
  const { Duplicates: _duplicates, ...filters } = Filter ?? {};
  const filtered = Object.keys(filters).length === 0 ? '' : ', filtered';
  if (Manifest !== undefined) return { kind: 'Manifest', text: `${arnText(Manifest.Location.ObjectArn)}${filtered}` };
  if (Source !== undefined) return { kind: 'Source', text: `${ownSourceText(Source)}${filtered}` };
  const { SourceBucket, Filter: own } = ManifestGenerator?.S3JobManifestGenerator ?? { SourceBucket: '' };
  const isFiltered = own !== undefined && Object.keys(own).length > 0;
  return { kind: 'Source', text: `${bucketOfArn(SourceBucket)}/${isFiltered ? ', filtered' : filtered}` };
}

function ownSourceText(source: JobSource): string {
  if ('Prefixes' in source) {
    const versions = source.Versions === undefined ? '' : ` (versions: ${source.Versions})`;
    return `${first(source.Prefixes.map(({ Bucket, Prefix = '' }) => `${Bucket}/${Prefix}`))}${versions}`;
  }
  if ('Keys' in source) return `keys: ${first(source.Keys.map(({ Bucket, Key }) => `${Bucket}/${Key}`))}`;
  if ('FromJob' in source) return `${source.FromJob.Rows} rows of job ${source.FromJob.JobId}`;
  return first(
    source.Manifests.Locations.map((location) =>
      'KeyPattern' in location ? `${location.Bucket}/${location.KeyPattern}` : arnText(location.ObjectArn),
    ),
  );
}

function arnText(arn: string): string {
  const { bucket, key = '' } = parseS3Arn(arn) ?? {};
  return bucket === undefined ? arn : `${bucket}/${key}`;
}

function first([head = '', ...rest]: readonly string[]): string {
  return rest.length === 0 ? head : `${head} and ${rest.length} more`;
}
