import type { JobRef } from '../contracts/activities';
import { DroverError } from '../contracts/failures';
import type { JobRequest } from '../contracts/job';
import { workspaceKeys } from '../contracts/naming';
import type { OperationPlan } from '../contracts/plan';
import type { Stores } from '../storage/object-store';
import { StoreError } from '../storage/store-error';

/** What every batch needs to know of its job. It lies in the workspace, so that it need not ride through every activity's input. */
export interface JobSpec {
  /** Of the job, ISO 8601. */
  readonly createdAt: string;
  readonly request: JobRequest;
  readonly plan: OperationPlan;
}

/** Jobs a worker remembers: it serves a few at a time. */
const REMEMBERED_MAX = 200;

export class JobSpecs {
  private readonly remembered = new Map<string, Promise<JobSpec>>();

  constructor(private readonly stores: Stores) {}

  async save(job: JobRef, spec: JobSpec): Promise<void> {
    const ref = { bucket: job.workspace.bucket, key: workspaceKeys.job(job.workspace.prefix) };
    await this.stores.workspace().put(ref, JSON.stringify(spec), { contentType: 'application/json' });
  }

  load(job: JobRef): Promise<JobSpec> {
    const known = this.remembered.get(job.jobId);
    if (known) return known;
    const reading = this.read(job);
    this.remember(job.jobId, reading);
    return reading;
  }

  private async read(job: JobRef): Promise<JobSpec> {
    const ref = { bucket: job.workspace.bucket, key: workspaceKeys.job(job.workspace.prefix) };
    try {
      return JSON.parse((await this.stores.workspace().read(ref)).toString('utf8')) as JobSpec;
    } catch (error) {
      if (!(error instanceof StoreError) || error.httpStatus !== 404) throw error;
      throw new DroverError('WorkspaceNotWritable', `The job's workspace is gone: ${ref.bucket}/${ref.key}`);
    }
  }

  private remember(jobId: string, reading: Promise<JobSpec>): void {
    const [oldest] = this.remembered.keys();
    if (this.remembered.size >= REMEMBERED_MAX && oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.set(jobId, reading);
    // A failed read must not be remembered.
    reading.catch(() => this.remembered.delete(jobId));
  }
}
