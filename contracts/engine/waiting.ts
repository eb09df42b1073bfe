import type { JsonObject } from '../job';
import type { TaskOutcome } from './outcome';

/**
 * What a pending task keeps until it goes on: plain JSON, which lies in the part of its batch. The engine knows when a task began to
 * wait; what it waits for, and what is to be done then, is the operation's own.
 */
export interface Waiting {
  /** ISO 8601. */
  readonly since: string;
  /** For the operation alone: what it needs to look, and to go on. */
  readonly state: JsonObject;
  /** In a pipeline: which of its steps waits, on which object, and where to go on. */
  readonly step?: WaitingStep;
}

export interface WaitingStep {
  /** Number of the step that waits, from 0. */
  readonly step: number;
  /** The step to go on with when the wait is over. */
  readonly next: number;
  /** Steps that were applied, and what they said. */
  readonly done: readonly (readonly [step: number, message: string])[];
  /** The object that the step is about. */
  readonly object: { readonly bucket: string; readonly key: string; readonly versionId?: string };
}

/** What a look has found of a waiting task: a word that its operation understands, or the end of the task. */
export type Found = { readonly found: string } | { readonly outcome: FailedOutcome };

export type FailedOutcome = Extract<TaskOutcome, { status: 'failed' }>;

/** A task that has waited and goes on. */
export interface Waited {
  readonly waiting: Waiting;
  readonly found: string;
}
