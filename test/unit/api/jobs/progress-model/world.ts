import type { JobRecord } from '../../../../../api/jobs/job-view';
import type { FlushedTally } from '../../../../../api/jobs/workspace/chunk-reading';
import type { ProgressSource } from '../../../../../api/jobs/workspace/job-progress';
import type { ChunkRun } from '../../../../../api/temporal/chunk-run';
import { Histories, type RunAt } from '../../../../../api/temporal/histories';
import {
  type ChunkRecount,
  type JobRecount,
  recountChunk,
  recountJob,
} from '../../../../../api/temporal/history-progress';
import { NEW_CHUNK } from '../../../../../contracts/engine/chunk';
import { DroverError } from '../../../../../contracts/engine/failures';
import type { ChunkProgress } from '../../../../../contracts/engine/messages';
import { addTallies, EMPTY_TALLY, type Tally } from '../../../../../contracts/engine/outcome';
import type { JobMemo, JobSnapshot } from '../../../../../contracts/job';
import { NOW } from '../../fake-gateway';
import { jobRequest } from '../../test-app';
import { ChunkModel } from './chunk-model';
import {
  BATCHES,
  checkpointOf,
  CHUNKS,
  type Execution,
  payloads,
  type PendingActivity,
  ROWS,
  tallyOf,
} from './execution';
import { JobModel } from './job-model';

/** Draws whole numbers below `bound`. */
export type Draw = (bound: number) => number;

interface ChunkRuns {
  readonly initiatedEventId: number;
  run: ChunkModel;
  /** The server has yet to tell the job that it ended. */
  told: boolean;
}

/**
 * A job at a Temporal server, with its workers and its workspace. Everything that takes time in truth is a step here: so between
 * any two steps, a number is in exactly the places where it is then.
 */
export class World implements ProgressSource {
  readonly queue = 'drover-jobs';
  readonly job = new JobModel();
  /** Workers of workflows and of batches: they die one by one. */
  workflows = true;
  batches = true;
  private readonly chunks = new Map<number, ChunkRuns>();
  private watch: { readonly initiatedEventId: number; done: boolean } | undefined;
  /** Rows in the fullest part of each batch. */
  private readonly flushed = new Map<number, number>();
  private runs = 0;
  private readonly histories = new Histories();
  private readonly byRun = new Map<string, ChunkModel>();

  constructor(private readonly draw: Draw) {}

  /** Between any two questions of a reader, the world goes on. */
  private async ask<Answer>(answer: () => Answer): Promise<Answer> {
    for (let steps = this.draw(4); steps > 0; steps -= 1) this.step();
    await Promise.resolve();
    return answer();
  }

  get recordNow(): JobRecord {
    const memo = {
      request: jobRequest(),
      requestDigest: '',
      account: '123456789012',
      createdAt: new Date(NOW).toISOString(),
      region: 'us-east-1',
      snapshot: this.job.memo,
    } satisfies JobMemo;
    return { jobId: 'job-1', memo, execution: this.job.status === 'running' ? 'running' : 'completed' };
  }

  record(): Promise<JobRecord> {
    return this.ask(() => this.recordNow);
  }

  snapshot(): Promise<JobSnapshot> {
    return this.ask(() => {
      this.query(this.job);
      return this.job.snapshot;
    });
  }

  chunkProgress(_jobId: string, chunk: number): Promise<ChunkProgress> {
    return this.ask(() => {
      const run = this.runOf(chunk);
      this.query(run);
      return this.runOf(chunk).progress;
    });
  }

  chunkRun(_jobId: string, chunk: number): Promise<ChunkRun | undefined> {
    return this.ask(() => {
      const run = this.chunks.get(chunk)?.run;
      if (!run) return undefined;
      const heartbeats = [...run.pending.values()].map(({ activityId, beaten }) => ({
        activityId,
        ...(beaten === undefined ? {} : { checkpoint: checkpointOf(beaten) }),
      }));
      const state = run.status === 'running' ? 'running' : 'completed';
      return { runId: run.runId, events: run.events.length, state, heartbeats };
    });
  }

  chunkResult(_jobId: string, _chunk: number, { runId }: RunAt): Promise<Tally> {
    return this.ask(() => this.byRun.get(runId)?.result?.state.tally ?? EMPTY_TALLY);
  }

  recountJob(): Promise<JobRecount> {
    return this.ask(() => recountJob(this.job.events));
  }

  /** With the memory that the gateway has, to be held to the same promise. */
  recountChunk(_jobId: string, chunk: number, run: RunAt): Promise<ChunkRecount> {
    const known = this.byRun.get(run.runId);
    return this.histories.count(`chunk-${chunk}`, run, () => this.ask(() => [...(known?.events ?? [])]), recountChunk);
  }

  readonly flushedTally: FlushedTally = (_workspace, batch) =>
    this.ask(() => {
      const rows = this.flushed.get(batch);
      return rows === undefined ? undefined : tallyOf(rows);
    });

  private runOf(chunk: number): ChunkModel {
    const run = this.chunks.get(chunk)?.run;
    if (!run) throw new Error('WorkflowNotFoundError');
    return run;
  }

  private query(execution: Execution): void {
    if (!this.workflows || execution.taskLost) throw new DroverError('ServiceUnavailable', 'deadline');
    execution.catchUp();
    this.replaceContinued();
  }

  step(): void {
    const executions = [this.job, ...[...this.chunks.values()].map(({ run }) => run)];
    const one = executions[this.draw(executions.length)] ?? this.job;
    const activities = [...one.pending.values()];
    const activity = activities[this.draw(Math.max(1, activities.length))];
    switch (this.draw(12)) {
      case 0:
        if (this.workflows) one.startTask();
        break;
      case 1:
      case 2:
        if (this.workflows) one.completeTask();
        break;
      case 3:
        if (this.draw(3) === 0) one.timeTaskOut();
        break;
      case 4:
        this.serve();
        break;
      default:
        if (activity) this.work(one, activity);
    }
    this.replaceContinued();
  }

  /** A worker dies or comes back, or a person changes the mind. */
  mishap(): void {
    switch (this.draw(8)) {
      case 0:
        this.workflows = false;
        // Some die at work.
        for (const execution of [this.job, ...[...this.chunks.values()].map(({ run }) => run)]) {
          if (this.draw(2) === 0) execution.startTask();
          execution.loseTask();
        }
        break;
      case 1:
        this.batches = false;
        for (const { run } of this.chunks.values()) loseAttempts(run);
        loseAttempts(this.job);
        break;
      case 2:
      case 3:
        this.workflows = true;
        break;
      case 4:
        this.batches = true;
        break;
      case 5:
        this.job.signal('pause');
        break;
      case 6:
        this.job.signal('run');
        break;
      default:
        if (this.draw(4) === 0) this.job.signal('cancel');
    }
  }

  /** Everybody works, and the job comes to its end. */
  finish(): void {
    this.workflows = true;
    this.batches = true;
    this.job.signal('run');
    for (let steps = 0; this.job.status === 'running'; steps += 1) {
      if (steps > 200_000) throw new Error(`the model hangs in ${JSON.stringify(this.job.snapshot)}`);
      this.step();
    }
  }

  /** What the server does by itself: it starts children, passes cancellations on, and tells of ends. */
  private serve(): void {
    for (const { initiatedEventId, child } of this.job.children.splice(0)) {
      if ('watch' in child) this.watch = { initiatedEventId, done: false };
      else {
        const run = this.newRun(child.chunk, child.state);
        this.chunks.set(child.chunk, { initiatedEventId, run, told: false });
      }
    }
    for (const chunk of this.job.toCancel.splice(0)) {
      const run = this.chunks.get(chunk)?.run;
      if (run?.status !== 'running') continue;
      run.cancelled = true;
      run.deliver({});
    }
    for (const chunk of this.chunks.values()) {
      if (chunk.run.status !== 'completed' || chunk.told || this.draw(2) === 0) continue;
      chunk.told = true;
      const { initiatedEventId, run } = chunk;
      this.job.deliver({
        childWorkflowExecutionCompletedEventAttributes: { initiatedEventId, result: payloads(run.result) },
      });
    }
    if (this.watch && !this.watch.done && this.draw(3) === 0) {
      this.watch.done = true;
      const { succeeded, failed, pending } = this.flushedOf(0, CHUNKS * BATCHES);
      const result = payloads({ succeeded: succeeded + pending, failed, pending: 0 });
      const { initiatedEventId } = this.watch;
      this.job.deliver({ childWorkflowExecutionCompletedEventAttributes: { initiatedEventId, result } });
    }
  }

  private newRun(chunk: number, state = NEW_CHUNK): ChunkModel {
    const run = new ChunkModel(`run-${(this.runs += 1)}`, chunk, state);
    this.byRun.set(run.runId, run);
    return run;
  }

  private replaceContinued(): void {
    for (const [number, chunk] of this.chunks) {
      if (chunk.run.status !== 'continued') continue;
      const { cancelled } = chunk.run;
      chunk.run = this.newRun(number, chunk.run.next);
      chunk.run.cancelled = cancelled;
    }
  }

  private work(execution: Execution, activity: PendingActivity): void {
    if (activity.lost) this.missAttempt(execution, activity);
    else if (activity.attempt) this.goOn(execution, activity, activity.attempt);
    else if (activity.cancelRequested && activity.attempts > 0) execution.end(activity, 'cancelled');
    else if (this.batches) this.begin(execution, activity);
  }

  private begin(execution: Execution, activity: PendingActivity): void {
    const { batch, type } = activity;
    const rows = this.flushed.get(batch) ?? 0;
    if (type === 'runBatch') {
      activity.attempts += 1;
      const from = activity.attempts > 1 ? rows : activity.from;
      activity.attempt = { done: from, flushed: from };
    } else if (type === 'recoverBatch') {
      const result = rows === 0 ? null : { status: 'interrupted', checkpoint: checkpointOf(rows) };
      execution.end(activity, 'completed', rows === ROWS ? { status: 'done', tally: tallyOf(ROWS) } : result);
    } else {
      const { succeeded, failed, pending } = this.flushedOf(batch * BATCHES, BATCHES);
      execution.end(activity, 'completed', { succeeded, failed: failed + pending, pending: 0 });
    }
  }

  private goOn(execution: Execution, activity: PendingActivity, attempt: { done: number; flushed: number }): void {
    const flush = (): void => {
      attempt.flushed = attempt.done;
      this.flushed.set(activity.batch, Math.max(attempt.flushed, this.flushed.get(activity.batch) ?? 0));
    };
    if (activity.cancelRequested && this.draw(2) === 0) {
      flush();
      const whole = attempt.done === ROWS ? { status: 'done', tally: tallyOf(ROWS) } : undefined;
      execution.end(activity, 'completed', whole ?? { status: 'interrupted', checkpoint: checkpointOf(attempt.done) });
      return;
    }
    switch (this.draw(9)) {
      case 0:
      case 1:
        flush();
        break;
      case 2:
      case 3:
        if (attempt.flushed > 0) activity.beaten = attempt.flushed;
        break;
      case 4:
        // The store is away, or the worker shuts down. Once somebody wants it to stop, there is no other attempt.
        delete activity.attempt;
        if (activity.cancelRequested) execution.end(activity, 'failed');
        break;
      default:
        if (attempt.done < ROWS) attempt.done += 1;
        else {
          flush();
          execution.end(activity, 'completed', { status: 'done', tally: tallyOf(ROWS) });
        }
    }
  }

  private missAttempt(execution: Execution, activity: PendingActivity): void {
    activity.lost = false;
    delete activity.attempt;
    if (activity.cancelRequested) execution.end(activity, 'timedOut');
  }

  private flushedOf(first: number, batches: number): Tally {
    let sum = EMPTY_TALLY;
    for (let batch = first; batch < first + batches; batch += 1) {
      sum = addTallies(sum, tallyOf(this.flushed.get(batch) ?? 0));
    }
    return sum;
  }
}

function loseAttempts(execution: Execution): void {
  for (const activity of execution.pending.values()) activity.lost ||= activity.attempt !== undefined;
}
