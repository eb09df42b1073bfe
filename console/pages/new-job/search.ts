import { valueOf } from '../../parts/address';

/** What the address of the page says. */
export interface NewJobSearch {
  /** Id of a job to make another like. */
  readonly like?: string | undefined;
  /** `review`: the page before the job is made. */
  readonly step?: 'review' | undefined;
}

export function readNewJobSearch(search: Readonly<Record<string, unknown>>): NewJobSearch {
  return { like: valueOf(search, 'like'), step: valueOf(search, 'step') === 'review' ? 'review' : undefined };
}
