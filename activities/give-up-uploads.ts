import { Context } from '@temporalio/activity';
import type { JobRef } from '../contracts/activities';
import { workspaceKeys } from '../contracts/naming';
import type { ActivityDependencies } from './dependencies';
import { heartbeating } from './heartbeat';
import type { JobSpecs } from './job-spec';
import { takeLease } from './lease';
import { giveUpUploads } from './upload-notes';

/** For a job that ends early: nobody goes on with the multipart uploads that it has begun. */
export function giveUpUploadsActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function giveUpUploadsOfJob(job: JobRef): Promise<void> {
    const { lease, stores } = takeLease(dependencies, job.jobId);
    const { account, request } = await specs.load(job);
    const { bucket, prefix } = job.workspace;
    const uploads = {
      workspace: stores.workspace(),
      role: stores.forRole(request.RoleArn, account),
      bucket,
      prefix: workspaceKeys.allUploads(prefix),
    };
    await heartbeating(lease, () => giveUpUploads(uploads, Context.current().cancellationSignal));
  };
}
