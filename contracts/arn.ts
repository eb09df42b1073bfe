/** ARNs of S3 resources: `arn:aws:s3:::bucket` and `arn:aws:s3:::bucket/key`. The partition may be any. */

const S3_ARN = /^arn:[^:]+:(?:s3|s3express):[^:]*:[^:]*:([^/]+)(?:\/(.*))?$/s;

export interface S3Location {
  readonly bucket: string;
  readonly key?: string;
}

/** Undefined when `arn` does not name an S3 bucket or object. */
export function parseS3Arn(arn: string): S3Location | undefined {
  const match = S3_ARN.exec(arn);
  if (!match?.[1]) return undefined;
  return match[2] === undefined || match[2] === '' ? { bucket: match[1] } : { bucket: match[1], key: match[2] };
}

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** "Directory bucket naming rules" (S3 user guide): `name--zone--x-s3`. No other bucket may end so. */
export function isDirectoryBucket(bucket: string): boolean {
  return /^.+--.+--x-s3$/.test(bucket);
}

/** The bucket that an ARN of S3 names; empty where it names none, which the schemas have refused. */
export function bucketOfArn(arn: string | undefined): string {
  return parseS3Arn(arn ?? '')?.bucket ?? '';
}
