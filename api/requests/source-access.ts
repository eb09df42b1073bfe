import { bucketOfArn } from '../../contracts/arn';
import type { Workspace } from '../../contracts/job';
import type { JobManifestGenerator, JobSource } from '../../contracts/source';
import type { SourceMembers } from '../../contracts/text/source-text';
import { uploadedManifest } from '../../contracts/uploaded-manifest';

/** A bucket that the source of a job names. */
export interface NamedBucket {
  /** Path of the member that names it. */
  readonly member: string;
  readonly bucket: string;
  readonly access: 'read' | 'write';
}

/** An account that the owner of the role's buckets must be. */
export interface NamedOwner {
  readonly member: string;
  readonly account: string | undefined;
}

/**
 * The buckets that a role needs for the source of a request, each once. The account's own manifests in the workspace, which were
 * sent to the API, are left out: no role reads them. So are the buckets of rows: they are checked row by row.
 */
export function sourceBuckets(request: SourceMembers, workspace: Workspace, account: string): readonly NamedBucket[] {
  const { Manifest, ManifestGenerator, Source } = request;
  const arns = (member: string, arn: string): NamedBucket[] =>
    uploadedManifest(workspace, account, arn) === undefined ? [readable(member, bucketOfArn(arn))] : [];
  const named = [
    ...(Manifest === undefined ? [] : arns('Manifest.Location.ObjectArn', Manifest.Location.ObjectArn)),
    ...(ManifestGenerator === undefined ? [] : generatorBuckets(ManifestGenerator)),
    ...(Source === undefined ? [] : ownSourceBuckets(Source, arns)),
  ];
  const byBucket = new Map(named.map((one) => [`${one.access} ${one.bucket}`, one] as const).reverse());
  return [...byBucket.values()].reverse();
}

/** The owners that a generator expects of its buckets. */
export function expectedOwners({ ManifestGenerator }: SourceMembers): readonly NamedOwner[] {
  if (ManifestGenerator === undefined) return [];
  const { ExpectedBucketOwner, ManifestOutputLocation } = ManifestGenerator.S3JobManifestGenerator;
  return [
    { member: `${GENERATOR}.ExpectedBucketOwner`, account: ExpectedBucketOwner },
    {
      member: `${GENERATOR}.ManifestOutputLocation.ExpectedManifestBucketOwner`,
      account: ManifestOutputLocation?.ExpectedManifestBucketOwner,
    },
  ];
}

const GENERATOR = 'ManifestGenerator.S3JobManifestGenerator';

function readable(member: string, bucket: string): NamedBucket {
  return { member, bucket, access: 'read' };
}

function generatorBuckets({ S3JobManifestGenerator }: JobManifestGenerator): NamedBucket[] {
  const { SourceBucket, EnableManifestOutput, ManifestOutputLocation } = S3JobManifestGenerator;
  const source = readable(`${GENERATOR}.SourceBucket`, bucketOfArn(SourceBucket));
  if (!EnableManifestOutput) return [source];
  const member = `${GENERATOR}.ManifestOutputLocation.Bucket`;
  return [source, { member, bucket: bucketOfArn(ManifestOutputLocation?.Bucket), access: 'write' }];
}

function ownSourceBuckets(source: JobSource, arns: (member: string, arn: string) => NamedBucket[]): NamedBucket[] {
  if ('Prefixes' in source) {
    return source.Prefixes.map(({ Bucket }, index) => readable(`Source.Prefixes.${index}.Bucket`, Bucket));
  }
  if ('Keys' in source) {
    return source.Keys.map(({ Bucket }, index) => readable(`Source.Keys.${index}.Bucket`, Bucket));
  }
  // The report of a former job was written under a role of its own: whether this one may read it is asked when it is read.
  if ('FromJob' in source) return [];
  return source.Manifests.Locations.flatMap((location, index) => {
    const member = `Source.Manifests.Locations.${index}`;
    if ('KeyPattern' in location) return [readable(`${member}.Bucket`, location.Bucket)];
    return arns(`${member}.ObjectArn`, location.ObjectArn);
  });
}
