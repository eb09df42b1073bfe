import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import { isTerminal } from '../../contracts/engine/lifecycle';
import type { JobRequest } from '../../contracts/job';
import type { JobDescription } from './job-view';

/** Bound of S3 Control (API_control_CreateJob, `Description`). */
const DESCRIPTION_CHARS_MAX = 256;

/**
 * The request of a job that does to a former job's failed rows what that one did. It has the former's operation, report, role,
 * tags and webhook, and the priority and limits that it had last; it waits for no confirmation. Throws JobStatusException for a
 * job that has not ended, or of which no task has failed.
 */
export function retryRequest(former: JobDescription, token: string): JobRequest {
  const { jobId, request, snapshot, progress } = former;
  if (!isTerminal(snapshot.status)) {
    throw new DroverError(
      'JobStatusException',
      `Job ${jobId} is ${snapshot.status}: its failed tasks can be retried when it has ended`,
    );
  }
  if (progress.failed === 0) {
    throw new DroverError('JobStatusException', `No task of job ${jobId} has failed: there is nothing to retry`);
  }
  const { Operation, Report, RoleArn, Tags, NotificationUrl } = request;
  const { priority, limits } = snapshot;
  return {
    ClientRequestToken: token,
    ConfirmationRequired: false,
    Description: describedAs(former),
    Priority: priority,
    RoleArn,
    Operation,
    Report,
    Source: { FromJob: { JobId: jobId, Rows: 'failed' } },
    ...(Tags && { Tags }),
    ...(Object.keys(limits).length > 0 && { Limits: limits }),
    ...defined({ NotificationUrl }),
  };
}

function describedAs({ jobId, description }: JobDescription): string {
  // A retry of a retry names the job that it retries, and what all of them are for.
  const about = description?.replace(/^Retry of [\w-]+(?:: )?/, '') ?? '';
  return `Retry of ${jobId}${about === '' ? '' : `: ${about}`}`.slice(0, DESCRIPTION_CHARS_MAX);
}
