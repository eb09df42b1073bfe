import { ListJobsRequest$, ListJobsResult$ } from '@aws-sdk/client-s3-control';
import { DroverError } from '../../contracts/engine/failures';
import type { JobStatus } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { JobService } from '../jobs/job-service';
import { progressSummary } from './describe-job';
import { modelProblems } from './wire/model-check';
import { type CallRequest, checkedParameters, readParameters } from './wire/parameters';
import { writeXml } from './wire/xml';

/** API_control_ListJobs. Its errors for wrong parameters are not those of the other calls. */
export async function listJobs(service: JobService, request: CallRequest): Promise<string> {
  const { JobStatuses, MaxResults, NextToken } = parametersOf(request);
  const { jobs, nextToken } = await service.listJobs({
    account: request.account,
    statuses: (JobStatuses ?? []) as JobStatus[],
    maxResults: (MaxResults ?? LIMITS.api.listJobsMax) as number,
    nextToken: NextToken as string | undefined,
  });
  return writeXml(ListJobsResult$, {
    NextToken: nextToken,
    Jobs: jobs.map((view) => ({
      JobId: view.jobId,
      Description: view.description,
      Operation: view.operation,
      Priority: view.snapshot.priority,
      Status: view.snapshot.status,
      CreationTime: view.createdAt,
      TerminationDate: view.snapshot.terminatedAt,
      ProgressSummary: progressSummary(view),
    })),
  });
}

function parametersOf(request: CallRequest): Record<string, unknown> {
  const code = 'InvalidRequestException';
  const [problem] = modelProblems(ListJobsRequest$, readParameters(ListJobsRequest$, request, code));
  if (problem?.path === 'nextToken') throw new DroverError('InvalidNextTokenException', `nextToken: ${problem.rule}`);
  return checkedParameters(ListJobsRequest$, request, code);
}
