import { z } from 'zod';
import type { FailureCode } from '../../../contracts/engine/failures';
import type { JobService } from '../../jobs/job-service';
import type { ManifestUploads } from '../../jobs/manifest-uploads';
import type { ObjectAccess } from '../../jobs/object-access';
import type { MergedReports } from '../../jobs/workspace/merged-report';
import type { Previews } from '../../preview/preview';
import { jobId } from '../../requests/job-id';
import type { RequestRules } from '../../requests/validate-request';
import type { VaultLists } from '../../vaults/vault-lists';
import type { TemporalUi } from '../job-json';

/** What the routes of jobs work with. */
export interface JobRouteDeps {
  readonly service: JobService;
  readonly rules: RequestRules;
  /** Without it, REST needs the manifest's ETag and serves no reports. */
  readonly objects: ObjectAccess | undefined;
  /** There when `objects` is. */
  readonly reports: MergedReports | undefined;
  /** Without it, REST takes no manifests. */
  readonly uploads: ManifestUploads | undefined;
  /** Without it, REST previews no sources. */
  readonly previews: Previews | undefined;
  /** Without it, REST lists no vaults. */
  readonly vaults: VaultLists | undefined;
  readonly temporalUi: TemporalUi | undefined;
}

/** What a store may say to a request for a manifest or a report. */
export const STORE_REFUSALS = [
  'StoreUnreachable',
  'BucketInOtherRegion',
  'StoreCredentialsRefused',
] as const satisfies readonly FailureCode[];

/** What may be wrong with the source of a request, and with the role that is to read it. */
export const SOURCE_REFUSALS = [
  'BadRequestException',
  'RoleNotConfigured',
  'AccessDenied',
  'StoreNotConfigured',
  'NotFoundException',
  'JobStatusException',
  'BucketNotAllowed',
  'ManifestNotFound',
  'ManifestAccessDenied',
  'ManifestNotReadable',
  ...STORE_REFUSALS,
] as const satisfies readonly FailureCode[];

export const jobPath = z.strictObject({ jobId });
