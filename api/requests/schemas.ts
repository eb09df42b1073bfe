import { z } from 'zod';
import { JOB_STATUSES } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { climbs } from '../../contracts/object-key';
import { accountId, bucketArn, CLIMBS } from './sources/arns';
import { jobFilter } from './sources/filter';
import { manifestGenerator } from './sources/generator';
import { manifest, manifestOfAnyEtag } from './sources/manifest';
import { jobSource } from './sources/source';

/**
 * What callers may send, as zod schemas: every face validates with them, and the OpenAPI document is made of them. Members
 * and limits are those of API_control_CreateJob, but for `Source`, `Filter`, `Limits` and `NotificationUrl`, which are Drover's own.
 */
const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\/.+$/;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const NEEDED_BY_REPORTS = ['Bucket', 'Format', 'ReportScope'] as const;

const report = z
  .strictObject({
    Enabled: z.boolean(),
    Bucket: bucketArn.optional(),
    Prefix: z
      .string()
      .min(1)
      .max(512)
      .refine((prefix) => !climbs(prefix), CLIMBS)
      .optional(),
    Format: z.enum(['Report_CSV_20180820']).optional(),
    ReportScope: z.enum(['AllTasks', 'FailedTasksOnly']).optional(),
    ExpectedBucketOwner: accountId.optional(),
  })
  .superRefine((given, context) => {
    if (!given.Enabled) return;
    for (const member of NEEDED_BY_REPORTS) {
      if (given[member] === undefined) {
        context.addIssue({ code: 'custom', path: [member], message: 'is required when the report is enabled' });
      }
    }
  })
  .meta({
    description: 'Where the completion report goes',
    if: { properties: { Enabled: { const: true } } },
    then: { required: [...NEEDED_BY_REPORTS] },
  });

const tagText = (min: number, max: number): z.ZodString =>
  z.string().min(min).max(max).regex(TAG_TEXT, 'only letters, digits, spaces and _ . : / = + - @ are allowed');

export const tag = z.strictObject({ Key: tagText(1, 128), Value: tagText(0, 256) }).meta({ id: 'Tag' });

/** Tags without a maximum: PutJobTagging has an error of its own for too many. */
export const anyNumberOfTags = z
  .array(tag)
  .refine((list) => new Set(list.map(({ Key }) => Key)).size === list.length, 'the keys of tags must differ');

export const tags = anyNumberOfTags.max(LIMITS.job.tagsMax, `a job has at most ${LIMITS.job.tagsMax} tags`);

export const priority = z.int().min(0).max(LIMITS.job.priorityMax);

const failureThreshold = z
  .union(
    [
      z.strictObject({ FailedTasks: z.int().min(0).describe('Maximum number of failed tasks') }),
      z.strictObject({
        FailedShare: z.number().gt(0).max(1).describe('Maximum share of failed tasks'),
        AfterTasks: z
          .int()
          .min(1)
          .optional()
          .describe('Tasks that must have run before the share applies (default 1,000)'),
      }),
    ],
    { error: 'must have FailedTasks, or FailedShare with or without AfterTasks' },
  )
  .meta({ id: 'FailureThreshold', description: 'When the job fails. Absent: half of at least 1,000 tasks' });

const restoreLimit = z
  .strictObject({
    RequestsPerSecond: z
      .number()
      .gt(0)
      .max(LIMITS.restore.requestsPerSecondMax)
      .optional()
      .describe('Restores asked for in a second, over all workers; 0.5 is one in two seconds'),
    BytesPerDay: z
      .int()
      .min(1)
      .max(LIMITS.restore.bytesPerDayMax)
      .optional()
      .describe('Bytes of objects that restores are asked for in 24 hours'),
  })
  .refine((limit) => Object.values(limit).some((value) => value !== undefined), 'must have at least one member')
  .meta({ id: 'RestoreLimit' });

export const jobLimits = z
  .strictObject({
    TasksPerSecond: z
      .number()
      .gt(0)
      .max(LIMITS.job.tasksPerSecondMax)
      .optional()
      .describe('Over all workers; 0.5 is one task in two seconds'),
    BytesPerSecond: z
      .int()
      .min(LIMITS.job.bytesPerSecondMin)
      .max(LIMITS.job.bytesPerSecondMax)
      .optional()
      .describe('Bytes of objects, read by workers or copied by stores, over all workers'),
    Concurrency: z.int().min(1).max(LIMITS.job.concurrencyMax).optional().describe('Tasks at a time, over all workers'),
    FailureThreshold: failureThreshold.optional(),
    Restores: z
      .strictObject({ BULK: restoreLimit.optional(), STANDARD: restoreLimit.optional() })
      .refine(({ BULK, STANDARD }) => BULK !== undefined || STANDARD !== undefined, 'must name at least one tier')
      .optional()
      .describe('How fast restores are asked for, by tier; for jobs that restore'),
  })
  .meta({ id: 'JobLimits', description: 'What a job may take; an absent member means no limit' });

/** The operation's name with its parameters, and Drover's own options. They are checked by `operations/` itself. */
export const jobOperation = z
  .record(z.string(), z.json(), {
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must be an object with one member, the name of the operation',
  })
  .meta({ id: 'JobOperation' });

const roleArn = z.string().min(1).max(2_048).regex(ROLE_ARN, 'must be the ARN of an IAM role');

const members = {
  ConfirmationRequired: z.boolean(),
  Description: z.string().min(1).max(256).optional(),
  Priority: priority,
  RoleArn: roleArn.describe('Role that the job acts as'),
  Operation: jobOperation,
  Report: report,
  Tags: tags.optional(),
  Limits: jobLimits.optional(),
  NotificationUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(LIMITS.notification.urlCharsMax)
    .optional()
    .describe('Webhook that also receives every status change'),
  ManifestGenerator: manifestGenerator.optional(),
  Source: jobSource.optional(),
  Filter: jobFilter.optional().describe('Which rows of the source become tasks'),
};

const SOURCES = ['Manifest', 'ManifestGenerator', 'Source'] as const;

/** In JSON Schema. */
const ONE_SOURCE = { oneOf: SOURCES.map((member) => ({ required: [member] })) };

function checkOneSource(given: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const [first, second] = SOURCES.filter((member) => given[member] !== undefined);
  if (first === undefined) {
    context.addIssue({ code: 'custom', path: ['Manifest'], message: 'is required, or ManifestGenerator, or Source' });
  } else if (second !== undefined) {
    context.addIssue({ code: 'custom', path: [second], message: `cannot be combined with ${first}` });
  }
}

export const clientRequestToken = z
  .string()
  .min(1)
  .max(64)
  .describe('The same token with the same request always means the same job');

/** A whole request. */
export const jobRequest = z
  .strictObject({ ClientRequestToken: clientRequestToken, ...members, Manifest: manifest.optional() })
  .superRefine(checkOneSource)
  .meta({ id: 'JobRequest', ...ONE_SOURCE });

/** What every run of a schedule asks for. */
export const jobTemplate = z
  .strictObject({ ...members, Manifest: manifestOfAnyEtag.optional() })
  .superRefine(checkOneSource);

const withDefaults = {
  ...members,
  ConfirmationRequired: members.ConfirmationRequired.optional().describe('Default: false'),
  Priority: priority.optional().describe('Default: 10. Jobs of higher priority run first'),
  RoleArn: roleArn.optional().describe('Default: the only role that the account may use'),
  Report: report.optional().describe('Default: none is written'),
  Manifest: manifestOfAnyEtag.optional(),
};

/** A template as REST takes it: see request-defaults for what may be left out. */
export const jobTemplateBody = z
  .strictObject(withDefaults)
  .superRefine(checkOneSource)
  .meta({ id: 'JobTemplate', ...ONE_SOURCE });

/** A request as REST takes it. */
export const jobRequestBody = z
  .strictObject({
    ClientRequestToken: clientRequestToken
      .optional()
      .describe('The same token with the same request always means the same job. Default: a new UUID'),
    ...withDefaults,
  })
  .superRefine(checkOneSource)
  .meta({ id: 'CreateJobRequest', ...ONE_SOURCE });

/** What a preview is of, and what it shows. */
export const previewBody = z
  .strictObject({
    RoleArn: withDefaults.RoleArn,
    Manifest: withDefaults.Manifest,
    ManifestGenerator: members.ManifestGenerator,
    Source: members.Source,
    Filter: members.Filter,
    Rows: z.int().min(0).max(LIMITS.preview.rowsMax).optional().describe('First rows that are shown. Default: 20'),
    List: z.boolean().optional().describe('Whether all rows are shown. Default: false'),
  })
  .superRefine(checkOneSource)
  .meta({ id: 'PreviewRequest', ...ONE_SOURCE });

export const reason = z.string().min(1).max(LIMITS.job.describeReasonCharsMax);

export const jobStatus = z
  .enum(JOB_STATUSES, { error: `must be one of ${JOB_STATUSES.join(', ')}` })
  .meta({ id: 'JobStatus' });
