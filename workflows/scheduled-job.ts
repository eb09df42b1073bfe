import { defineSearchAttributeKey } from '@temporalio/common';
import {
  CancellationScope,
  executeChild,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  upsertMemo,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { defined } from '../contracts/defined';
import type { Activities, AdmittedRun } from '../contracts/engine/activities';
import { jobFolder, jobMemo, jobSearchAttributes, jobSummary } from '../contracts/engine/job-start';
import { jobWorkflowId, WORKFLOW_TYPES } from '../contracts/engine/naming';
import type { JobInput, JobManifest, JobRequest } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { JobTemplate, ScheduledJobInput, ScheduledJobResult, ScheduledRunMemo } from '../contracts/schedule';
import { datedTemplate } from '../contracts/text/dated-template';
import { failureOf, lastingFailure } from './failures';
import type { jobWorkflow } from './job';
import { traceChildren } from './tracing';

/** Temporal sets it on what its schedules start. */
const dueAttribute = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/**
 * One run of a schedule: makes a job of the template and lasts as long as that job, so that Temporal's overlap policy sees
 * the one when it considers the other. Cancelled, it cancels the job and waits for its report; terminated, it leaves the
 * cancelling to the server.
 */
export async function scheduledJobWorkflow(input: ScheduledJobInput): Promise<ScheduledJobResult> {
  const jobId = uuid4();
  try {
    const job = await jobOf(input, jobId);
    show({ jobId });
    setCurrentDetails(`Job \`${jobId}\` of schedule \`${input.scheduleId}\``);
    const { status } = await runJob(job);
    return { jobId, status };
  } catch (error) {
    if (isCancellation(error)) {
      if (CancellationScope.current().consideredCancelled) throw error;
      // Someone cancelled the job in Temporal, not this run.
      return { jobId, status: 'Cancelled' };
    }
    const failure = failureOf(error);
    show({ failure });
    throw lastingFailure(failure.code, failure.message);
  }
}

function runJob(job: JobInput) {
  const { line, details } = jobSummary(job);
  return executeChild<typeof jobWorkflow>(WORKFLOW_TYPES.job, {
    workflowId: jobWorkflowId(job.jobId),
    args: [job],
    memo: { ...jobMemo(job, '') },
    typedSearchAttributes: jobSearchAttributes(job),
    staticSummary: line,
    staticDetails: details,
    parentClosePolicy: 'REQUEST_CANCEL',
  });
}

async function jobOf(input: ScheduledJobInput, jobId: string): Promise<JobInput> {
  const { account, plan, region, workspace, notify } = input;
  const admitted = patched('admit-run') ? await admitRun(input, jobId) : undefined;
  if (admitted?.trace !== undefined) traceChildren(admitted.trace);
  const { Manifest, ...template } = datedTemplate(input.template, dueAt());
  const request: JobRequest = {
    ...template,
    ClientRequestToken: jobId,
    ...(Manifest === undefined ? {} : { Manifest: await presentManifest(input, Manifest) }),
  };
  return {
    jobId,
    account,
    request,
    plan,
    workspace: jobFolder(workspace, jobId),
    createdAt: new Date().toISOString(),
    region,
    ...defined({ notify, pausedWithAll: admitted?.pausedWithAll === true ? true : undefined }),
  };
}

/** When the schedule had this run due, which is not when it began: Temporal may have been down, or the former run going on. */
function dueAt(): Date {
  const { typedSearchAttributes, startTime } = workflowInfo();
  return typedSearchAttributes.get(dueAttribute) ?? startTime;
}

/** A worker of a former version says nothing more than that the run may be. */
async function admitRun({ account, template }: ScheduledJobInput, jobId: string): Promise<AdmittedRun | undefined> {
  // In the worker that has the run: one event instead of six.
  const { admitRun: admit } = proxyLocalActivities<Activities>({
    startToCloseTimeout: LIMITS.dispatch.callTimeoutMs,
    scheduleToCloseTimeout: LIMITS.dispatch.timeoutMs,
  });
  return await admit({ account, roleArn: template.RoleArn, priority: template.Priority, jobId });
}

/** With the ETag that the manifest has now, unless the template has one. */
async function presentManifest(
  { account, template, workspace }: ScheduledJobInput,
  manifest: NonNullable<JobTemplate['Manifest']>,
): Promise<JobManifest> {
  const { ETag, ObjectArn, ObjectVersionId } = manifest.Location;
  if (ETag !== undefined) return { ...manifest, Location: { ...manifest.Location, ETag } };
  const { resolveManifest } = proxyActivities<Activities>({
    startToCloseTimeout: LIMITS.job.resolveManifestTimeoutMs,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
    summary: 'find the manifest',
  });
  const { etag } = await resolveManifest({
    account,
    roleArn: template.RoleArn,
    objectArn: ObjectArn,
    ...defined({ versionId: ObjectVersionId }),
    workspace,
  });
  return { ...manifest, Location: { ...manifest.Location, ETag: etag } };
}

function show(memo: ScheduledRunMemo): void {
  upsertMemo({ ...memo });
}
