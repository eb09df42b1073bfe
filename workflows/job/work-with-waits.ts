import { type CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { LookInput } from '../../contracts/engine/activities';
import type { ListedWait } from '../../contracts/engine/plan';
import type { JobInput } from '../../contracts/job';
import { awaitedText } from '../../contracts/text/waiting-text';
import { failureOf, isInterruption } from '../failures';
import { lookActivities } from '../proxies';
import type { ChunkPool } from './chunk-pool';
import type { JobRun } from './job-run';
import { ChunkWindow } from './run-chunks';

/** Where the looks of a job are, from one pause to the next. */
interface Looks {
  /** When the first tasks began to wait, ISO 8601. */
  since?: string;
  nextLookAt: string;
  /** Looks in a row that have found nothing. */
  idleLooks: number;
}

/**
 * Runs chunks while there are any, and looks at the tasks that wait: those that can go on come back as chunks. A job that does nothing but
 * wait leaves its share to others, and its pending look costs no history. Resolves when all is done, or the job is to stop.
 */
export async function workWithWaits(run: JobRun, pool: ChunkPool, wait: ListedWait): Promise<void> {
  const { state, gate } = run;
  const looks: Looks = { nextLookAt: '', idleLooks: 0 };
  while (!gate.shouldStop() && !pool.settled) {
    if (!(await (pool.exhausted ? gate.mayWait() : gate.mayRun()))) return;
    state.enter('Active');
    await gate.whileAllowed((scope) => new WaitingWork(run, pool, wait, looks, scope).run());
  }
}

class WaitingWork {
  private fault: { readonly error: unknown } | undefined;

  constructor(
    private readonly job: JobRun,
    private readonly pool: ChunkPool,
    private readonly wait: ListedWait,
    private readonly looks: Looks,
    private readonly scope: CancellationScope,
  ) {}

  async run(): Promise<void> {
    const looking = this.look().catch((error: unknown) => {
      this.fault ??= { error };
      this.scope.cancel();
    });
    try {
      await this.work();
    } finally {
      if (!this.pool.settled) this.scope.cancel();
      await looking;
    }
    if (this.fault) throw this.fault.error;
  }

  private async work(): Promise<void> {
    const { gate, share, state } = this.job;
    while (!this.isOver()) {
      if (this.pool.exhausted) {
        share.leave();
        this.show();
        await condition(() => !this.pool.exhausted || this.isOver());
      } else if (await gate.hasWorkers()) {
        state.await(undefined);
        await new ChunkWindow(this.job, this.pool, this.scope).fill();
      }
    }
  }

  private isOver(): boolean {
    return this.pool.settled || this.isInterrupted();
  }

  private isInterrupted(): boolean {
    return this.job.gate.isInterrupted() || this.scope.consideredCancelled;
  }

  /** One look after the other, as long as tasks wait. */
  private async look(): Promise<void> {
    for (;;) {
      await condition(() => this.pool.waiting > 0 || this.isOver());
      this.begin();
      await this.untilDue();
      if (this.isOver()) return;
      const result = await this.scope.run(() => this.lookOnce()).catch((error: unknown) => this.ended(error));
      if (result === undefined) return;
      this.looks.nextLookAt = result.nextLookAt;
      this.looks.idleLooks = result.idleLooks;
      if (this.pool.addLists(result.lists, result.listed)) this.job.state.progressed();
    }
  }

  private lookOnce() {
    return lookActivities(this.job.input.plan, this.wait).lookAtWaiting(this.lookInput());
  }

  private begin(): void {
    const { looks, wait } = this;
    if (looks.since !== undefined) return;
    looks.since = new Date().toISOString();
    // Tasks that wait for their turn are not to wait for the time that a restore takes.
    const firstMs = this.job.state.limits.Restores === undefined ? wait.firstLookMs : 0;
    looks.nextLookAt = new Date(Date.now() + firstMs).toISOString();
  }

  /** While chunks run, other tasks may begin to wait. A look that begins after them knows of all, and need not end unless it finds something. */
  private async untilDue(): Promise<void> {
    const dueInMs = Date.parse(this.looks.nextLookAt) - Date.now();
    if (dueInMs > 0) await condition(() => this.pool.done || this.isOver(), dueInMs);
  }

  private lookInput(): LookInput {
    const { pool, wait, looks } = this;
    const { input, state } = this.job;
    const { jobId, workspace } = input;
    const { Restores: restores } = state.limits;
    return {
      jobId,
      workspace,
      wait,
      spans: pool.spans,
      lists: pool.lists,
      mode: pool.done ? 'poll' : 'once',
      notBefore: looks.nextLookAt,
      idleLooks: looks.idleLooks,
      since: looks.since ?? looks.nextLookAt,
      waiting: pool.waiting,
      total: state.totalTasks ?? pool.waiting,
      ...(restores && { restores }),
    };
  }

  private ended(error: unknown): undefined {
    if (this.scope.consideredCancelled && (isCancellation(error) || isInterruption(error))) return undefined;
    const failure = failureOf(error);
    this.job.gate.stopWith(failure.code, failure.message);
    return undefined;
  }

  private show(): void {
    const { state } = this.job;
    if (this.pool.settled) return;
    state.await(awaitedText(this.wait, this.pool.waiting, state.totalTasks ?? this.pool.waiting));
  }
}

/** A look that was cut off may have made lists that the job has not heard of: their tasks are to be reported as well. */
export async function countLists({ jobId, workspace, plan }: JobInput, pool: ChunkPool): Promise<void> {
  const { wait } = plan;
  if (wait?.kind !== 'lists' || pool.waiting === 0) return;
  const { lists, listed } = await lookActivities(plan, wait).lookAtWaiting({
    jobId,
    workspace,
    wait,
    spans: [],
    lists: pool.lists,
    mode: 'count',
    notBefore: '',
    idleLooks: 0,
    since: '',
    waiting: pool.waiting,
    total: pool.waiting,
  });
  pool.addLists(lists, listed);
}
