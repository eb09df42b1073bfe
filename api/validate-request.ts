import { z } from 'zod';
import { parseS3Arn } from '../contracts/arn';
import { DroverError } from '../contracts/failures';
import { JOB_STATUSES, type JobRequest, type JobStatus } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import { manifestFieldsProblem } from '../manifests/manifest-fields';

const ARN_OF_S3 = /^arn:[^:]+:s3:.*$/s;
const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\/.+$/;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const JOB_TAGS_MAX = 50;
/** More problems than this help nobody. */
const PROBLEMS_SHOWN_MAX = 5;

const bucketArn = z
  .string()
  .min(1)
  .max(128)
  .refine((arn) => {
    const location = ARN_OF_S3.test(arn) ? parseS3Arn(arn) : undefined;
    return location !== undefined && location.key === undefined && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(location.bucket);
  }, 'must be the ARN of a bucket, as arn:aws:s3:::my-bucket');

const objectArn = z
  .string()
  .min(1)
  .max(2_000)
  .refine(
    (arn) => ARN_OF_S3.test(arn) && parseS3Arn(arn)?.key !== undefined,
    'must be the ARN of an object, as arn:aws:s3:::my-bucket/manifest.csv',
  );

const accountId = z.string().regex(/^\d{12}$/, 'must be twelve digits');

const manifest = z.strictObject({
  Spec: z.strictObject({
    Format: z.enum(['S3BatchOperations_CSV_20180820'], {
      error: ({ input }) =>
        input === 'S3InventoryReport_CSV_20161130'
          ? 'S3InventoryReport_CSV_20161130 is not supported yet: give a CSV manifest (S3BatchOperations_CSV_20180820)'
          : 'must be S3BatchOperations_CSV_20180820',
    }),
    Fields: z
      .array(z.enum(['Ignore', 'Bucket', 'Key', 'VersionId']), {
        error: ({ input }) => (input === undefined ? 'is required' : 'must list the columns, as Bucket, Key'),
      })
      .superRefine((fields, context) => {
        const problem = manifestFieldsProblem(fields);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      }),
  }),
  Location: z.strictObject({
    ObjectArn: objectArn,
    ObjectVersionId: z.string().min(1).max(2_000).optional(),
    ETag: z.string().min(1).max(1_024),
  }),
});

const report = z
  .strictObject({
    Enabled: z.boolean(),
    Bucket: bucketArn.optional(),
    Prefix: z.string().min(1).max(512).optional(),
    Format: z.enum(['Report_CSV_20180820']).optional(),
    ReportScope: z.enum(['AllTasks', 'FailedTasksOnly']).optional(),
    ExpectedBucketOwner: accountId.optional(),
  })
  .superRefine((given, context) => {
    if (!given.Enabled) return;
    for (const member of ['Bucket', 'Format', 'ReportScope'] as const) {
      if (given[member] === undefined) {
        context.addIssue({ code: 'custom', path: [member], message: 'is required when the report is enabled' });
      }
    }
  });

const tagText = (min: number, max: number): z.ZodString =>
  z.string().min(min).max(max).regex(TAG_TEXT, 'only letters, digits, spaces and _ . : / = + - @ are allowed');

const tags = z
  .array(z.strictObject({ Key: tagText(1, 128), Value: tagText(0, 256) }))
  .max(JOB_TAGS_MAX, `a job has at most ${JOB_TAGS_MAX} tags`)
  .refine((list) => new Set(list.map(({ Key }) => Key)).size === list.length, 'the keys of tags must differ');

const priority = z.int().min(0).max(LIMITS.priorityMax);

/** Members and limits of API_control_CreateJob. */
const jobRequest = z.strictObject({
  ClientRequestToken: z.string().min(1).max(64),
  ConfirmationRequired: z.boolean(),
  Description: z.string().min(1).max(256).optional(),
  Priority: priority,
  RoleArn: z.string().min(1).max(2_048).regex(ROLE_ARN, 'must be the ARN of an IAM role'),
  Operation: z.record(z.string(), z.record(z.string(), z.json()), {
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must be an object with one member, the name of the operation',
  }),
  Manifest: manifest,
  Report: report,
  Tags: tags.optional(),
});

export interface RequestRules {
  /** Throws DroverError for an operation that is unknown or has wrong parameters. */
  readonly checkOperation: (operation: JobRequest['Operation']) => unknown;
  /** ARNs of the configured roles. */
  readonly roles: readonly string[];
}

/**
 * Checks a job request of any face, its defaults filled in by that face. Throws DroverError: BadRequestException naming the
 * member by its path, OperationNotSupported, or RoleNotConfigured.
 */
export function validateJobRequest(given: unknown, rules: RequestRules): JobRequest {
  const generator = typeof given === 'object' && given !== null && 'ManifestGenerator' in given;
  if (generator && given.ManifestGenerator !== undefined) {
    throw new DroverError('BadRequestException', 'ManifestGenerator: is not supported yet: give a Manifest');
  }
  const request = check(jobRequest, given);
  rules.checkOperation(request.Operation);
  if (!rules.roles.includes(request.RoleArn)) {
    throw new DroverError('RoleNotConfigured', `RoleArn: the role ${request.RoleArn} is not configured`);
  }
  checkReportOwner(request.RoleArn, request.Report.ExpectedBucketOwner);
  return withoutUndefined(request) as JobRequest;
}

/** A job reaches the buckets of its role's account only, so no other owner can be the right one. */
function checkReportOwner(roleArn: string, owner: string | undefined): void {
  const account = roleArn.split(':')[4];
  if (owner === undefined || owner === account) return;
  throw new DroverError(
    'BadRequestException',
    `Report.ExpectedBucketOwner: the buckets of role ${roleArn} belong to account ${account ?? ''}, not to ${owner}`,
  );
}

const jobId = z.string().regex(/^[a-zA-Z0-9_-]{5,36}$/, 'must be 5 to 36 letters, digits, - or _');
const reason = z.string().min(1).max(LIMITS.describeReasonCharsMax);

/** Throws BadRequestException. */
export function validateJobId(given: unknown): string {
  return check(z.object({ JobId: jobId }), { JobId: given }).JobId;
}

export function validatePriority(given: unknown): number {
  return check(z.object({ Priority: priority }), { Priority: given }).Priority;
}

/** Undefined when none was given. */
export function validateReason(given: unknown): string | undefined {
  return check(z.object({ StatusUpdateReason: reason.optional() }), { StatusUpdateReason: given }).StatusUpdateReason;
}

const listing = z.object({
  jobStatuses: z.array(z.enum(JOB_STATUSES, { error: `must be one of ${JOB_STATUSES.join(', ')}` })),
  maxResults: z.coerce.number({ error: 'must be a number' }).int().min(0).max(LIMITS.listJobsMax),
  nextToken: z.string().min(1).max(1_024).optional(),
});

export interface ListingParameters {
  readonly statuses: readonly JobStatus[];
  readonly maxResults: number;
  readonly nextToken?: string | undefined;
}

/** Query parameters of ListJobs. Throws InvalidRequestException, which is what that call answers. */
export function validateListing(query: URLSearchParams): ListingParameters {
  const given = {
    jobStatuses: query.getAll('jobStatuses').filter((status) => status !== ''),
    maxResults: query.get('maxResults') ?? LIMITS.listJobsMax,
    nextToken: query.get('nextToken') ?? undefined,
  };
  const { jobStatuses, maxResults, nextToken } = check(listing, given, 'InvalidRequestException');
  return { statuses: [...new Set(jobStatuses)], maxResults, nextToken };
}

function check<Output>(
  schema: z.ZodType<Output>,
  given: unknown,
  code: 'BadRequestException' | 'InvalidRequestException' = 'BadRequestException',
): Output {
  const result = schema.safeParse(given, { error: (issue) => (issue.input === undefined ? 'is required' : undefined) });
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `${[...issue.path.map(String), key].join('.')}: unknown member`);
    }
    return [`${issue.path.map(String).join('.') || 'body'}: ${issue.message}`];
  });
  const shown = lines.slice(0, PROBLEMS_SHOWN_MAX).join('; ');
  const more = lines.length - PROBLEMS_SHOWN_MAX;
  throw new DroverError(code, more > 0 ? `${shown}; and ${more} more` : shown);
}

/** Members set to undefined would make equal requests differ. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}
