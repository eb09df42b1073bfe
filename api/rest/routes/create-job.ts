import { v4 as uuidV4 } from 'uuid';
import { DroverError } from '../../../contracts/engine/failures';
import { checkSelectOf } from '../../../manifests';
import { checkFormerJob } from '../../jobs/former-job';
import type { PlannedRequest } from '../../jobs/job-input';
import type { ObjectAccess } from '../../jobs/object-access';
import { isMembers, type Members, withRequestDefaults } from '../../requests/defaults';
import { jobRequestBody } from '../../requests/schemas';
import { type RequestRules, validateJobRequest } from '../../requests/validate-request';
import { defineRoute } from '../route';
import { jobIdAnswer } from '../schemas';
import { type JobRouteDeps, SOURCE_REFUSALS } from './deps';

export function createJobRoute({ service, rules, objects }: JobRouteDeps) {
  return defineRoute({
    method: 'post',
    path: '/jobs',
    operationId: 'createJob',
    tag: 'jobs',
    summary: 'Create a job',
    description: "The members of S3 Control's CreateJob, of which some may be left out, and Drover's own.",
    schemas: { body: jobRequestBody, answer: jobIdAnswer },
    status: 201,
    errors: [
      ...SOURCE_REFUSALS,
      'OperationNotSupported',
      'IdempotencyException',
      'EntityTooLarge',
      'FunctionNotAllowed',
      'UrlNotAllowed',
      'VaultNotAllowed',
      'NotificationNotAllowed',
    ],
    handle: async ({ account, body }) => {
      const planned = await readRestRequest(body, account, rules, objects);
      await checkSelectOf(planned.request);
      const { takesSuccessesOf } = rules.parseOperation(planned.request.Operation);
      await checkFormerJob(planned.request, account, service, takesSuccessesOf);
      const { jobId } = await service.createJob(account, planned);
      return { headers: { Location: `/api/jobs/${jobId}` }, body: { jobId } };
    },
  });
}

/**
 * A REST body as a checked request: defaults as in `withRequestDefaults`, a new UUID as token, and the manifest's present
 * ETag, if a manifest it is. Throws what `validateJobRequest` and `ObjectAccess.resolveEtag` throw.
 */
async function readRestRequest(
  body: Members,
  account: string,
  rules: RequestRules,
  objects: ObjectAccess | undefined,
): Promise<PlannedRequest> {
  const token = body['ClientRequestToken'] ?? uuidV4();
  const given = { ...withRequestDefaults(body, account, rules.config), ClientRequestToken: token };
  const location = locationOf(body);
  if (location === undefined || location['ETag'] !== undefined) return validateJobRequest(given, account, rules);
  if (objects === undefined) {
    throw new DroverError(
      'BadRequestException',
      'Manifest.Location.ETag: is required, because this API does not read stores',
    );
  }
  // Everything else is checked first: a store is asked only for a request that could be accepted.
  const { request, plan } = validateJobRequest(withEtag(given, location, 'unresolved'), account, rules);
  const { Manifest: manifest } = request;
  if (manifest === undefined) return { request, plan };
  const { ObjectArn, ObjectVersionId } = manifest.Location;
  const ETag = await objects.resolveEtag(account, request.RoleArn, ObjectArn, ObjectVersionId);
  return { request: { ...request, Manifest: { ...manifest, Location: { ...manifest.Location, ETag } } }, plan };
}

/** Undefined for a request with another source, or none. */
function locationOf({ Manifest }: Members): Members | undefined {
  const location = isMembers(Manifest) ? Manifest['Location'] : undefined;
  return isMembers(location) ? location : undefined;
}

function withEtag(given: Members, location: Members, etag: string): Members {
  return { ...given, Manifest: { ...(given['Manifest'] as Members), Location: { ...location, ETag: etag } } };
}
