import type { JobRef } from '../contracts/engine/activities';
import { DroverError } from '../contracts/engine/failures';
import { jobFolder } from '../contracts/engine/job-start';
import type { JobInput, Workspace } from '../contracts/job';
import { parseOperation } from '../operations';
import type { BoundOperation } from '../operations/operation';
import type { ActivityDependencies } from './dependencies';
import { Remembered } from './remembered';

/** What every activity of a job needs to know of it. Too much to ride through every activity's input. */
export interface JobSpec extends Pick<JobInput, 'account' | 'createdAt' | 'request' | 'plan'> {
  /**
   * The operation of the request, parsed once. Throws `BadRequestException` for one that this version of Drover does not know:
   * only when it is called, because the report of such a job is written all the same.
   */
  readonly operation: () => BoundOperation;
}

/** Jobs a worker remembers: it serves a few at a time. */
const REMEMBERED_MAX = 200;

/**
 * The specs of jobs, from what their workflows were started with: nobody changes that. In the workspace they would be worth
 * what its bucket's rights are worth.
 */
export class JobSpecs {
  private readonly remembered = new Remembered<JobSpec>(REMEMBERED_MAX);

  constructor(private readonly deps: Pick<ActivityDependencies, 'fleet' | 'workspace'>) {}

  /** Throws WorkspaceMismatch for a job of another workspace, and ServiceUnavailable while Temporal does not answer. */
  load(job: JobRef): Promise<JobSpec> {
    this.checkWorkspace(job);
    return this.remembered.get(job.jobId, () => this.read(job));
  }

  /**
   * Throws WorkspaceMismatch: another worker may have the right setting. What starts workflows in Temporal by hand may name any
   * bucket, and the workspace's credentials reach more than one.
   */
  checkWorkspace({ jobId, workspace }: JobRef): void {
    const own = jobFolder(this.deps.workspace, jobId);
    if (workspace.bucket === own.bucket && workspace.prefix === own.prefix) return;
    throw new DroverError(
      'WorkspaceMismatch',
      `The job's workspace is ${path(workspace)}, that of this worker's configuration would be ${path(own)} (workspace.bucket, workspace.prefix)`,
    );
  }

  private async read({ jobId }: JobRef): Promise<JobSpec> {
    const input = await this.deps.fleet.jobInput(jobId);
    if (input === undefined) throw new DroverError('NotFoundException', `Temporal has no job ${jobId}`);
    const { account, createdAt, request, plan } = input;
    let operation: BoundOperation | undefined;
    return { account, createdAt, request, plan, operation: () => (operation ??= parseOperation(request.Operation)) };
  }
}

function path({ bucket, prefix }: Workspace): string {
  return `${bucket}/${prefix}`;
}
