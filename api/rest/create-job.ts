import { v4 as uuidV4 } from 'uuid';
import { DroverError } from '../../contracts/failures';
import type { ObjectAccess } from '../object-access';
import { type RequestRules, validateJobRequest } from '../validate-request';
import type { JobRequest } from '../../contracts/job';

/** Same default as the AWS console's. */
const DEFAULT_PRIORITY = 10;

type Members = Record<string, unknown>;

/**
 * A REST body, which has CreateJob's members, as a checked request. Left out, a member gets: ClientRequestToken a new UUID,
 * ConfirmationRequired false, Priority 10, RoleArn the configured role when there is but one, Report `{Enabled: false}`,
 * Manifest.Location.ETag the manifest's present one. Throws what `validateJobRequest` and `ObjectAccess.resolveEtag` throw.
 */
export async function readRestRequest(
  body: unknown,
  rules: RequestRules,
  objects: ObjectAccess | undefined,
): Promise<JobRequest> {
  if (!isMembers(body)) throw new DroverError('BadRequestException', 'The body must be a JSON object: a job request');
  const given: Members = {
    ...body,
    ClientRequestToken: body['ClientRequestToken'] ?? uuidV4(),
    ConfirmationRequired: body['ConfirmationRequired'] ?? false,
    Priority: body['Priority'] ?? DEFAULT_PRIORITY,
    RoleArn: body['RoleArn'] ?? onlyRole(rules.roles),
    Report: body['Report'] ?? { Enabled: false },
  };
  const location = isMembers(given['Manifest']) ? given['Manifest']['Location'] : undefined;
  if (!isMembers(location) || location['ETag'] !== undefined) return validateJobRequest(given, rules);
  if (objects === undefined) {
    throw new DroverError('BadRequestException', 'Manifest.Location.ETag: is required, for this API reads no store');
  }
  // Everything else is checked first: a store is asked only for a request that could be accepted.
  const checked = validateJobRequest(withEtag(given, location, 'unresolved'), rules);
  const { ObjectArn, ObjectVersionId } = checked.Manifest.Location;
  const ETag = await objects.resolveEtag(checked.RoleArn, ObjectArn, ObjectVersionId);
  return { ...checked, Manifest: { ...checked.Manifest, Location: { ...checked.Manifest.Location, ETag } } };
}

function withEtag(given: Members, location: Members, etag: string): Members {
  return { ...given, Manifest: { ...(given['Manifest'] as Members), Location: { ...location, ETag: etag } } };
}

function onlyRole(roles: readonly string[]): string {
  const [role] = roles;
  if (role !== undefined && roles.length === 1) return role;
  throw new DroverError('BadRequestException', `RoleArn: is required, for ${roles.length} roles are configured`);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
