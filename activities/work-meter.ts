import type { Task, TaskOutcome } from '../contracts/engine/outcome';

/** Plain numbers: each task adds one to one of them. */
export interface TaskCounts {
  succeeded: number;
  /** Passed over by a condition. */
  skipped: number;
  failed: number;
  pending: number;
}

/** Where a worker's work is counted, for those who watch it. */
export interface WorkMeter {
  /** The counts of an operation's tasks on objects of the bucket's store. */
  tasksOf(operation: string, bucket: string): TaskCounts;
  batchBegins(): void;
  batchEnds(): void;
  /** Rows that have become tasks. */
  rowsPrepared(rows: number): void;
}

/** A function that counts each task of a batch; the rows of a batch name one bucket, mostly. */
export function taskCounter(meter: WorkMeter, operation: string): (task: Task, outcome: TaskOutcome) => void {
  let bucket: string | undefined;
  let counts: TaskCounts | undefined;
  return (task, outcome) => {
    if (counts === undefined || task.bucket !== bucket) {
      bucket = task.bucket;
      counts = meter.tasksOf(operation, task.bucket);
    }
    if (outcome.status === 'succeeded' && outcome.skipped) counts.skipped += 1;
    else counts[outcome.status] += 1;
  };
}

/** The same activity, which is counted while it runs. */
export function countingBatch<I, O>(meter: WorkMeter | undefined, runBatch: (input: I) => Promise<O>) {
  if (meter === undefined) return runBatch;
  return async (input: I): Promise<O> => {
    meter.batchBegins();
    try {
      return await runBatch(input);
    } finally {
      meter.batchEnds();
    }
  };
}

/** The same activity, whose rows are counted when it has come to its end. */
export function countingRows<I, O extends object>(
  meter: WorkMeter | undefined,
  prepare: (input: I) => Promise<O>,
): (input: I) => Promise<O> {
  if (meter === undefined) return prepare;
  return async (input) => {
    const prepared = await prepare(input);
    const { totalTasks, rows } = prepared as { readonly totalTasks?: number; readonly rows?: number };
    meter.rowsPrepared(totalTasks ?? rows ?? 0);
    return prepared;
  };
}
