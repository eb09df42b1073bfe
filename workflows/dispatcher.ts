import {
  CancellationScope,
  condition,
  continueAsNew,
  log,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { defined } from '../contracts/defined';
import type { ToldShare } from '../contracts/engine/activities';
import type { DispatcherState, DispatchMember, JoinMessage } from '../contracts/engine/messages';
import { LIMITS } from '../contracts/limits';
import { servedMsOfNewcomer, sharesOf, takesTurns } from './dispatcher/shares';
import { failureOf } from './failures';
import { dispatchSignal, membersQuery } from './messages';
import { dispatchActivities, surveyActivities } from './proxies';
import { isDispatchMessage } from './signal-arguments';

const EMPTY: DispatcherState = { members: [], slots: LIMITS.dispatch.batchSlotsAssumed };

/** Far below the server's own suggestion: a signal that lands while a run hands over to the next makes it try again. */
const RUN_EVENTS_MAX = 2_000;
/** After shares that could not be sent: then they are sent again. */
const RETRY_MS = 5_000;

/**
 * Shares out the workers of one task queue among the jobs that want them. Jobs join and leave by signal, and a signal tells each
 * job how many batches it may have in flight. Nothing else is decided here, and a job that gets no answer runs without. There is
 * one dispatcher per queue and it never ends: without members it waits and costs nothing.
 *
 * Someone may terminate the dispatcher, and jobs can end without a message. So the next message of any job starts another
 * dispatcher, and a survey at intervals corrects the list of members.
 */
export async function dispatcherWorkflow(state: DispatcherState = EMPTY): Promise<void> {
  const dispatcher = new Dispatcher(state);
  await dispatcher.run();
  await continueAsNew<typeof dispatcherWorkflow>(dispatcher.state);
}

class Dispatcher {
  private readonly members = new Map<string, DispatchMember>();
  private slots: number;
  private dirty = true;
  private servedUntil = Date.now();
  private strangers: readonly string[] = [];

  constructor(state: DispatcherState) {
    for (const member of state.members) this.members.set(member.jobId, member);
    this.slots = state.slots;
    setHandler(dispatchSignal, (messages) => {
      if (Array.isArray(messages)) for (const message of messages as readonly unknown[]) this.receive(message);
    });
    setHandler(membersQuery, () => this.state);
  }

  get state(): DispatcherState {
    return { members: [...this.members.values()], slots: this.slots };
  }

  async run(): Promise<void> {
    const surveys = new CancellationScope();
    void surveys.run(() => this.surveyAtIntervals()).catch(() => undefined);
    while (!this.runIsLong()) {
      await this.somethingToDo();
      // Every message so far has been received: a crowd of jobs is dealt with at once.
      this.dirty = false;
      this.countService();
      await this.sendShares();
    }
    surveys.cancel();
  }

  private async somethingToDo(): Promise<void> {
    const due = (): boolean => this.dirty || this.runIsLong();
    const turns = takesTurns([...this.members.values()], this.slots);
    await (turns ? condition(due, LIMITS.dispatch.shareTurnCheckMs) : condition(due));
  }

  private runIsLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength >= RUN_EVENTS_MAX;
  }

  private receive(message: unknown): void {
    if (!isDispatchMessage(message)) return;
    this.dirty = true;
    if ('left' in message) this.members.delete(message.jobId);
    else this.join(message);
  }

  private join(message: JoinMessage): void {
    const known = this.members.get(message.jobId);
    this.members.set(message.jobId, {
      ...message,
      servedMs: known?.servedMs ?? servedMsOfNewcomer(this.members.values()),
      ...defined({ hasRun: known?.hasRun, told: known?.told }),
    });
  }

  /** Adds the time since the last count to the jobs that have workers. */
  private countService(): void {
    const now = Date.now();
    const sinceMs = now - this.servedUntil;
    this.servedUntil = now;
    for (const [jobId, member] of this.members) {
      if (member.ready && (member.told ?? 0) > 0) {
        this.members.set(jobId, { ...member, servedMs: member.servedMs + sinceMs, hasRun: true });
      }
    }
  }

  private async sendShares(): Promise<void> {
    const messages: ToldShare[] = this.strangers
      .filter((jobId) => !this.members.has(jobId))
      .map((jobId) => ({ jobId, batches: LIMITS.dispatch.batchSlotsAssumed, unknown: true }));
    this.strangers = [];
    for (const [jobId, batches] of sharesOf([...this.members.values()], this.slots)) {
      const member = this.members.get(jobId);
      if (!member || member.told === batches) continue;
      this.members.set(jobId, { ...member, told: batches });
      messages.push({ jobId, batches });
    }
    setCurrentDetails(`${this.members.size} jobs share ${this.slots} batch slots`);
    if (messages.length > 0) await this.send(messages);
  }

  /** One round at a time, so that no message overtakes another. */
  private async send(messages: readonly ToldShare[]): Promise<void> {
    try {
      const ended = await dispatchActivities().tellShares(messages);
      for (const jobId of ended) this.members.delete(jobId);
      if (ended.length > 0) this.dirty = true;
    } catch (error) {
      log.warn('shares could not be sent to jobs', { error: failureOf(error) });
      for (const { jobId } of messages) this.forgetMessage(jobId);
      await sleep(RETRY_MS);
      this.dirty = true;
    }
  }

  private forgetMessage(jobId: string): void {
    const member = this.members.get(jobId);
    if (!member) return;
    const { told: _told, ...rest } = member;
    this.members.set(jobId, rest);
  }

  private async surveyAtIntervals(): Promise<void> {
    for (;;) {
      await this.survey();
      await sleep(LIMITS.dispatch.surveyIntervalMs);
      await condition(() => this.members.size > 0);
    }
  }

  private async survey(): Promise<void> {
    try {
      const survey = await surveyActivities().surveyFleet({ members: [...this.members.keys()] });
      for (const jobId of survey.gone) this.members.delete(jobId);
      this.strangers = survey.strangers;
      if (survey.batchSlots !== undefined) this.slots = survey.batchSlots;
      this.dirty = true;
    } catch (error) {
      log.warn('the workers and jobs could not be surveyed', { error: failureOf(error) });
    }
  }
}
