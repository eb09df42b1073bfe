import { defaultPayloadConverter } from '@temporalio/client';
import type { HistoryEvent } from '../../../../../api/temporal/history-progress';
import type { BatchResult } from '../../../../../contracts/engine/activities';
import type { ChunkInput, ChunkResult, ChunkState } from '../../../../../contracts/engine/chunk';
import type { ChunkProgress } from '../../../../../contracts/engine/messages';
import { addTallies, executed, subtractTallies, type Tally } from '../../../../../contracts/engine/outcome';
import { BATCHES, checkpointOf, Execution, payloads, rowsOf, tallyOf, WORKSPACE } from './execution';

const LANES = 2;
/** Batches of one run; then it continues as new. */
const RUN_BATCHES = 2;

/** What chunkWorkflow does, as events tell it: batches in two lanes, interruption, recovery, the next run. */
export class ChunkModel extends Execution {
  result: ChunkResult | undefined;
  next: ChunkState | undefined;
  cancelled = false;
  private started: number;
  private tally: Tally;
  private readonly waiting: { readonly batch: number; readonly rows: number }[];
  private readonly running = new Map<number, { readonly rows: number; recovering: boolean }>();
  private readonly activities = new Map<number, { readonly batch: number; readonly recovery: boolean }>();
  private taken = 0;

  constructor(
    runId: string,
    private readonly chunk: number,
    state: ChunkState,
  ) {
    super(runId);
    this.started = state.started;
    this.tally = state.tally;
    this.waiting = state.open.map(({ batch, checkpoint }) => ({ batch, rows: rowsOf(checkpoint) }));
    const range = { chunk, firstBatch: chunk * BATCHES, batches: BATCHES };
    const input = { jobId: 'job-1', workspace: WORKSPACE, range, state } as ChunkInput;
    this.deliver({ workflowExecutionStartedEventAttributes: { input: payloads(input) } });
  }

  get progress(): ChunkProgress {
    const open = [...this.running].map(([batch, { rows, recovering }]) => ({
      batch,
      activityId: `batch-${batch}`,
      from: tallyOf(rows),
      recovering,
    }));
    return { chunk: this.chunk, batches: BATCHES, tally: this.tally, open };
  }

  private get state(): ChunkState {
    const running = [...this.running].map(([batch, { rows }]) => ({ batch, rows }));
    const open = [...this.waiting, ...running].map(({ batch, rows }) =>
      rows === 0 ? { batch } : { batch, checkpoint: checkpointOf(rows) },
    );
    return { started: this.started, open, tally: this.tally };
  }

  protected react(events: readonly HistoryEvent[]): void {
    for (const event of events) this.learn(event);
    if (this.cancelled) {
      for (const activity of this.pending.values()) activity.cancelRequested ||= activity.type === 'runBatch';
    }
    while (!this.cancelled && this.running.size < LANES && this.taken < RUN_BATCHES && this.take());
    if (this.running.size > 0) return;
    const finished = this.started === BATCHES && this.waiting.length === 0;
    if (!finished && !this.cancelled) {
      this.status = 'continued';
      this.next = this.state;
      return;
    }
    this.result = { status: finished ? 'done' : 'interrupted', state: this.state };
    this.status = 'completed';
  }

  private learn(event: HistoryEvent): void {
    const completed = event.activityTaskCompletedEventAttributes;
    const ended =
      completed ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const activity = this.activities.get(Number(ended?.scheduledEventId));
    const open = activity && this.running.get(activity.batch);
    if (!activity || !open) return;
    const { batch } = activity;
    if (!completed) {
      open.recovering = true;
      this.schedule('recoverBatch', `recover-${batch}`, batch, { batch });
      this.activities.set(this.events.length, { batch, recovery: true });
      return;
    }
    this.running.delete(batch);
    const [payload] = completed.result?.payloads ?? [];
    const result = payload && defaultPayloadConverter.fromPayload<BatchResult | null>(payload);
    const found = result?.status === 'done' ? result.tally : result?.checkpoint.tally;
    const rows = Math.max(open.rows, found ? executed(found) : 0);
    this.tally = addTallies(this.tally, subtractTallies(tallyOf(rows), tallyOf(open.rows)));
    if (result?.status !== 'done') this.waiting.push({ batch, rows });
  }

  private take(): boolean {
    const waiting = this.waiting.shift();
    if (!waiting && this.started === BATCHES) return false;
    const { batch, rows } = waiting ?? { batch: this.chunk * BATCHES + this.started++, rows: 0 };
    this.taken += 1;
    this.running.set(batch, { rows, recovering: false });
    const checkpoint = rows === 0 ? {} : { checkpoint: checkpointOf(rows) };
    this.schedule('runBatch', `batch-${batch}`, batch, { batch, ...checkpoint }, rows);
    this.activities.set(this.events.length, { batch, recovery: false });
    return true;
  }
}
