import { z } from 'zod';
import { LIMITS } from '../../../contracts/limits';
import { REPLICATION_STATUSES } from '../../../contracts/source';

/** Members that the filters of S3 Control's generator and Drover's own have in common. */

export const time = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with a zone, as 2026-12-31T23:59:59Z' })
  .describe('ISO 8601; the time itself does not pass');

/** S3 Control's longs, as far as JSON has exact numbers. */
export const bytes = z.int();

/** S3 Control's bound for each string. */
export const keyText = z.string().min(1).max(LIMITS.source.keyCharsMax);

export const replicationStatus = z.enum(REPLICATION_STATUSES);

/** Those of S3 Control's list (S3StorageClass). */
export const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'GLACIER',
  'INTELLIGENT_TIERING',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
] as const;

const kmsKeyArn = z
  .string()
  .min(20)
  .max(2_048)
  .regex(/^arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-zA-Z0-9-]+$/, 'must be the ARN of a KMS key')
  .optional();

export const noMembers = z.strictObject({});

const KINDS = ['SSES3', 'SSEKMS', 'DSSEKMS', 'SSEC', 'NOTSSE'] as const;

export const encryptionFilter = z
  .strictObject({
    SSES3: noMembers.optional(),
    SSEKMS: z.strictObject({ KmsKeyArn: kmsKeyArn, BucketKeyEnabled: z.boolean().optional() }).optional(),
    DSSEKMS: z.strictObject({ KmsKeyArn: kmsKeyArn }).optional(),
    SSEC: noMembers.optional(),
    NOTSSE: noMembers.optional(),
  })
  .refine((given) => Object.values(given).filter((kind) => kind !== undefined).length === 1, {
    error: `must have exactly one of ${KINDS.join(', ')}`,
  })
  .meta({ id: 'ObjectEncryptionFilter', minProperties: 1, maxProperties: 1 });

interface Bounds {
  readonly CreatedAfter?: string | undefined;
  readonly CreatedBefore?: string | undefined;
  readonly ObjectSizeGreaterThanBytes?: number | undefined;
  readonly ObjectSizeLessThanBytes?: number | undefined;
}

/** Names the bounds between which nothing lies. Both are exclusive. */
export function checkBounds(given: Bounds, context: z.RefinementCtx): void {
  const { CreatedAfter: after, CreatedBefore: before } = given;
  if (after !== undefined && before !== undefined && Date.parse(after) >= Date.parse(before)) {
    contradiction(context, 'CreatedBefore', 'must be later than CreatedAfter');
  }
  const { ObjectSizeGreaterThanBytes: least, ObjectSizeLessThanBytes: most } = given;
  if (least !== undefined && most !== undefined && most - least < 2) {
    contradiction(context, 'ObjectSizeLessThanBytes', 'leaves no size above ObjectSizeGreaterThanBytes');
  }
}

export function contradiction(context: z.RefinementCtx, member: string, message: string): void {
  context.addIssue({ code: 'custom', path: [member], message: `${message}: no object would pass` });
}
