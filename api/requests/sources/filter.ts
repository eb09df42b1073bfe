import { z } from 'zod';
import { LIMITS } from '../../../contracts/limits';
import { DUPLICATE_ROWS, SELECT_BY } from '../../../contracts/source';
import { condition } from '../../../operations/composing/condition';
import {
  bytes,
  checkBounds,
  contradiction,
  encryptionFilter,
  keyText,
  replicationStatus,
  STORAGE_CLASSES,
  time,
} from './object-filters';

/** A list without entries would let nothing pass. */
const list = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(LIMITS.filter.entriesMax);

const glob = z.string().min(1).max(LIMITS.filter.patternCharsMax);
const ageSeconds = z.int().min(0).max(LIMITS.filter.ageSecondsMax);

/** Stores have classes that AWS has not. */
const storageClass = z
  .string()
  .min(1)
  .max(256)
  .meta({ examples: [...STORAGE_CLASSES] });

/** Drover's own filter, beside any source. */
export const jobFilter = z
  .strictObject({
    Include: list(glob)
      .optional()
      .describe('Globs over whole keys, of which one must match: * and ? do not match /, ** does'),
    Exclude: list(glob).optional().describe('Globs of which none may match'),
    KeyMatches: z
      .string()
      .min(1)
      .max(LIMITS.filter.patternCharsMax)
      .optional()
      .describe('Regular expression (RE2 syntax), anywhere in the key'),
    MatchAnyPrefix: list(keyText).optional(),
    MatchAnySuffix: list(keyText).optional(),
    MatchAnySubstring: list(keyText).optional(),
    CreatedAfter: time.optional(),
    CreatedBefore: time.optional(),
    OlderThanSeconds: ageSeconds.optional().describe('Age when the job begins to prepare: for schedules'),
    NewerThanSeconds: ageSeconds.optional().describe('Age when the job begins to prepare: for schedules'),
    ObjectSizeGreaterThanBytes: bytes.min(0).optional().describe('That size itself does not pass'),
    ObjectSizeLessThanBytes: bytes.min(1).optional().describe('That size itself does not pass'),
    MatchAnyStorageClass: list(storageClass).optional(),
    MatchAnyObjectEncryption: list(encryptionFilter).optional().describe('Asked of each object: slow'),
    ObjectReplicationStatuses: list(replicationStatus).optional().describe('Asked of each object: slow'),
    EligibleForReplication: z
      .boolean()
      .optional()
      .describe("By the bucket's replication rules; rules with tags are asked of each object: slow"),
    When: condition
      .optional()
      .describe(
        'A condition as operations have it: tags, metadata. Asked of each object that all else lets pass: slow',
      ),
    Select: z
      .string()
      .min(1)
      .max(LIMITS.select.charsMax)
      .optional()
      .describe('An S3 Select expression over the columns of the source, or its WHERE part alone'),
    SelectBy: z
      .enum(SELECT_BY)
      .optional()
      .describe(
        'Store: what S3 Select can of Select is left to the store of a CSV manifest or CSV inventory. The same rows pass',
      ),
    Duplicates: z
      .enum(DUPLICATE_ROWS)
      .optional()
      .describe(
        'Rows whose bucket, key and version id a row before them has: Keep (default; each is a task), Count, Drop, or Refuse the job',
      ),
  })
  .superRefine((given, context) => {
    checkBounds(given, context);
    const { OlderThanSeconds: older, NewerThanSeconds: newer } = given;
    if (older !== undefined && newer !== undefined && older >= newer) {
      contradiction(context, 'NewerThanSeconds', 'must be larger than OlderThanSeconds');
    }
  })
  .meta({
    id: 'JobFilter',
    description: 'All members must hold; a list passes what any of its entries passes',
    minProperties: 1,
    examples: [
      { Include: ['**/*.gz'], OlderThanSeconds: 2_592_000, ObjectSizeGreaterThanBytes: 1_048_576 },
      { Select: "s.size > 1048576 AND s.storage_class = 'STANDARD'" },
    ],
  })
  .refine((given) => Object.values(given).some((member) => member !== undefined), {
    error: 'must have at least one member',
  });
