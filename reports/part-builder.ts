import { EMPTY_TALLY, type Tally, type Task, type TaskOutcome } from '../contracts/engine/outcome';
import type { Waiting } from '../contracts/engine/waiting';
import type { JobReport } from '../contracts/job';
import {
  decodePart,
  encodePart,
  keepsFailed,
  keepsSucceeded,
  type PartScope,
  type PendingTask,
  type ReportPart,
} from './report-part';
import { formatRow } from './report-row';

/** Which rows are kept: those that a job's report needs, and without one those that may be tried again. */
export function partScope(report: JobReport): PartScope {
  return report.Enabled ? (report.ReportScope ?? 'AllTasks') : 'FailedTasksOnly';
}

/**
 * The growing part of one batch. Adding a task twice makes two rows: the caller's checkpoint knows which are done.
 */
export class PartBuilder {
  private counts: { succeeded: number; failed: number; pending: number };
  private skipped: number;
  private succeeded: string;
  private failed: string;
  private skippedRows: string;
  private pending: PendingTask[];

  constructor(
    private readonly scope: PartScope,
    from?: ReportPart,
  ) {
    const { skipped = 0, ...counts } = from?.tally ?? EMPTY_TALLY;
    this.counts = counts;
    this.skipped = skipped;
    this.succeeded = from?.succeeded ?? '';
    this.failed = from?.failed ?? '';
    this.skippedRows = from?.skipped ?? '';
    this.pending = [...(from?.pending ?? [])];
  }

  /** Goes on where the encoded part stopped; throws `InternalError` when the bytes are not a whole part. */
  static resume(bytes: Uint8Array): PartBuilder {
    const part = decodePart(bytes);
    return new PartBuilder(part.scope, part);
  }

  get tally(): Tally {
    return this.skipped === 0 ? { ...this.counts } : { ...this.counts, skipped: this.skipped };
  }

  add(task: Task, outcome: TaskOutcome): void {
    this.counts[outcome.status]++;
    if (outcome.status === 'pending') {
      this.pending.push(pendingTask(task, outcome.waiting));
    } else if (outcome.status === 'succeeded') {
      if (outcome.skipped) this.skipped++;
      if (keepsSucceeded(this.scope)) this.succeeded += formatRow(task, outcome);
      else if (outcome.skipped && keepsFailed(this.scope)) this.skippedRows += formatRow(task, outcome);
    } else if (keepsFailed(this.scope)) {
      this.failed += formatRow(task, outcome);
    }
  }

  /** Takes the pending tasks out, for another look at each: `add` them again with what became of them. */
  takePending(): readonly PendingTask[] {
    const taken = this.pending;
    this.pending = [];
    this.counts.pending = 0;
    return taken;
  }

  /** May be called at any time, for a checkpoint too: `done` says which rows of the batch it has. */
  encode(done?: string): Buffer {
    const { scope, succeeded, failed, skippedRows: skipped, pending } = this;
    const part = { scope, tally: this.tally, succeeded, failed, skipped, pending };
    return encodePart(done === undefined ? part : { ...part, done });
  }
}

function pendingTask({ bucket, key, versionId, manifestKey, row }: Task, waiting: Waiting | undefined): PendingTask {
  return {
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    manifestKey,
    row,
    ...(waiting && { waiting }),
  };
}
