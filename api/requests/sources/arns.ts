import { z } from 'zod';
import { ACCESS_POINT_ARN, BUCKET_ARN, isAccessPoint, OBJECT_ARN, parseS3Arn } from '../../../contracts/arn';
import { LIMITS } from '../../../contracts/limits';
import { climbs, startClimbs } from '../../../contracts/object-key';

/** Said of keys and of the begin of keys. */
export const CLIMBS = 'must not climb above its bucket: it has more .. than names before them';

const ACCESS_POINT = 'access points are not supported: name the bucket';

export const bucketArn = z
  .string()
  .min(1)
  .max(128)
  .regex(BUCKET_ARN, {
    error: ({ input }) =>
      isAccessPoint(String(input)) ? ACCESS_POINT : 'must be the ARN of a bucket, as arn:aws:s3:::my-bucket',
  })
  .describe('ARN of a bucket, as arn:aws:s3:::my-bucket');

export const objectArn = z
  .string()
  .min(1)
  .max(2_000)
  .regex(OBJECT_ARN, {
    error: ({ input }) =>
      isAccessPoint(String(input))
        ? ACCESS_POINT
        : 'must be the ARN of an object, as arn:aws:s3:::my-bucket/manifest.csv',
    abort: true,
  })
  .refine((arn) => !isAccessPoint(arn), ACCESS_POINT)
  .refine((arn) => !climbs(parseS3Arn(arn)?.key ?? ''), CLIMBS)
  .meta({
    description: 'ARN of an object, as arn:aws:s3:::my-bucket/manifest.csv',
    not: { pattern: ACCESS_POINT_ARN.source },
  });

export const accountId = z.string().regex(/^\d{12}$/, 'must be twelve digits');
export const etag = z.string().min(1).max(1_024);

/** The name of a bucket, as `BUCKET_ARN` has it. */
export const bucketName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be the name of a bucket, as my-bucket');

/** The begin of keys, not URL-encoded. */
export const keyStart = z
  .string()
  .min(1)
  .max(LIMITS.source.keyCharsMax)
  .refine((start) => !startClimbs(start), CLIMBS);

/** Not URL-encoded. */
export const objectKey = z
  .string()
  .min(1)
  .max(LIMITS.source.keyCharsMax)
  .refine((key) => !climbs(key), CLIMBS)
  .refine(
    (key) => Buffer.byteLength(key) <= LIMITS.source.keyCharsMax,
    `must have at most ${LIMITS.source.keyCharsMax} bytes`,
  );

export const versionId = z.string().min(1).max(2_000);
