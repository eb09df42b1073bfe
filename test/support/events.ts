import { randomUUID } from 'node:crypto';
import type { JobEvent } from '../../contracts/engine/events';
import type { JobStatus } from '../../contracts/job';
import { eventOf } from '../../workflows/job/event-of';

export const EVENT_JOB = {
  jobId: 'c8a4e3a2-62c8-4c6a-a1a4-b9a5b54b7a5f',
  account: '123456789012',
  region: 'us-east-1',
};

export function jobEvent(status: JobStatus = 'Active', job: Partial<typeof EVENT_JOB> = {}): JobEvent {
  return eventOf({ ...EVENT_JOB, ...job }, { status, failureReasons: [], at: Date.now() }, randomUUID);
}
