import { z } from 'zod';
import { LIMITS } from '../../../contracts/limits';
import { climbs } from '../../../contracts/object-key';
import { accountId, bucketArn, CLIMBS } from './arns';
import {
  bytes,
  checkBounds,
  encryptionFilter,
  keyText,
  noMembers,
  replicationStatus,
  STORAGE_CLASSES,
  time,
} from './object-filters';

/** S3 Control's lists may be empty, which restricts nothing, and have no maximum in its model. */
const list = <Item extends z.ZodType>(item: Item) => z.array(item).max(LIMITS.filter.entriesMax);

const keyNameConstraint = z
  .strictObject({
    MatchAnyPrefix: list(keyText).optional(),
    MatchAnySuffix: list(keyText).optional(),
    MatchAnySubstring: list(keyText).optional(),
  })
  .describe('Keys as they are, not URL-encoded');

/** API_control_JobManifestGeneratorFilter. */
const filter = z
  .strictObject({
    EligibleForReplication: z.boolean().optional(),
    CreatedAfter: time.optional(),
    CreatedBefore: time.optional(),
    ObjectReplicationStatuses: list(replicationStatus).optional(),
    KeyNameConstraint: keyNameConstraint.optional(),
    ObjectSizeGreaterThanBytes: bytes.optional(),
    ObjectSizeLessThanBytes: bytes.optional(),
    MatchAnyStorageClass: list(z.enum(STORAGE_CLASSES)).optional(),
    MatchAnyObjectEncryption: z.array(encryptionFilter).min(1).max(1).optional(),
  })
  .superRefine(checkBounds)
  .describe('All members must hold');

const encryption = z
  .strictObject({
    SSES3: noMembers.optional(),
    SSEKMS: z.strictObject({ KeyId: z.string().min(1).max(2_000) }).optional(),
  })
  .refine(({ SSES3, SSEKMS }) => SSES3 === undefined || SSEKMS === undefined, {
    error: 'must have one of SSES3 and SSEKMS, not both',
  })
  .meta({ maxProperties: 1 });

const outputLocation = z.strictObject({
  Bucket: bucketArn,
  ManifestFormat: z.enum(['S3InventoryReport_CSV_20211130'], { error: 'must be S3InventoryReport_CSV_20211130' }),
  ExpectedManifestBucketOwner: accountId.optional(),
  ManifestPrefix: z
    .string()
    .min(1)
    .max(512)
    .refine((prefix) => !climbs(prefix), CLIMBS)
    .optional(),
  ManifestEncryption: encryption.optional(),
});

const generator = z
  .strictObject({
    SourceBucket: bucketArn,
    ExpectedBucketOwner: accountId.optional(),
    EnableManifestOutput: z.boolean().describe('Whether the list is written to ManifestOutputLocation'),
    ManifestOutputLocation: outputLocation.optional(),
    Filter: filter.optional(),
  })
  .superRefine(({ EnableManifestOutput, ManifestOutputLocation }, context) => {
    if (!EnableManifestOutput || ManifestOutputLocation !== undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['ManifestOutputLocation'],
      message: 'is required when EnableManifestOutput is true',
    });
  })
  .meta({
    if: { properties: { EnableManifestOutput: { const: true } } },
    then: { required: ['ManifestOutputLocation'] },
  });

/** API_control_JobManifestGenerator. */
export const manifestGenerator = z.strictObject({ S3JobManifestGenerator: generator }).meta({
  id: 'JobManifestGenerator',
  description: "S3 Control's own way to list a bucket, with its filters",
  examples: [
    {
      S3JobManifestGenerator: {
        SourceBucket: 'arn:aws:s3:::herd',
        EnableManifestOutput: false,
        Filter: { KeyNameConstraint: { MatchAnyPrefix: ['logs/'] }, ObjectSizeGreaterThanBytes: 1_048_576 },
      },
    },
  ],
});
