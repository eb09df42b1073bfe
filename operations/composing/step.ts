import type { Task } from '../../contracts/engine/outcome';
import type { BoundOperation, OperationContext, TaskNotes, UploadNotes } from '../operation';
import type { Options } from './element';

/** One operation of a pipeline, and the object it is applied to: the manifest's, or the newest that a former step made. */
export interface Step extends Options {
  readonly operation: BoundOperation;
  readonly appliesTo: 'Source' | 'Result';
  readonly isAppliesToGiven: boolean;
  /** Where it stands in the request, for messages. */
  readonly path: string;
}

export function stepLabel(step: Step, index: number): string {
  return `Step ${index + 1} (${step.operation.plan.operation})`;
}

/** Above any number of a row: 20 billion is the most that a manifest has on AWS. */
const ROWS_MAX = 2 ** 40;

/** Steps know nothing of each other: what a step keeps by row is kept by step and row. */
export function stepContext(context: OperationContext, step: number): OperationContext {
  const { uploads, notes } = context;
  const rowOf = (row: number): number => row + step * ROWS_MAX;
  const ownUploads: UploadNotes = {
    find: (row) => uploads.find(rowOf(row)),
    write: (row, note) => uploads.write(rowOf(row), note),
    forget: (row) => uploads.forget(rowOf(row)),
  };
  // Those of the pipeline itself are by the row.
  const noteRowOf = (row: number): number => row + (step + 1) * ROWS_MAX;
  const ownNotes: TaskNotes = {
    find: (row, options) => notes.find(noteRowOf(row), options),
    write: (row, note) => notes.write(noteRowOf(row), note),
  };
  return { ...context, step, uploads: ownUploads, notes: ownNotes };
}

/** A key as a manifest has it. */
export function spelled(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

/** The object that a step makes of the one it is applied to, as a task of the same row; undefined for a step that makes none. */
export function bindResult({ operation }: Step, context: OperationContext): ((task: Task) => Task) | undefined {
  const resultOf = operation.bindResult?.(context);
  if (resultOf === undefined) return undefined;
  return (task) => {
    const { bucket, key, versionId } = resultOf(task);
    const moved = bucket !== task.bucket || key !== task.key;
    // A version of the source names nothing elsewhere.
    const version = versionId === undefined || (moved && versionId === task.versionId) ? {} : { versionId };
    const manifestKey = key === task.key ? task.manifestKey : spelled(key);
    return { bucket, key, ...version, manifestKey, row: task.row };
  };
}

/**
 * The bucket of the object that each step is applied to, as far as it can be told beforehand. `source`: that of the
 * manifest's rows, undefined when it is not known.
 */
export function stepBuckets(steps: readonly Step[], source: string | undefined): (string | undefined)[] {
  let made = source;
  return steps.map(({ operation, appliesTo }) => {
    const target = appliesTo === 'Source' ? source : made;
    if (operation.bindResult) {
      const { write = [] } = operation.buckets ?? {};
      made = write.length === 0 ? target : only(write);
    }
    return target;
  });
}

function only(buckets: readonly string[]): string | undefined {
  return buckets.length === 1 ? buckets[0] : undefined;
}
