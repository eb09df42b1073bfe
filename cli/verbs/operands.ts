import { bucketArn } from '../../contracts/arn';
import type { KeySource } from '../../contracts/source';
import { isS3Uri, s3Uri } from '../options/objects/s3-uri';
import { UsageError } from '../usage-error';

/** What an operand `s3://…` names, as hands know it from s5cmd and rclone. */
export interface Named {
  /** As `--from` takes it; or else `keys`. */
  readonly from?: string;
  /** One object, named whole. */
  readonly keys?: KeySource;
  /** A pattern's glob over whole keys. */
  readonly include?: string;
  /** Up to the last `/`: what a target's folder takes the place of. */
  readonly folder: string;
}

/**
 * `s3://b/x/` is all below it, `s3://b` the bucket, `s3://b/x/*.csv` what matches (`*` does not match `/`, `**` does), and
 * `s3://b/x/key` one object. Throws `UsageError`.
 */
export function sourceNamed(text: string): Named {
  const { bucket, key } = s3Uri(text, 'the source');
  const wild = key.search(/[*?]/);
  const folder = key.slice(0, (wild < 0 ? key : key.slice(0, wild)).lastIndexOf('/') + 1);
  const from = `s3://${bucket}/${folder}`;
  if (wild >= 0) return { from, include: key, folder };
  if (key === folder) return { from, folder };
  return { keys: { Keys: [{ Bucket: bucket, Key: key }] }, folder };
}

/** Splits operands into S3 URIs and the others. */
export function splitOperands(operands: readonly string[]): { readonly uris: string[]; readonly words: string[] } {
  return { uris: operands.filter(isS3Uri), words: operands.filter((operand) => !isS3Uri(operand)) };
}

/** Members of an operation that say where an object goes, as S3PutObjectCopy has them. */
export interface TargetMembers {
  readonly TargetResource: string;
  readonly TargetKeyPrefix?: string;
  readonly TargetKey?: string;
  readonly ReplacePrefix?: { readonly From: string; readonly To: string };
}

/**
 * Where the objects of a source go: below `s3://b/y/`, under their keys without the source's folder, or, where options name the
 * source, under their whole keys. One object may go to `s3://b/key`. Throws `UsageError`.
 */
export function targetMembers(text: string, source: Named | undefined): TargetMembers {
  const { bucket, key } = s3Uri(text, 'the target');
  const TargetResource = bucketArn(bucket);
  if (/[*?]/.test(key)) throw new UsageError(`the target must be a folder such as s3://bucket/folder/, not '${text}'`);
  if (source?.keys !== undefined && key !== '' && !key.endsWith('/')) {
    // Braces are placeholders there.
    return { TargetResource, TargetKey: key.replaceAll(/[{}]/g, '$&$&') };
  }
  const To = key === '' || key.endsWith('/') ? key : `${key}/`;
  const From = source?.folder ?? '';
  if (From === To) return { TargetResource };
  return From === '' ? { TargetResource, TargetKeyPrefix: To } : { TargetResource, ReplacePrefix: { From, To } };
}
