import type { HistoryEvent } from './history-progress';

/** A run of a workflow as it is at one moment. */
export interface RunAt {
  readonly runId: string;
  /** Events of its history. */
  readonly events: number;
}

/** Counts kept at most; the one used longest ago goes first. Each is small: its history is not kept. */
const COUNTS_MAX = 2_000;

/** What was counted from histories. They only grow, so a count serves until its history has more events. */
export class Histories {
  private readonly counts = new Map<string, { readonly run: RunAt; readonly count: unknown }>();

  /** `events` of `run` at the least; `fold` must be the same for all calls on one workflow. */
  async count<Count>(
    workflowId: string,
    run: RunAt,
    read: () => Promise<readonly HistoryEvent[]>,
    fold: (events: readonly HistoryEvent[]) => Count,
  ): Promise<Count> {
    const last = this.counts.get(workflowId);
    this.counts.delete(workflowId);
    const known = last?.run.runId === run.runId && last.run.events === run.events;
    const count = known ? (last.count as Count) : fold(await read());
    this.counts.set(workflowId, { run, count });
    if (this.counts.size > COUNTS_MAX) this.counts.delete(this.counts.keys().next().value ?? '');
    return count;
  }
}
