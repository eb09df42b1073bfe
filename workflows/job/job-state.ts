import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { PreparedManifest } from '../../contracts/engine/activities';
import { checkTransition, hasWorkAhead, isPausing, isTerminal } from '../../contracts/engine/lifecycle';
import { EMPTY_TALLY } from '../../contracts/engine/outcome';
import type {
  EnteredState,
  FailureReason,
  FailureThreshold,
  GeneratedManifest,
  JobInput,
  JobLimits,
  JobSnapshot,
  JobStatus,
  PreparingProgress,
  Tag,
} from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { DEFAULT_FAILURE_THRESHOLD } from '../batches/failure-threshold';
import { jobDetails } from '../progress-details';
import { priorityAttribute, statusAttribute } from '../search-attributes';
import type { ChunkPool } from './chunk-pool';
import { JobEvents } from './job-events';

/** The state of a job. Publishing puts it where it can be read: search attributes, memo, current details. */
export class JobState {
  private status: JobStatus = 'New';
  private wantedPriority: number;
  private wantedLimits: JobLimits;
  private readonly failureReasons: FailureReason[] = [];
  private states: readonly EnteredState[] = [];
  private activeMs = 0;
  private activeSince: number | undefined;
  /** The store that does not answer, as a worker said last. */
  private silentStore: string | undefined;
  private publishedAt = 0;
  private publishedStatus: JobStatus = 'New';
  readonly events: JobEvents;
  pool: ChunkPool | undefined;
  /** The cause of the pause; counts while the status is Pausing or Paused. */
  pausedBy: JobSnapshot['pausedBy'];
  /** All jobs of the account are paused, as far as the job knows. */
  pausedWithAll: boolean;
  /** The job counts on a share of the workers. */
  sharing = false;
  totalTasks: number | undefined;
  generatedManifest: GeneratedManifest | undefined;
  private preparing: PreparingProgress | undefined;
  statusUpdateReason: string | undefined;
  waitingFor: string | undefined;
  suspendedAt: string | undefined;
  terminatedAt: string | undefined;
  reportManifestKey: string | undefined;

  constructor(private readonly input: JobInput) {
    this.events = new JobEvents(input);
    this.wantedPriority = input.request.Priority;
    this.wantedLimits = input.request.Limits ?? {};
    this.pausedWithAll = input.pausedWithAll === true;
  }

  get current(): JobStatus {
    return this.status;
  }

  get priority(): number {
    return this.wantedPriority;
  }

  get limits(): JobLimits {
    return this.wantedLimits;
  }

  get failureThreshold(): FailureThreshold {
    return this.limits.FailureThreshold ?? DEFAULT_FAILURE_THRESHOLD;
  }

  /**
   * Throws `IllegalTransition`, which fails the workflow task, not the workflow: Temporal shows the defect and repeats the task
   * until a release without it goes on from there. No task of the job is lost, and nothing is published that can't be. What
   * stands in a history has happened, so a replay checks nothing.
   */
  enter(status: JobStatus, waitingFor?: string): void {
    if (!workflowInfo().unsafe.isReplaying) checkTransition(this.status, status);
    const now = Date.now();
    if (this.activeSince !== undefined) this.activeMs += now - this.activeSince;
    this.activeSince = status === 'Active' ? now : undefined;
    const at = new Date(now).toISOString();
    if (status !== this.status) this.states = [...this.states, { status, at }].slice(-LIMITS.job.statesToldMax);
    this.status = status;
    if (isTerminal(status)) this.silentStore = undefined;
    this.waitingFor = waitingFor;
    if (status === 'Suspended') this.suspendedAt = at;
    if (isTerminal(status)) this.terminatedAt = at;
    this.publish();
  }

  /** Publishes what the job waits for, within its present state. */
  await(waitingFor: string | undefined): void {
    this.waitingFor = waitingFor;
    this.publish();
  }

  /** Others have the workers. What has not begun yet stays Ready. */
  waitForWorkers(): void {
    this.pausedBy = 'priority';
    const begun = this.activeMs > 0 || isPausing(this.status);
    this.enter(begun ? 'Paused' : 'Ready', 'workers: jobs of higher or equal priority have them');
  }

  fail(code: string, message: string): void {
    const reason = {
      FailureCode: code.slice(0, 64),
      FailureReason: message.slice(0, LIMITS.job.describeReasonCharsMax),
    };
    // Each part of a report meets the same refusal.
    if (this.failureReasons.some(({ FailureReason }) => FailureReason === reason.FailureReason)) return;
    this.failureReasons.push(reason);
  }

  get failed(): FailureReason | undefined {
    return this.failureReasons[0];
  }

  changePriority(priority: number): void {
    this.wantedPriority = priority;
    upsertSearchAttributes([{ key: priorityAttribute, value: priority }]);
    this.publish();
  }

  changePausedWithAll(paused: boolean): void {
    this.pausedWithAll = paused;
    this.publish();
  }

  changeLimits(limits: JobLimits): void {
    this.wantedLimits = limits;
    this.publish();
  }

  /** The job itself does not need its tags; readers find them in its memo. */
  changeTags(tags: readonly Tag[]): void {
    upsertMemo({ tags: { Tags: tags } });
  }

  /** For readers who also query the running chunks. */
  get snapshot(): JobSnapshot {
    return this.describe(this.pool?.settledTally ?? EMPTY_TALLY);
  }

  /** For the Temporal UI; the APIs read it from the heartbeats, which a worker that dies does not leave behind. */
  heardOfStore(silentStore: string | undefined): void {
    this.silentStore = silentStore;
    this.show();
  }

  /** What has been read of the source. */
  prepared(progress: PreparingProgress): void {
    this.preparing = progress;
    this.progressed();
  }

  /** What the rows of the source have turned out to be, once they are one manifest. */
  sealed({ totalTasks: rows, duplicates, refusedRows }: PreparedManifest): void {
    // There is nothing else to say of a list that was read in place.
    if (this.preparing === undefined && refusedRows === undefined) return;
    const { preparing = { read: rows, rows, parts: 1, partsDone: 1 } } = this;
    this.preparing = { ...preparing, ...defined({ duplicates, refusedRows }) };
    this.show();
  }

  /** Numbers moved: refresh what lists show, at a bounded pace. */
  progressed(): void {
    // Where chunks end, stores answer; the worker that would say so may be gone.
    this.silentStore = undefined;
    this.show();
    if (Date.now() - this.publishedAt >= LIMITS.job.memoIntervalMs) this.publish();
  }

  private publish(): void {
    this.publishedAt = Date.now();
    upsertMemo({ snapshot: this.known });
    this.show();
    if (this.publishedStatus === this.status) return;
    this.publishedStatus = this.status;
    upsertSearchAttributes([{ key: statusAttribute, value: this.status }]);
    this.events.statusChanged(this.status, this.failureReasons, this.statusUpdateReason);
  }

  private show(): void {
    const { known, silentStore } = this;
    const step = hasWorkAhead(this.status) || this.waitingFor === undefined ? '' : `${this.waitingFor}: `;
    const shown = silentStore === undefined ? known : { ...known, waitingFor: step + silentStore };
    setCurrentDetails(jobDetails(this.input, shown));
  }

  private get known(): JobSnapshot {
    return this.describe(this.pool?.knownTally ?? EMPTY_TALLY);
  }

  private describe(tally: JobSnapshot['tally']): JobSnapshot {
    const now = Date.now();
    const activeMs = this.activeMs + (this.activeSince === undefined ? 0 : now - this.activeSince);
    return {
      status: this.status,
      states: this.states,
      tally,
      priority: this.priority,
      limits: this.limits,
      failureReasons: [...this.failureReasons],
      activeSeconds: Math.floor(activeMs / 1_000),
      asOf: new Date(now).toISOString(),
      chunksInFlight: this.pool?.inFlight ?? [],
      ...defined({
        totalTasks: this.totalTasks,
        preparing: this.preparing,
        generatedManifest: this.generatedManifest,
        pausedBy: isPausing(this.status) ? this.pausedBy : undefined,
        pausedWithAll: this.pausedWithAll ? true : undefined,
        sharing: this.sharing ? true : undefined,
        statusUpdateReason: this.statusUpdateReason,
        waitingFor: this.waitingFor,
        suspendedAt: this.suspendedAt,
        terminatedAt: this.terminatedAt,
        reportManifestKey: this.reportManifestKey,
      }),
    };
  }
}

function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
