import type { JobStatus } from '../job';

/**
 * The states that can follow each state. AWS documents the states (S3 user guide, "Job statuses") and leaves the transitions to
 * the reader; these are Drover's. docs/understand/job-lifecycle.md draws them, and `JobState.enter` permits no others. Every other rule
 * about states is derived here.
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

/** A defect of Drover: the job's steps have left the table. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
}

/** Throws `IllegalTransition` unless `to` can follow `from`. A job may enter its present state again. */
export function checkTransition(from: JobStatus, to: JobStatus): void {
  if (from !== to && !TRANSITIONS[from].includes(to)) {
    throw new IllegalTransition(`a job can't go from ${from} to ${to}`);
  }
}

/** The job never leaves the state. */
export function isTerminal(status: JobStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** Some way of transitions leads from one state to the other. */
export function leadsTo(from: JobStatus, to: JobStatus): boolean {
  const reached = new Set(TRANSITIONS[from]);
  for (const status of reached) for (const next of TRANSITIONS[status]) reached.add(next);
  return reached.has(to);
}

/** The job can still become Active. From the other states it only ends. */
export function hasWorkAhead(status: JobStatus): boolean {
  return leadsTo(status, 'Active');
}

/** Chunks or restore watches run, and the job can ask them to hand back. */
export function hasWorkRunning(status: JobStatus): boolean {
  return status === 'Active' || status === 'Pausing';
}

/** The job is being paused, or is paused. */
export function isPausing(status: JobStatus): boolean {
  return status === 'Pausing' || status === 'Paused';
}

/** The job does nothing until a person, or the dispatcher, decides. */
export function awaitsDecision(status: JobStatus): boolean {
  return status === 'Suspended' || status === 'Paused';
}

/** The changes of status that a person can ask for. */
export type StatusRequest = 'pause' | 'resume' | 'cancel' | 'confirm';

/** `changes`: the request takes effect. `granted`: it has been made before, and counts as success. `refused`: it has no sense. */
export type RequestEffect = 'changes' | 'granted' | 'refused';

/**
 * What a request does to a job in this state. A pause before Active is remembered and can be taken back. Once all tasks have been
 * carried out, there is nothing left to cancel.
 */
export function effectOf(request: StatusRequest, status: JobStatus): RequestEffect {
  switch (request) {
    case 'confirm':
      return status === 'Suspended' ? 'changes' : 'refused';
    case 'cancel':
      if (status === 'Cancelling') return 'granted';
      return hasWorkAhead(status) ? 'changes' : 'refused';
    case 'pause':
      if (isPausing(status)) return 'granted';
      return hasWorkAhead(status) && status !== 'Suspended' ? 'changes' : 'refused';
    case 'resume':
      return hasWorkAhead(status) && status !== 'Suspended' && status !== 'Active' ? 'changes' : 'refused';
  }
}
