import type { z } from 'zod';
import type { JsonObject } from '../contracts/job';
import type { Task, TaskOutcome } from '../contracts/outcome';
import type { OperationPlan } from '../contracts/plan';
import type { Access, FunctionInvoker, ObjectStore, Transfer } from '../storage/object-store';

/** What an operation may use. It knows neither Temporal nor the job: a task comes in, an outcome goes out. */
export interface OperationContext {
  readonly jobId: string;
  /**
   * The store that holds a bucket, under the job's role; the same object for buckets of the same store. Throws `DroverError`
   * when the role may not use it so: `failedBy` makes a failed task of it.
   */
  storeFor(bucket: string, access: Access): ObjectStore;
  readonly functions: FunctionInvoker;
  /** How objects go from one store to another. */
  readonly transfer: Transfer;
}

/**
 * Carries out one task. Resolves with the outcome, also for what the store refuses (see `failedBy`). Rejects only for what
 * is not about this object: the signal's reason when it was aborted, `StoreError` with `storeDown` when the store is out of reach.
 */
export type PerformTask = (task: Task, signal: AbortSignal) => Promise<TaskOutcome>;

export interface OperationExample {
  readonly title: string;
  /** As it stands under the Operation element: the contract suite and the docs use it. */
  readonly parameters: JsonObject;
}

/**
 * One kind of action on an object. Everything that depends on the operation comes from this object: validation in the API,
 * help in the CLI, the table in the docs, the plan the workflow obeys, and the action itself.
 */
export interface Operation<P = unknown> {
  /** The member's name under CreateJob's Operation element. */
  readonly name: string;
  /** One line, for tables and help. */
  readonly summary: string;
  /** The S3 (or Lambda) call it makes, for the docs. */
  readonly call: string;
  /** Link to the rule it follows. */
  readonly reference: string;
  /** What a task's success means. */
  readonly success: string;
  /** What a second run on the same object does: tasks run at least once. */
  readonly rerun: string;
  /** Buckets that the parameters name, for the check at create. Absent: none. Those of the manifest's rows are checked row by row. */
  readonly buckets?: (parameters: P) => { readonly read?: readonly string[]; readonly write?: readonly string[] };
  /** The function that the parameters name, for the check at create. */
  readonly function?: (parameters: P) => string;
  readonly parameters: z.ZodType<P>;
  readonly examples: readonly OperationExample[];
  /** Pure. */
  plan(parameters: P): OperationPlan;
  /** Called once per batch: whatever is the same for all tasks is prepared here. */
  bind(parameters: P, context: OperationContext): PerformTask;
}

/** Keeps the parameter type inside the file that defines it; the registry holds operations of any parameters. */
export function defineOperation<P>(operation: Operation<P>): Operation {
  const frozen: unknown = Object.freeze(operation);
  return frozen as Operation;
}
