import { defaultPayloadConverter } from '@temporalio/client';
import type { HistoryEvent } from '../../../../../api/temporal/history-progress';
import { type ChunkResult, type ChunkState, NEW_CHUNK } from '../../../../../contracts/engine/chunk';
import { isTerminal } from '../../../../../contracts/engine/lifecycle';
import { addTallies, EMPTY_TALLY, type Tally } from '../../../../../contracts/engine/outcome';
import type { JobSnapshot, JobStatus } from '../../../../../contracts/job';
import { snapshotOf } from '../../fake-gateway';
import { ALL_ROWS, BATCHES, CHUNKS, Execution, payloads } from './execution';

const CHUNKS_IN_FLIGHT = 2;

type Wish = 'run' | 'pause' | 'cancel';
export type Child = { readonly chunk: number; readonly state: ChunkState } | { readonly watch: true };

/** What jobWorkflow does: chunks in a window, pause and cancel, the wait for restores, the report of what was stopped. */
export class JobModel extends Execution {
  memo: JobSnapshot = snapshotOf('Ready', { totalTasks: ALL_ROWS });
  /** Wishes for the server: children to start, and chunks to cancel. */
  readonly children: { readonly initiatedEventId: number; readonly child: Child }[] = [];
  readonly toCancel: number[] = [];
  private jobStatus: JobStatus = 'Ready';
  private wish: Wish = 'run';
  private readonly states = new Map<number, ChunkState>();
  private readonly running = new Map<number, ChunkState>();
  /** What reports and watches say of chunks. */
  private readonly recounted = new Map<number, Tally>();
  private readonly initiated = new Map<number, Child>();
  private watching = false;
  private watched = false;
  private readonly reporting = new Map<number, number>();

  constructor() {
    super('job-run');
    for (let chunk = 0; chunk < CHUNKS; chunk += 1) this.states.set(chunk, NEW_CHUNK);
    this.deliver({});
  }

  signal(wish: Wish): void {
    this.deliver({ workflowExecutionSignaledEventAttributes: { signalName: wish } } as HistoryEvent);
  }

  get snapshot(): JobSnapshot {
    return this.describe(this.settled);
  }

  private get settled(): Tally {
    let tally = EMPTY_TALLY;
    for (const [chunk, state] of this.states) {
      if (!this.running.has(chunk)) tally = addTallies(tally, this.recounted.get(chunk) ?? state.tally);
    }
    return tally;
  }

  private describe(tally: Tally): JobSnapshot {
    return snapshotOf(this.jobStatus, { tally, totalTasks: ALL_ROWS, chunksInFlight: [...this.running.keys()].sort() });
  }

  private enter(status: JobStatus): void {
    if (this.jobStatus === status) return;
    this.jobStatus = status;
    let known = this.settled;
    for (const state of this.running.values()) known = addTallies(known, state.tally);
    this.memo = this.describe(known);
    if (isTerminal(status)) this.status = 'completed';
  }

  protected react(events: readonly HistoryEvent[]): void {
    for (const event of events) this.learn(event);
    if (this.wish === 'cancel' && this.unfinished.length > 0) this.cancel();
    else if (this.wish === 'pause' && this.unfinished.length > 0) this.interrupt('Pausing', 'Paused');
    else this.work();
  }

  private get unfinished(): readonly number[] {
    return [...this.states]
      .filter(([, { started, open }]) => started < BATCHES || open.length > 0)
      .map(([chunk]) => chunk);
  }

  private interrupt(during: JobStatus, after: JobStatus): void {
    this.toCancel.push(...this.running.keys());
    this.enter(this.running.size > 0 ? during : after);
  }

  private work(): void {
    this.enter('Active');
    for (const chunk of this.unfinished) {
      if (this.running.size < CHUNKS_IN_FLIGHT && !this.running.has(chunk)) this.start(chunk);
    }
    if (this.running.size > 0 || this.watching) return;
    if (this.watched) {
      this.enter('Completing');
      this.enter('Complete');
      return;
    }
    this.watching = true;
    const ranges = [...this.states.keys()].map((chunk) => ({ chunk, firstBatch: chunk * BATCHES, batches: BATCHES }));
    this.initiate('restoreWatchWorkflow', { ranges }, { watch: true });
  }

  private start(chunk: number): void {
    const state = this.states.get(chunk) ?? NEW_CHUNK;
    this.running.set(chunk, state);
    const range = { chunk, firstBatch: chunk * BATCHES, batches: BATCHES };
    this.initiate('chunkWorkflow', { range, state }, { chunk, state });
  }

  private initiate(name: string, input: object, child: Child): void {
    const initiatedEventId = this.record({
      startChildWorkflowExecutionInitiatedEventAttributes: { workflowType: { name }, input: payloads(input) },
    });
    this.initiated.set(initiatedEventId, child);
    this.children.push({ initiatedEventId, child });
  }

  private cancel(): void {
    if (this.running.size > 0) {
      this.interrupt('Cancelling', 'Cancelling');
      return;
    }
    this.enter('Cancelling');
    const left = this.unfinished.find((chunk) => !this.recounted.has(chunk));
    if (left === undefined) this.enter('Cancelled');
    else if (this.reporting.size === 0) {
      const range = { chunk: left, firstBatch: left * BATCHES, batches: BATCHES };
      this.schedule('writeChunkReport', `report-${left}`, left, { range, open: [] });
      this.reporting.set(this.events.length, left);
    }
  }

  private learn(event: HistoryEvent): void {
    const signal = (event as { workflowExecutionSignaledEventAttributes?: { signalName: Wish } })
      .workflowExecutionSignaledEventAttributes;
    if (signal && this.wish !== 'cancel') this.wish = signal.signalName;
    const reported = event.activityTaskCompletedEventAttributes;
    const chunk = this.reporting.get(Number(reported?.scheduledEventId));
    if (reported && chunk !== undefined) {
      this.reporting.clear();
      this.recounted.set(chunk, valueOf<Tally>(reported.result));
    }
    const ended = event.childWorkflowExecutionCompletedEventAttributes;
    const child = this.initiated.get(Number(ended?.initiatedEventId));
    if (!ended || !child) return;
    if ('watch' in child) {
      this.watched = true;
      this.watching = false;
      for (const one of this.states.keys()) this.recounted.set(one, EMPTY_TALLY);
      this.recounted.set(0, valueOf<Tally>(ended.result));
    } else {
      this.running.delete(child.chunk);
      this.states.set(child.chunk, valueOf<ChunkResult>(ended.result).state);
    }
  }
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function valueOf<T>(of: { readonly payloads?: unknown } | null | undefined): T {
  const [payload] = (of?.payloads ?? []) as Parameters<typeof defaultPayloadConverter.fromPayload>[0][];
  if (!payload) throw new Error('no payload');
  return defaultPayloadConverter.fromPayload<T>(payload);
}
