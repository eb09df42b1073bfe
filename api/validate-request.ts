import { z } from 'zod';
import type { Config } from '../config/config';
import { DroverError } from '../contracts/failures';
import type { JobLimits, JobRequest, JobStatus, Tag } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { JobTemplate } from '../contracts/schedule';
import { isAllowedWebhook } from '../notifications/targets';
import type { ParsedOperation } from '../operations/index';
import { checkSchema, withoutUndefined } from './check-schema';
import { isMembers, withRequestDefaults } from './request-defaults';
import {
  anyNumberOfTags,
  jobId,
  jobLimits,
  jobRequest,
  jobStatus,
  jobTemplate,
  priority,
  reason,
} from './request-schemas';
import { type AccessedMembers, checkRoleAccess } from './role-access';

export interface RequestRules {
  /** Throws DroverError for an operation that is unknown or has wrong parameters. */
  readonly checkOperation: (operation: JobRequest['Operation']) => ParsedOperation;
  readonly config: Pick<Config, 'roles' | 'stores' | 'notifications'>;
}

/**
 * Checks a job request of any face, its defaults filled in by that face, for an account. Throws DroverError:
 * BadRequestException naming the member by its path, OperationNotSupported, RoleNotConfigured, AccessDenied for a role of
 * other accounts, BucketNotAllowed, StoreNotConfigured, FunctionNotAllowed, NotificationNotAllowed.
 */
export function validateJobRequest(given: unknown, account: string, rules: RequestRules): JobRequest {
  const request = withoutUndefined(checkSchema(jobRequest, given)) as JobRequest;
  checkRules(request, account, rules);
  return request;
}

/**
 * Checks the job template of a schedule. What REST's job requests may leave out may be left out here; the manifest's ETag
 * stays absent then, for every run takes the present one. Throws what `validateJobRequest` throws.
 */
export function validateJobTemplate(given: unknown, account: string, rules: RequestRules): JobTemplate {
  const filled = isMembers(given) ? withRequestDefaults(given, account, rules.config) : given;
  const template = withoutUndefined(checkSchema(jobTemplate, filled)) as JobTemplate;
  checkRules(template, account, rules);
  return template;
}

function checkRules(
  request: AccessedMembers & Pick<JobRequest, 'Operation' | 'NotificationUrl'>,
  account: string,
  { checkOperation, config }: RequestRules,
): void {
  checkRoleAccess(request, checkOperation(request.Operation), account, config);
  const { NotificationUrl } = request;
  if (NotificationUrl !== undefined && !isAllowedWebhook(config.notifications, NotificationUrl)) {
    throw new DroverError(
      'NotificationNotAllowed',
      `NotificationUrl: the configuration does not allow ${NotificationUrl}`,
    );
  }
}

/** Throws BadRequestException. */
export function validateJobId(given: unknown): string {
  return checkSchema(z.object({ JobId: jobId }), { JobId: given }).JobId;
}

export function validatePriority(given: unknown): number {
  return checkSchema(z.object({ Priority: priority }), { Priority: given }).Priority;
}

/** Undefined when none was given. */
export function validateReason(given: unknown): string | undefined {
  return checkSchema(z.object({ StatusUpdateReason: reason.optional() }), { StatusUpdateReason: given })
    .StatusUpdateReason;
}

export function validateLimits(given: unknown): JobLimits {
  return withoutUndefined(checkSchema(z.object({ Limits: jobLimits }), { Limits: given }).Limits) as JobLimits;
}

/** Tags that replace those of a job. Throws TooManyTagsException, or BadRequestException. */
export function validateTags(given: unknown): readonly Tag[] {
  const { Tags } = checkSchema(z.object({ Tags: anyNumberOfTags }), { Tags: given });
  if (Tags.length <= LIMITS.jobTagsMax) return Tags;
  throw new DroverError(
    'TooManyTagsException',
    `Tags: a job has at most ${LIMITS.jobTagsMax} tags, ${Tags.length} are given`,
  );
}

const listing = z.object({
  jobStatuses: z.array(jobStatus),
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
  const { jobStatuses, maxResults, nextToken } = checkSchema(listing, given, 'InvalidRequestException');
  return { statuses: [...new Set(jobStatuses)], maxResults, nextToken };
}
