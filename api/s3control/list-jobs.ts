import { ListJobsResult$ } from '@aws-sdk/client-s3-control';
import type { JobService } from '../job-service';
import { validateListing } from '../validate-request';
import { progressSummary } from './describe-job';
import { writeXml } from './xml';

/** API_control_ListJobs. */
export async function listJobs(service: JobService, account: string, query: URLSearchParams): Promise<string> {
  const { jobs, nextToken } = await service.listJobs({ account, ...validateListing(query) });
  return writeXml(ListJobsResult$, {
    NextToken: nextToken,
    Jobs: jobs.map((view) => ({
      JobId: view.jobId,
      Description: view.request.Description,
      Operation: Object.keys(view.request.Operation)[0],
      Priority: view.snapshot.priority,
      Status: view.snapshot.status,
      CreationTime: view.createdAt,
      TerminationDate: view.snapshot.terminatedAt,
      ProgressSummary: progressSummary(view),
    })),
  });
}
