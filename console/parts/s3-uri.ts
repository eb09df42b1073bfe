export interface Place {
  readonly bucket: string;
  /** May be empty. */
  readonly key: string;
}

/** `s3://bucket/key`; undefined for another text. */
export function placeIn(uri: string): Place | undefined {
  const [, bucket, key = ''] = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]*)(?:\/(.*))?$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

/** `arn:aws:s3:::bucket/key`; undefined for another text. */
export function placeOfArn(arn: string): Place | undefined {
  const [, bucket, key = ''] = /^arn:[^:]+:s3:::([A-Za-z0-9][A-Za-z0-9._-]*)(?:\/(.*))?$/s.exec(arn) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

/** An access point, or what else has no bucket to show, stays an ARN. */
export function uriOfArn(arn: string): string {
  const place = placeOfArn(arn);
  return place === undefined ? arn : uriOf(place);
}

export function uriOf({ bucket, key }: Place): string {
  return key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}

/** The ARN of a bucket that is written by its name, or as `s3://name`; other texts stay as they are. */
export function bucketArnOf(text: string): string {
  const [, bucket] = /^(?:s3:\/\/)?([A-Za-z0-9][A-Za-z0-9._-]*)\/?$/.exec(text.trim()) ?? [];
  return bucket === undefined ? text : `arn:aws:s3:::${bucket}`;
}

/** The name alone, where there is no more to it. */
export function bucketOfArn(arn: string): string {
  const place = placeOfArn(arn);
  return place?.key === '' ? place.bucket : arn;
}
