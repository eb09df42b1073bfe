import type { WorkerOptions } from '@temporalio/worker';
import type { Config } from '../config/config';
import { LIMITS } from '../contracts/limits';

/** From the word to stop until running batches are told: they flush and hand over in less than their own grace after it. */
const SHUTDOWN_GRACE_MS = 500;
/** Activities that ignore the word are given up; a batch needs its grace, a flush and a heartbeat. */
const SHUTDOWN_FORCE_MS = 10_000;

/** Workflows, and the activities that are few: manifests, reports, restores. */
export function jobsWorkerOptions(): Partial<WorkerOptions> {
  return {
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCE_MS,
    maxHeartbeatThrottleInterval: LIMITS.batch.heartbeatThrottleMs,
    defaultHeartbeatThrottleInterval: LIMITS.batch.heartbeatThrottleMs,
    // Each may hold a report file in memory (LIMITS.report.fileBytesMax): slots × 2 × 32 MiB at the worst.
    maxConcurrentActivityTaskExecutions: 8,
    // A process that is frozen swallows a task with each poll that it has open, and each is missed for a heartbeat time-out.
    maxConcurrentActivityTaskPolls: 2,
    maxConcurrentWorkflowTaskExecutions: 40,
    // A job and its window of chunks, many times over; about a megabyte each at the most.
    maxCachedWorkflows: 400,
  };
}

/**
 * Batches only. Each slot keeps many requests in flight, so a process is full with few slots: the dispatcher hands out no more
 * than `batchSlots`. The others are for the first batch of a job that comes along, and for shares that change hands.
 */
export function objectsWorkerOptions(config: Config): Partial<WorkerOptions> {
  return {
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCE_MS,
    maxHeartbeatThrottleInterval: LIMITS.batch.heartbeatThrottleMs,
    defaultHeartbeatThrottleInterval: LIMITS.batch.heartbeatThrottleMs,
    maxConcurrentActivityTaskExecutions: config.worker.batchSlots * LIMITS.dispatch.batchSlotsHeadroom,
    maxConcurrentActivityTaskPolls: Math.min(config.worker.batchSlots, 4),
  };
}

/** Deliveries of events only: they wait for answers and need nothing else. */
export function eventsWorkerOptions(): Partial<WorkerOptions> {
  return {
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCE_MS,
    maxConcurrentActivityTaskExecutions: LIMITS.notification.slots,
    maxConcurrentActivityTaskPolls: 2,
  };
}
