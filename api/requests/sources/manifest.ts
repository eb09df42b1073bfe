import { z } from 'zod';
import { manifestFieldsProblem } from '../../../manifests/csv/manifest-fields';
import { etag, objectArn, versionId } from './arns';

const CSV = 'S3BatchOperations_CSV_20180820';
const INVENTORY = 'S3InventoryReport_CSV_20161130';

/** In JSON Schema: once at most. */
function appearing(field: string, minContains: number) {
  return { contains: { const: field }, minContains, maxContains: 1 };
}

const fieldNames = z
  .array(z.enum(['Ignore', 'Bucket', 'Key', 'VersionId']), { error: 'must list the columns, as Bucket, Key' })
  .superRefine((fields, context) => {
    const problem = manifestFieldsProblem(fields);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    description: 'The columns of a CSV manifest in their order. An inventory names its columns itself',
    allOf: [appearing('Bucket', 1), appearing('Key', 1), appearing('VersionId', 0)],
    examples: [
      ['Bucket', 'Key'],
      ['Bucket', 'Key', 'VersionId'],
    ],
  });

/** The members that go with one format only. */
const MEMBERS_OF = { [CSV]: ['Fields', 'KeyEncoding', 'EmptyVersionId'], [INVENTORY]: ['DeleteMarkers'] } as const;

export const manifestSpec = z
  .strictObject({
    Format: z.enum([CSV, INVENTORY], { error: `must be ${CSV} or ${INVENTORY}` }).meta({
      description: `${INVENTORY}: the manifest is the manifest.json of an inventory`,
    }),
    Fields: fieldNames.optional(),
    KeyEncoding: z
      .enum(['Url', 'Raw'])
      .optional()
      .describe('For CSV. Raw: + and % in a key mean themselves. Default: Url'),
    EmptyVersionId: z
      .enum(['Refuse', 'Newest'])
      .optional()
      .describe('For CSV: what an empty VersionId is, a failed row or the newest version. Default: Refuse'),
    DeleteMarkers: z
      .enum(['Skip', 'Keep'])
      .optional()
      .describe('For inventories. Default: Skip, they are left out and counted'),
  })
  .superRefine((given, context) => {
    const problem = (member: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [member], message });
    if (given.Format === CSV && given.Fields === undefined) problem('Fields', 'is required');
    const other = given.Format === CSV ? INVENTORY : CSV;
    for (const member of MEMBERS_OF[other]) {
      if (given[member] !== undefined) problem(member, `is for the format ${other} only`);
    }
  })
  .meta({
    if: { properties: { Format: { const: CSV } } },
    then: { required: ['Fields'], properties: absent(MEMBERS_OF[INVENTORY]) },
    else: { properties: absent(MEMBERS_OF[CSV]) },
  });

/** In JSON Schema. */
function absent(members: readonly string[]) {
  return Object.fromEntries(members.map((member) => [member, false as const]));
}

const location = z.strictObject({ ObjectArn: objectArn, ObjectVersionId: versionId.optional(), ETag: etag });

/** For faces that look the ETag up themselves. */
export const locationOfAnyEtag = location.extend({
  ETag: etag.optional().describe("Absent: the manifest's present one"),
});

export const manifest = z.strictObject({ Spec: manifestSpec, Location: location });

export const manifestOfAnyEtag = z.strictObject({ Spec: manifestSpec, Location: locationOfAnyEtag });
