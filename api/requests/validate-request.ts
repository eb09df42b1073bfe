import { z } from 'zod';
import type { Config } from '../../config/config';
import { DroverError } from '../../contracts/engine/failures';
import type { OperationPlan } from '../../contracts/engine/plan';
import type { JobRequest, Tag } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { JobTemplate } from '../../contracts/schedule';
import type { SourceMembers } from '../../contracts/text/source-text';
import { checkPatterns, checkSelectOf } from '../../manifests';
import { isAllowedWebhook } from '../../notifications/targets';
import type { BoundOperation } from '../../operations/operation';
import type { PlannedRequest } from '../jobs/job-input';
import { checkRestores } from './check-restores';
import { checkSchema, withoutUndefined } from './check-schema';
import { isMembers, type Members, withRequestDefaults, withRole } from './defaults';
import { type AccessedMembers, checkRoleAccess, checkSourceAccess } from './role-access';
import { anyNumberOfTags, jobRequest, jobTemplate, previewBody } from './schemas';

export interface RequestRules {
  /** Throws DroverError for an operation that is unknown or has wrong parameters. */
  readonly parseOperation: (operation: JobRequest['Operation']) => BoundOperation;
  readonly config: Pick<Config, 'roles' | 'stores' | 'workspace' | 'notifications'>;
}

/**
 * Checks a job request of any face, its defaults filled in by that face, for an account. Throws DroverError:
 * BadRequestException naming the member by its path, OperationNotSupported, RoleNotConfigured, AccessDenied for a role of
 * other accounts, BucketNotAllowed, StoreNotConfigured, FunctionNotAllowed, UrlNotAllowed, NotificationNotAllowed.
 */
export function validateJobRequest(given: unknown, account: string, rules: RequestRules): PlannedRequest {
  const request = withoutUndefined(checkSchema(jobRequest, given)) as JobRequest;
  const { plan } = checkRules(request, account, rules);
  checkSize(request);
  return { request, plan };
}

/**
 * Checks the job template of a schedule. What REST's job requests may leave out may be left out here; the manifest's ETag
 * stays absent then, for every run takes the present one. Throws what `validateJobRequest` throws.
 */
export function validateJobTemplate(
  given: unknown,
  account: string,
  rules: RequestRules,
): { readonly template: JobTemplate; readonly plan: OperationPlan } {
  const filled = isMembers(given) ? withRequestDefaults(given, account, rules.config) : given;
  const template = withoutUndefined(checkSchema(jobTemplate, filled)) as JobTemplate;
  const { plan } = checkRules(template, account, rules);
  checkSize(template);
  return { template, plan };
}

/**
 * Checks a request for a preview: what of it is in a job request, as there. Rejects with BadRequestException, RoleNotConfigured,
 * AccessDenied, BucketNotAllowed or StoreNotConfigured.
 */
export async function validatePreview(given: Members, account: string, { config }: RequestRules) {
  const filled = { ...given, ...withRole(given, account, config) };
  const { Rows, List, ...request } = withoutUndefined(checkSchema(previewBody, filled)) as PreviewGiven;
  checkPatterns(request);
  checkSourceAccess(request, account, config);
  await checkSelectOf(request);
  return { ...request, Rows: Rows ?? LIMITS.preview.rows, List: List ?? false };
}

type PreviewGiven = Omit<AccessedMembers, 'Report'> & { readonly Rows?: number; readonly List?: boolean };

/** Throws EntityTooLarge. */
function checkSize(request: object): void {
  const bytes = Buffer.byteLength(JSON.stringify(request));
  if (bytes <= LIMITS.job.requestBytesMax) return;
  throw new DroverError(
    'EntityTooLarge',
    `The request has ${bytes} bytes of JSON with its defaults; ${LIMITS.job.requestBytesMax} are the most`,
  );
}

function checkRules(
  request: AccessedMembers & Pick<JobRequest, 'ConfirmationRequired' | 'Operation' | 'NotificationUrl' | 'Limits'>,
  account: string,
  { parseOperation, config }: RequestRules,
): BoundOperation {
  const operation = parseOperation(request.Operation);
  checkDemands(request, operation);
  checkRestores(request.Limits ?? {}, operation.plan, 'Limits.');
  checkPatterns(request);
  checkRoleAccess(request, operation, account, config);
  const { NotificationUrl } = request;
  if (NotificationUrl !== undefined && !isAllowedWebhook(config.notifications, NotificationUrl)) {
    throw new DroverError(
      'NotificationNotAllowed',
      `NotificationUrl: the configuration does not allow ${NotificationUrl}`,
    );
  }
  return operation;
}

/** What an operation that can't be undone wants of the request around it. */
function checkDemands(
  { ConfirmationRequired, Source }: SourceMembers & Pick<JobRequest, 'ConfirmationRequired'>,
  { plan: { operation: name }, mustBeConfirmed, takesSuccessesOf }: BoundOperation,
): void {
  if (mustBeConfirmed && !ConfirmationRequired) {
    throw new DroverError(
      'BadRequestException',
      `ConfirmationRequired: must be true for ${name}, which can't be undone`,
    );
  }
  if (takesSuccessesOf === undefined) return;
  if (Source !== undefined && 'FromJob' in Source && Source.FromJob.Rows === 'succeeded') return;
  throw new DroverError(
    'BadRequestException',
    `Source: must be FromJob with Rows succeeded, for ${name} takes what a job of ${takesSuccessesOf} has brought about`,
  );
}

/** Tags that replace those of a job. Throws TooManyTagsException, or BadRequestException. */
export function validateTags(given: unknown): readonly Tag[] {
  const { Tags } = checkSchema(z.object({ Tags: anyNumberOfTags }), { Tags: given });
  if (Tags.length <= LIMITS.job.tagsMax) return Tags;
  throw new DroverError(
    'TooManyTagsException',
    `Tags: a job has at most ${LIMITS.job.tagsMax} tags, ${Tags.length} are given`,
  );
}
