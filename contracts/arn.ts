/** ARNs of S3 resources: `arn:aws:s3:::bucket` and `arn:aws:s3:::bucket/key`. The partition may be any. */

const DIRECTORY_BUCKET_END = '--x-s3';

export interface S3Location {
  readonly bucket: string;
  readonly key?: string;
}

/** Undefined when `arn` does not name an S3 bucket or object. */
export function parseS3Arn(arn: string): S3Location | undefined {
  const [scheme, partition, service, , , ...rest] = arn.split(':');
  if (scheme !== 'arn' || !partition || (service !== 's3' && service !== 's3express')) return undefined;
  const resource = rest.join(':');
  const slash = resource.indexOf('/');
  const bucket = slash < 0 ? resource : resource.slice(0, slash);
  const key = slash < 0 ? '' : resource.slice(slash + 1);
  if (bucket === '') return undefined;
  return key === '' ? { bucket } : { bucket, key };
}

/** `parseS3Arn` makes a bucket of it, with a name that one can have. Any account may stand in it. */
export const BUCKET_ARN = /^arn:[^:]+:s3:[^:]*:[^:]*:[A-Za-z0-9][A-Za-z0-9._-]*\/?$/;

/** `parseS3Arn` makes a bucket and a key of it; `isAccessPoint` is left to ask. */
export const OBJECT_ARN = /^arn:[^:]+:s3:[^:]*:[^:]*:[^/]+\/[\s\S]+$/;

/**
 * The ARN of an access point has an account: `arn:aws:s3:us-east-1:123456789012:accesspoint/name`, without a region where it
 * spans several (S3 user guide, "Referencing access points"). Buckets may be called `accesspoint` and `accesspoint-logs`.
 */
export const ACCESS_POINT_ARN = /^arn:[^:]+:s3(?:-object-lambda)?:[^:]*:[^:]+:accesspoint[/:]/;

export function isAccessPoint(arn: string): boolean {
  return ACCESS_POINT_ARN.test(arn);
}

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** "Directory bucket naming rules" (S3 user guide): `name--zone--x-s3`. No other bucket may end so. */
export function isDirectoryBucket(bucket: string): boolean {
  if (!bucket.endsWith(DIRECTORY_BUCKET_END)) return false;
  const name = bucket.slice(0, -DIRECTORY_BUCKET_END.length);
  const zone = name.indexOf('--', 1);
  return zone > 0 && zone + 2 < name.length;
}

/** The bucket that an ARN of S3 names; empty where it names none, which the schemas have refused. */
export function bucketOfArn(arn: string | undefined): string {
  return parseS3Arn(arn ?? '')?.bucket ?? '';
}
