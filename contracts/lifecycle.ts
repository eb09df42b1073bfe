import type { JobStatus } from './job';

/**
 * Where a job can go from each state. AWS documents the states (S3 user guide, "Job statuses") and leaves the transitions to
 * the reader; these are Drover's. docs/job-lifecycle.md draws them, and the tests hold running jobs to them.
 */
export const TRANSITIONS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  New: ['Preparing'],
  Preparing: ['Suspended', 'Ready', 'Failing', 'Cancelling'],
  Suspended: ['Ready', 'Failing', 'Cancelling'],
  Ready: ['Active', 'Paused', 'Completing', 'Failing', 'Cancelling'],
  Active: ['Completing', 'Pausing', 'Failing', 'Cancelling'],
  Pausing: ['Paused', 'Active', 'Completing', 'Failing', 'Cancelling'],
  Paused: ['Active', 'Failing', 'Cancelling'],
  Completing: ['Complete', 'Failed'],
  Complete: [],
  Cancelling: ['Cancelled', 'Completing', 'Failing', 'Failed'],
  Cancelled: [],
  Failing: ['Failed'],
  Failed: [],
};
