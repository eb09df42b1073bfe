import { z } from 'zod';
import { LIMITS } from '../../../contracts/limits';
import { type JobSource, REPORT_ROWS } from '../../../contracts/source';
import { jobId } from '../job-id';
import { bucketName, keyStart, objectKey, versionId } from './arns';
import { locationOfAnyEtag, manifestSpec } from './manifest';

const prefixes = z
  .array(
    z.strictObject({
      Bucket: bucketName,
      Prefix: keyStart.optional().describe('Start of the keys, as it is, not URL-encoded. Default: the whole bucket'),
    }),
  )
  .min(1)
  .max(LIMITS.source.prefixesMax)
  .superRefine((given, context) => {
    for (const [index, one] of given.entries()) {
      const other = given.findIndex(
        ({ Bucket, Prefix = '' }, before) =>
          before !== index && Bucket === one.Bucket && (one.Prefix ?? '').startsWith(Prefix),
      );
      if (other < 0) continue;
      const message = `lies within the prefix ${other}, whose objects would be listed twice`;
      context.addIssue({ code: 'custom', path: [index, 'Prefix'], message });
      // Two that are the same lie within each other.
      return;
    }
  });

const keys = z
  .array(z.strictObject({ Bucket: bucketName, Key: objectKey, VersionId: versionId.optional() }))
  .min(1)
  .max(LIMITS.source.keysMax);

const pattern = z.strictObject({
  Bucket: bucketName,
  KeyPattern: z
    .string()
    .min(1)
    .max(LIMITS.filter.patternCharsMax)
    .describe('Glob over whole keys: * and ? do not match /, ** does. The manifests are read in key order'),
});

const manifests = z.strictObject({
  Spec: manifestSpec,
  Locations: z
    .array(z.union([locationOfAnyEtag, pattern], { error: 'must have ObjectArn, or Bucket and KeyPattern' }))
    .min(1)
    .max(LIMITS.source.manifestsMax),
});

const formerJob = z.strictObject({
  JobId: jobId,
  Rows: z.enum(REPORT_ROWS, { error: `must be one of ${REPORT_ROWS.join(', ')}` }),
});

const KINDS = ['Prefixes', 'Keys', 'Manifests', 'FromJob'] as const;

/** Drover's own sources. */
export const jobSource = z
  .strictObject({
    Prefixes: prefixes.optional().describe('Objects below prefixes, listed when the job begins to prepare'),
    Versions: z
      .enum(['Current', 'Noncurrent', 'All', 'DeleteMarkers'])
      .optional()
      .describe(
        'Which versions of the objects below Prefixes. Default: Current, what a plain listing shows, without version ids',
      ),
    Keys: keys.optional().describe('Objects by name, not URL-encoded'),
    Manifests: manifests.optional().describe('Several manifests, one after the other'),
    FromJob: formerJob.optional().describe("Rows of a former job's completion report"),
  })
  .superRefine((given, context) => {
    const [first, second] = KINDS.filter((kind) => given[kind] !== undefined);
    const problem = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (first === undefined) problem([], `must have one of ${KINDS.join(', ')}`);
    else if (second !== undefined) problem([second], `cannot be combined with ${first}`);
    if (given.Versions !== undefined && given.Prefixes === undefined) problem(['Versions'], 'goes with Prefixes only');
  })
  .meta({
    id: 'JobSource',
    description: "Drover's own sources, instead of a manifest",
    oneOf: KINDS.map((kind) => ({ required: [kind] })),
    dependentRequired: { Versions: ['Prefixes'] },
    examples: [
      { Prefixes: [{ Bucket: 'herd', Prefix: 'logs/' }] },
      { Prefixes: [{ Bucket: 'herd' }], Versions: 'Noncurrent' },
      { Keys: [{ Bucket: 'herd', Key: 'animals/two words.txt' }] },
      {
        Manifests: {
          Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
          Locations: [{ Bucket: 'lists', KeyPattern: 'today/*.csv' }],
        },
      },
      { FromJob: { JobId: '6f0e3b1c-6f7a-4c49-8e55-4b0f4a4a3a53', Rows: 'failed' } },
    ] satisfies JobSource[],
  });
