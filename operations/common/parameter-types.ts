import { z } from 'zod';

/** A member that S3 Control knows and Drover can't carry out: named in the refusal, never dropped in silence. */
export function refused(reason: string): z.ZodOptional<z.ZodNever> {
  return z.never({ error: reason }).optional();
}

/** How long an object stays protected once its event hold is released (S3's ObjectLockRetention). */
export const eventHoldDuration = z
  .strictObject({ Days: z.int().min(1).max(36_500).optional(), Years: z.int().min(1).max(100).optional() })
  .refine(({ Days, Years }) => (Days === undefined) !== (Years === undefined), 'must have either Days or Years');

/** ISO 8601 with a zone, as timestamps travel in a job request. */
export const timestamp = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with a zone' });

/**
 * Text that becomes an HTTP header. Anything but printable ASCII reads differently from store to store, or makes the
 * request itself impossible, for every object alike: refused while it can still be corrected.
 */
export function headerText(charsMax: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(charsMax)
    .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII: it is sent as an HTTP header');
}

/**
 * Administrators of Ceph and others name classes themselves, and AWS adds some: the store refuses what it does not know. S3
 * Control keeps AWS's list for AWS's members (`api/s3control/wire/model-limits.ts`).
 */
export const storageClass = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be the name of a storage class');

/** Characters of object tags (API_control_S3Tag). Lengths count UTF-16 units, as S3 does (user guide, "Object tagging"). */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const TAG_TEXT_RULE = 'only letters, digits, spaces and _ . : / = + - @ are allowed';

/** zod counts code points. */
function tagText(unitsMax: number): z.ZodString {
  return z
    .string()
    .regex(TAG_TEXT, TAG_TEXT_RULE)
    .refine((text) => text.length <= unitsMax, `must not be longer than ${unitsMax} UTF-16 units`);
}

const tagKey = tagText(128)
  .min(1)
  .refine((key) => !/^aws:/i.test(key), 'the prefix aws: is reserved');

const tag = z.strictObject({ Key: tagKey, Value: tagText(256) });

const OBJECT_TAGS_MAX = 10;

/** The tags of one object: at most ten, keys unique (API_PutObjectTagging). */
export const objectTags = z
  .array(tag)
  .max(OBJECT_TAGS_MAX, `an object has at most ${OBJECT_TAGS_MAX} tags`)
  .superRefine((tags, context) => {
    const seen = new Set<string>();
    for (const [index, { Key }] of tags.entries()) {
      if (seen.has(Key)) {
        context.addIssue({ code: 'custom', path: [index, 'Key'], message: `the key ${Key} is given twice` });
      }
      seen.add(Key);
    }
  });

/** Keys of tags that an object may have. */
export const objectTagKeys = z
  .array(tagKey)
  .min(1, 'must name at least one tag')
  .max(OBJECT_TAGS_MAX, `an object has at most ${OBJECT_TAGS_MAX} tags`)
  .refine((keys) => new Set(keys).size === keys.length, 'a key is given twice');
