import {
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { LIMITS } from '../contracts/limits';
import type { DispatcherState, JoinMessage, ShareMessage } from '../contracts/messages';
import { jobWorkflowId } from '../contracts/naming';
import { joinSignal, leaveSignal, membersQuery, shareSignal } from './messages';
import { dispatcherActivities } from './proxies';
import { sharesOf } from './shares';

type Member = DispatcherState['members'][number];

const EMPTY: DispatcherState = { members: [], slots: LIMITS.batchSlotsAssumed };

/** Far below the server's own suggestion: a signal that lands while a run hands over to the next makes it try again. */
const RUN_EVENTS_MAX = 2_000;

/**
 * Shares out the workers of one task queue among the jobs that want them. Jobs join and leave by signal, and are told by
 * signal how many batches they may have in flight; nothing else is ever decided here, and a job that gets no answer runs
 * without. The one workflow of its kind never ends: without members it waits and costs nothing.
 *
 * Signals can get lost with the workflow (someone terminates it) and jobs can end without a word, hence a survey at
 * intervals puts the list of members right.
 */
export async function dispatcherWorkflow(state: DispatcherState = EMPTY): Promise<void> {
  const dispatcher = new Dispatcher(state);
  await dispatcher.run();
  await continueAsNew<typeof dispatcherWorkflow>(dispatcher.state);
}

class Dispatcher {
  private readonly members = new Map<string, Member>();
  private slots: number;
  private dirty = true;
  /** Jobs that a word is under way to: a second one might overtake it. */
  private readonly underWay = new Set<string>();

  constructor(state: DispatcherState) {
    for (const member of state.members) this.members.set(member.jobId, member);
    this.slots = state.slots;
    setHandler(joinSignal, (message) => {
      if (isJoin(message)) this.join(message);
    });
    setHandler(leaveSignal, (jobId) => {
      if (this.members.delete(jobId)) this.dirty = true;
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
      await condition(() => this.dirty || this.runIsLong());
      // All signals of one workflow task have been taken in by now: a crowd of jobs is dealt with at once.
      this.dirty = false;
      this.tellShares();
    }
    surveys.cancel();
  }

  private runIsLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength >= RUN_EVENTS_MAX;
  }

  private join(message: JoinMessage): void {
    const known = this.members.get(message.jobId);
    this.members.set(message.jobId, { ...message, ...(known?.told === undefined ? {} : { told: known.told }) });
    this.dirty = true;
  }

  private tellShares(): void {
    for (const [jobId, batches] of sharesOf([...this.members.values()], this.slots)) {
      const member = this.members.get(jobId);
      if (!member || member.told === batches || this.underWay.has(jobId)) continue;
      this.members.set(jobId, { ...member, told: batches });
      this.tell(jobId, { batches });
    }
    setCurrentDetails(`${this.members.size} jobs share ${this.slots} batch slots`);
  }

  private tell(jobId: string, message: ShareMessage): void {
    this.underWay.add(jobId);
    getExternalWorkflowHandle(jobWorkflowId(jobId))
      .signal(shareSignal, message)
      .catch(() => {
        // It has ended: what it had is free.
        this.members.delete(jobId);
      })
      .finally(() => {
        this.underWay.delete(jobId);
        // What was decided meanwhile may differ.
        this.dirty = true;
      });
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
      const survey = await dispatcherActivities().surveyFleet({ members: [...this.members.keys()] });
      for (const jobId of survey.gone) this.members.delete(jobId);
      for (const jobId of survey.strangers) {
        if (!this.members.has(jobId)) this.tell(jobId, { batches: LIMITS.batchSlotsAssumed, unknown: true });
      }
      if (survey.batchSlots !== undefined) this.slots = survey.batchSlots;
      this.dirty = true;
    } catch (error) {
      log.warn('the workers and jobs could not be surveyed', { error });
    }
  }
}

/** Signals come from anybody's hands. */
function isJoin(given: unknown): given is JoinMessage {
  const { jobId, priority, ready, batchesMax, limited } = (given ?? {}) as Partial<JoinMessage>;
  return (
    typeof jobId === 'string' &&
    Number.isInteger(priority) &&
    typeof ready === 'boolean' &&
    Number.isInteger(batchesMax) &&
    Number(batchesMax) > 0 &&
    typeof limited === 'boolean'
  );
}
