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
import type { ToldShare } from '../contracts/activities';
import { LIMITS } from '../contracts/limits';
import type { DispatcherState, DispatchMember, JoinMessage } from '../contracts/messages';
import { dispatchSignal, membersQuery } from './messages';
import { dispatchActivities, surveyActivities } from './proxies';
import { servedMsOfNewcomer, sharesOf, takesTurns } from './dispatcher/shares';
import { isDispatchMessage } from './signal-arguments';

const EMPTY: DispatcherState = { members: [], slots: LIMITS.batchSlotsAssumed };

/** Far below the server's own suggestion: a signal that lands while a run hands over to the next makes it try again. */
const RUN_EVENTS_MAX = 2_000;
/** After words that could not be said: who should have heard them is told anew then. */
const RETRY_MS = 5_000;

/**
 * Shares out the workers of one task queue among the jobs that want them. Jobs join and leave by signal, and are told by
 * signal how many batches they may have in flight; nothing else is ever decided here, and a job that gets no answer runs
 * without. The one workflow of its kind never ends: without members it waits and costs nothing.
 *
 * It can get lost (someone terminates it) and jobs can end without a word: the next word of any job starts another, and a
 * survey at intervals puts the list of members right.
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
      // Signals come from anybody's hands.
      if (Array.isArray(messages)) for (const message of messages as readonly unknown[]) this.hear(message);
    });
    setHandler(membersQuery, () => this.state);
  }

  get state(): DispatcherState {
    return { members: [...this.members.values()], slots: this.slots };
  }

  async run(): Promise<void> {
    const surveys = new CancellationScope();
    void surveys.run(() => this.surveyFromTimeToTime()).catch(() => undefined);
    while (!this.runIsLong()) {
      await this.somethingToDo();
      // All that came meanwhile has been taken in: a crowd of jobs is dealt with at once.
      this.dirty = false;
      this.countService();
      await this.tellShares();
    }
    surveys.cancel();
  }

  private async somethingToDo(): Promise<void> {
    const called = (): boolean => this.dirty || this.runIsLong();
    const turns = takesTurns([...this.members.values()], this.slots);
    await (turns ? condition(called, LIMITS.shareTurnCheckMs) : condition(called));
  }

  private runIsLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength >= RUN_EVENTS_MAX;
  }

  private hear(message: unknown): void {
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
      ...(known?.hasRun === undefined ? {} : { hasRun: known.hasRun }),
      ...(known?.told === undefined ? {} : { told: known.told }),
    });
  }

  /** Those who have workers have had them since the last look. */
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

  private async tellShares(): Promise<void> {
    const words: ToldShare[] = this.strangers
      .filter((jobId) => !this.members.has(jobId))
      .map((jobId) => ({ jobId, batches: LIMITS.batchSlotsAssumed, unknown: true }));
    this.strangers = [];
    for (const [jobId, batches] of sharesOf([...this.members.values()], this.slots)) {
      const member = this.members.get(jobId);
      if (!member || member.told === batches) continue;
      this.members.set(jobId, { ...member, told: batches });
      words.push({ jobId, batches });
    }
    setCurrentDetails(`${this.members.size} jobs share ${this.slots} batch slots`);
    if (words.length > 0) await this.say(words);
  }

  /** One round at a time, so that no word overtakes another. */
  private async say(words: readonly ToldShare[]): Promise<void> {
    try {
      const ended = await dispatchActivities().tellShares(words);
      for (const jobId of ended) this.members.delete(jobId);
      if (ended.length > 0) this.dirty = true;
    } catch (error) {
      log.warn('jobs could not be told their shares', { error });
      for (const { jobId } of words) this.forgetWord(jobId);
      await sleep(RETRY_MS);
      this.dirty = true;
    }
  }

  private forgetWord(jobId: string): void {
    const member = this.members.get(jobId);
    if (!member) return;
    const { told: _told, ...rest } = member;
    this.members.set(jobId, rest);
  }

  private async surveyFromTimeToTime(): Promise<void> {
    for (;;) {
      await this.survey();
      await sleep(LIMITS.surveyIntervalMs);
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
      log.warn('the workers and jobs could not be surveyed', { error });
    }
  }
}
