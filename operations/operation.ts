import type { z } from 'zod';
import type { Task, TaskOutcome } from '../contracts/engine/outcome';
import type { OperationPlan } from '../contracts/engine/plan';
import type { FailedOutcome, Found, Waiting } from '../contracts/engine/waiting';
import type { JsonObject, RestoreLimits, RestoreTier } from '../contracts/job';
import type {
  Access,
  FunctionInvoker,
  ObjectRef,
  ObjectStore,
  Transfer,
  WebhookInvoker,
} from '../storage/object-store';
import type { VaultService } from '../storage/vaults';

/** What an operation may use. It knows neither Temporal nor the job: a task comes in, an outcome goes out. */
export interface OperationContext {
  readonly jobId: string;
  /** When the job was created: what was written before that, the job has not written. */
  readonly createdAt: Date;
  /** Number of the step within its pipeline, from 0; absent outside of one. Ids made of job and row need it to differ from step to step. */
  readonly step?: number;
  /**
   * The store that holds a bucket, under the job's role; the same object for buckets of the same store. Throws `DroverError`
   * when the role may not use it so: `failedBy` makes a failed task of it.
   */
  storeFor(bucket: string, access: Access): ObjectStore;
  readonly functions: FunctionInvoker;
  readonly webhooks: WebhookInvoker;
  readonly vaults: VaultService;
  /** Multipart uploads of this batch that were begun, also by former attempts. */
  readonly uploads: UploadNotes;
  /** What former attempts had come to with the tasks of this batch. */
  readonly notes: TaskNotes;
  /** True when a former attempt may have begun the tasks of this batch. */
  readonly takenUpAgain?: boolean;
  /** How objects go from one store to another. */
  readonly transfer: Transfer;
  /** Absent: as fast as the store takes them. */
  readonly restores?: RestorePace;
}

/**
 * What is known to be done of a task while it has no row yet: written before a request after which the object itself could no
 * longer tell. Notes outlive the process, lie in the workspace by the row of their task, and are never taken back.
 */
export interface TaskNotes {
  /**
   * What former attempts have noted of the row, in no order. `anew`: looked for again, for an attempt that was given up may have
   * gone on since; without it, once in a batch.
   */
  find(row: number, options?: { readonly anew: boolean }): Promise<readonly JsonObject[]>;
  /** Resolves when the note is kept. Notes that come at a time are kept together. */
  write(row: number, note: JsonObject): Promise<void>;
}

/** What must be known of a multipart upload to go on with it after a crash, or to give it up. Plain JSON. */
export interface UploadNote {
  readonly bucket: string;
  readonly key: string;
  /** Absent: the upload was about to be created when the note was written. */
  readonly uploadId?: string;
  /** ISO 8601, before the upload was created. */
  readonly begunAt: string;
  /** State of the source that the parts are of. */
  readonly sourceEtag: string;
  /** A digest of the request that began the upload: an upload that says otherwise of the new object is another one. */
  readonly requestDigest?: string;
  readonly partBytes: number;
  /** Present when the requester pays, not the bucket's owner. */
  readonly requestPayer?: 'requester';
}

/** Notes outlive the process: they lie in the workspace, by the row of their task. Writing one replaces the former. */
export interface UploadNotes {
  find(row: number): Promise<UploadNote | undefined>;
  write(row: number, note: UploadNote): Promise<void>;
  forget(row: number): Promise<void>;
}

/**
 * Thrown by a task whose time has not come: what it waits for may take hours. It has no row then. Its batch goes on with the
 * others, ends, and is taken up again when it is time for the next look; meanwhile no worker is held.
 */
export class NotYet extends Error {
  /** `message`: what is waited for, the same text for all tasks that wait for the same. */
  constructor(
    message: string,
    readonly lookAgainInMs: number,
  ) {
    super(message);
    this.name = 'NotYet';
  }
}

/**
 * Carries out one task. Resolves with the outcome, also for what the store refuses (see `failedBy`). Rejects only for what
 * is not about this object: the signal's reason when it was aborted, `StoreError` with `storeDown` when the store is out of reach,
 * `NotYet`.
 */
export type PerformTask = (task: Task, signal: AbortSignal) => Promise<TaskOutcome>;

/** Several tasks in one request. */
export interface PerformGroup {
  /** Tasks that one request takes. */
  readonly tasksMax: number;
  /** Like `PerformTask`; outcomes stand in the order of the tasks. When it rejects, all of them are taken up again later. */
  perform(tasks: readonly Task[], signal: AbortSignal): Promise<readonly TaskOutcome[]>;
}

export interface OperationExample {
  readonly title: string;
  /** As it stands under the Operation element: the contract suite and the docs use it. */
  readonly parameters: JsonObject;
}

/**
 * One kind of action on an object: an entry of the registry. Everything that depends on the operation comes from this object:
 * validation in the API, help in the CLI, the table in the docs, and, with parameters, what the workers do.
 */
export interface OperationDefinition<P = unknown> {
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
  readonly parameters: z.ZodType<P>;
  readonly examples: readonly OperationExample[];
  /** `given` has been checked by `parameters`. Pure. */
  withParameters(given: P): BoundOperation;
}

/** How fast restores may be asked for by this batch. */
export interface RestorePace {
  /** The task waits for its turn before it asks: a look gives the turns. */
  isByTurn(tier: RestoreTier): boolean;
  /** Resolves when the next request may go. Rejects with the signal's reason. */
  pass(tier: RestoreTier, signal: AbortSignal): Promise<void>;
}

/** A pending task, as a look sees it. */
export interface WaitingTask {
  readonly row: number;
  /** The task's, or that of the step that waits. */
  readonly object: ObjectRef;
  readonly waiting: Waiting;
}

/** What a look at waiting tasks may use. */
export interface LookContext {
  storeFor(bucket: string, access: Access): ObjectStore;
  /** Resolves when the next request for a single object may go. */
  pass(signal: AbortSignal): Promise<void>;
  now(): Date;
  /** What is changed here, the next look finds. */
  readonly memory: JsonObject;
  /** Another look is wanted by then, although looks thin out. */
  lookAgain(inMs: number): void;
  /** The job's own limits. */
  readonly restores?: RestoreLimits;
}

/**
 * What was found of each task, in their order; undefined for those that go on waiting. Called with some hundred thousand tasks at a time.
 * Rejects like `PerformTask`.
 */
export type LookAtWaiting = (
  tasks: readonly WaitingTask[],
  signal: AbortSignal,
) => Promise<readonly (Found | undefined)[]>;

/** An operation with its parameters, which is what an Operation element asks for: one of the registry, or composed of some. */
export interface BoundOperation {
  /** What the workflow obeys. */
  readonly plan: OperationPlan;
  /** Buckets that the parameters name, for the check at create. Those of the manifest's rows are checked row by row. */
  readonly buckets?: { readonly read?: readonly string[]; readonly write?: readonly string[] } | undefined;
  /** Functions and addresses that the parameters name, for the check at create. */
  readonly calls?: { readonly functions?: readonly string[]; readonly urls?: readonly string[] } | undefined;
  /** A task leaves everything as it is: it only looks. */
  readonly changesNothing?: boolean;
  /** After success the task's object is gone: later steps of a pipeline can't be about it. */
  readonly removesObject?: boolean;
  /** Rows name archives of vaults, by the vault in the place of the bucket: the bucket's store has no say in them. */
  readonly isOfArchives?: boolean;
  /** Rows are what a job of this operation, which has ended, has brought about: no other source is taken. */
  readonly takesSuccessesOf?: string;
  /** A job begins only when somebody has confirmed it. */
  readonly mustBeConfirmed?: boolean;
  /** A task makes sense although its object is gone. */
  readonly worksWithoutObject?: boolean;
  /** The member of the parameters that only `bindGroup` carries out: a step of a pipeline can't have it. */
  readonly inGroupsOnly?: string | undefined;
  /**
   * Looks once, before the first task, whether the bucket of the manifest's first row fits the operation at all. Rejects
   * with `DroverError`, which fails the job.
   */
  readonly precheck?: ((bucket: string, context: OperationContext) => Promise<void>) | undefined;
  /** Called once per batch: whatever is the same for all tasks is prepared here. */
  readonly bind: (context: OperationContext) => PerformTask;
  /** For operations that can carry out several tasks in one request. */
  readonly bindGroup?: ((context: OperationContext) => PerformGroup) | undefined;
  /**
   * True when the object is as the operation would leave it, so that the task may be skipped (`SkipIfInDesiredState`).
   * Rejects with what the store says of an object that can't be looked at. Absent: the option is refused.
   */
  readonly bindDesiredState?: (context: OperationContext) => (task: Task, signal: AbortSignal) => Promise<boolean>;
  /**
   * For operations whose tasks may wait (`plan.wait`). A pending task has `waiting`; when a look has found something it is carried
   * out again, with `waited`.
   */
  readonly bindLook?: ((context: LookContext) => LookAtWaiting) | undefined;
  /** Present with `bindLook`: true for the failure of a later step which shows that what was waited for is there no longer. */
  readonly isLost?: (failed: FailedOutcome) => boolean;
  /** The object that the operation makes of a task's object, for the next steps of a pipeline. Absent: the same object. */
  readonly bindResult?: (context: Pick<OperationContext, 'createdAt'>) => (task: Task) => Task;
}

/** Keeps the parameter type inside the file that defines it; the registry holds operations of any parameters. */
export function defineOperation<P>(definition: OperationDefinition<P>): OperationDefinition {
  return Object.freeze(definition);
}
