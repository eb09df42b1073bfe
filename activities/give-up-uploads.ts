import type { JobRef } from '../contracts/engine/activities';
import { workspaceKeys } from '../contracts/engine/naming';
import { giveUpUploads } from './batch/upload-notes';
import type { ActivityDependencies } from './dependencies';
import type { JobSpecs } from './job-spec';
import { underLease } from './lease';

/** For a job that ends early: nobody goes on with the multipart uploads that it has begun. */
export function giveUpUploadsActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function giveUpUploadsOfJob(job: JobRef): Promise<void> {
    await underLease(dependencies, job.jobId, async ({ stores, signal }) => {
      const { account, request } = await specs.load(job);
      const { bucket, prefix } = job.workspace;
      const uploads = {
        workspace: stores.workspace(),
        role: stores.forRole(request.RoleArn, account),
        bucket,
        prefix: workspaceKeys.allUploads(prefix),
      };
      await giveUpUploads(uploads, signal);
    });
  };
}
