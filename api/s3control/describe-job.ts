import { jobArn } from '../../contracts/engine/naming';
import type { JobSnapshot } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { JobDescription, JobService, JobView } from '../jobs/job-service';
import { type CallRequest, jobIdOf } from './wire/parameters';
import { DESCRIBE_JOB_RESULT } from './wire/schemas';
import { writeXml } from './wire/xml';

/** The value that the IAM reference gives for s3:JobSuspendedCause. */
const SUSPENDED_CAUSE = 'AWAITING_CONFIRMATION';

/** API_control_DescribeJob. */
export async function describeJob(service: JobService, request: CallRequest): Promise<string> {
  const view = await service.describeJob(request.account, jobIdOf(request));
  return writeXml(DESCRIBE_JOB_RESULT, { Job: descriptorOf(view) });
}

/** API_control_JobDescriptor: Operation, Manifest, ManifestGenerator and Report come back as they were given. */
function descriptorOf(view: JobDescription): Record<string, unknown> {
  const { request, snapshot } = view;
  return {
    JobId: view.jobId,
    ConfirmationRequired: request.ConfirmationRequired,
    Description: request.Description,
    JobArn: jobArn(view.region, view.account, view.jobId),
    Status: snapshot.status,
    Manifest: request.Manifest,
    Operation: request.Operation,
    Priority: snapshot.priority,
    ProgressSummary: progressSummary(view),
    StatusUpdateReason: snapshot.statusUpdateReason?.slice(0, LIMITS.job.describeReasonCharsMax),
    FailureReasons: snapshot.failureReasons,
    Report: request.Report,
    CreationTime: view.createdAt,
    TerminationDate: snapshot.terminatedAt,
    RoleArn: request.RoleArn,
    SuspendedDate: snapshot.suspendedAt,
    SuspendedCause: snapshot.suspendedAt === undefined ? undefined : SUSPENDED_CAUSE,
    ManifestGenerator: request.ManifestGenerator,
    GeneratedManifestDescriptor: generatedManifest(snapshot),
  };
}

/** API_control_S3GeneratedManifestDescriptor. */
function generatedManifest({ generatedManifest: made }: JobSnapshot): Record<string, unknown> | undefined {
  if (made === undefined) return undefined;
  return { Format: made.format, Location: { ObjectArn: made.objectArn, ETag: made.etag } };
}

/**
 * API_control_JobProgressSummary; tasks whose effect is awaited are in the total only. While a job is Preparing, the total grows with the
 * rows that have been found.
 */
export function progressSummary({ progress, snapshot }: JobView): Record<string, unknown> {
  return {
    TotalNumberOfTasks: progress.totalTasks ?? snapshot.preparing?.rows ?? 0,
    NumberOfTasksSucceeded: progress.succeeded,
    NumberOfTasksFailed: progress.failed,
    Timers: { ElapsedTimeInActiveSeconds: Math.floor(progress.activeSeconds) },
  };
}
