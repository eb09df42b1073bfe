import { UsageError } from '../../usage-error';

/** The key may be empty. Throws `UsageError`. */
export function s3Uri(text: string, flag: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) throw new UsageError(`${flag} must be an S3 URI, such as s3://bucket/key, not '${text}'`);
  return { bucket, key };
}

export function isS3Uri(text: string): boolean {
  return text.startsWith('s3://');
}
