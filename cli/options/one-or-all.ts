import { UsageError } from '../usage-error';

/** The job that is named, or undefined for all. Throws `UsageError`. */
export function oneOrAll(jobId: string | undefined, all: boolean | undefined): string | undefined {
  if (all === true && jobId !== undefined) throw new UsageError('--all cannot be combined with a job id');
  if (all !== true && jobId === undefined) throw new UsageError('name a job, or use --all');
  return jobId;
}
