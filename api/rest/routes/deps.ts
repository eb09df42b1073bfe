import { z } from 'zod';
import type { JobService } from '../../jobs/job-service';
import type { ObjectAccess } from '../../jobs/object-access';
import { jobId } from '../../requests/schemas';
import type { RequestRules } from '../../requests/validate-request';
import type { TemporalUi } from '../job-json';

/** What the routes of jobs work with. */
export interface JobRouteDeps {
  readonly service: JobService;
  readonly rules: RequestRules;
  /** Without it, REST needs the manifest's ETag and serves no reports. */
  readonly objects: ObjectAccess | undefined;
  readonly temporalUi: TemporalUi | undefined;
}

export const jobPath = z.strictObject({ jobId });
