import { DroverError } from '../../contracts/engine/failures';
import type { JobRequest } from '../../contracts/job';
import type { JobsGateway } from '../temporal/jobs';
import type { JobRecord } from './job-view';

/** Watchers read the same jobs again and again. A request has LIMITS.job.requestBytesMax at most. */
const REMEMBERED_MAX = 64;

/** Requests of jobs: they never change, and are read once, from the job's history. */
export class JobRequests {
  private readonly remembered = new Map<string, Promise<JobRequest>>();

  constructor(private readonly gateway: Pick<JobsGateway, 'input'>) {}

  /** Rejects with NotFoundException when Temporal has forgotten the job meanwhile. */
  of({ jobId, memo }: JobRecord): Promise<JobRequest> {
    if (memo.request !== undefined) return Promise.resolve(memo.request);
    // An id may come again once Temporal has forgotten its job.
    const id = `${jobId} ${memo.createdAt}`;
    const known = this.remembered.get(id);
    if (known !== undefined) return known;
    const reading = this.read(jobId);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size >= REMEMBERED_MAX && oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.set(id, reading);
    reading.catch(() => this.remembered.delete(id));
    return reading;
  }

  private async read(jobId: string): Promise<JobRequest> {
    const input = await this.gateway.input(jobId);
    if (input !== undefined) return input.request;
    throw new DroverError('NotFoundException', `The specified job does not exist: ${jobId}`);
  }
}
