import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleOptions,
  type ScheduleOverlapPolicy,
} from '@temporalio/client';
import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import {
  jobsQueue,
  scheduledRunWorkflowId,
  SEARCH_ATTRIBUTES,
  temporalScheduleId,
  WORKFLOW_TYPES,
} from '../../contracts/engine/naming';
import { LIMITS } from '../../contracts/limits';
import {
  type JobTemplate,
  type OverlapPolicy,
  type ScheduledJobInput,
  type ScheduledRunMemo,
  type ScheduleMemo,
  type ScheduleSpec,
} from '../../contracts/schedule';
import type { ExecutionState } from '../jobs/job-view';
import { TemporalCalls } from './calls';
import { isInvalidArgument } from './errors';
import { executionState, timestampToIso } from './values';

/**
 * A description is a query to a workflow of the server's own. Seldom (1 in 300 on a busy dev server) its task gets lost and
 * the answer takes 5 s; asked again, the server answers at once.
 */
const DESCRIBE_TIMEOUT_MS = 1_500;
const DESCRIBE_ATTEMPTS_MAX = 3;

/** A schedule as a list shows it. */
export interface ScheduleRecord {
  readonly memo: ScheduleMemo;
  readonly paused: boolean;
  readonly note?: string;
  /** ISO 8601, the next first; empty when nothing is due any more. */
  readonly nextRunTimes: readonly string[];
  /** When the last run was begun. */
  readonly lastRunAt?: string;
}

export interface DescribedSchedule extends ScheduleRecord {
  readonly template: JobTemplate;
  /** By Temporal's clock. */
  readonly createdAt: Date;
  /** Runs begun, runs left out because the former one was still going, and runs that were due too long ago. */
  readonly runsTaken: number;
  readonly runsSkipped: number;
  readonly runsMissed: number;
  /** Workflow ids of runs that the overlap policy waits for, and of the last ones begun, the newest last. */
  readonly running: readonly string[];
  readonly recent: readonly string[];
}

/** One run, as Temporal knows it. */
export interface RunRecord {
  readonly scheduledAt?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly execution: ExecutionState;
  readonly memo: ScheduledRunMemo;
}

export interface SchedulePage {
  readonly records: readonly ScheduleRecord[];
  readonly pageToken?: Uint8Array;
}

/**
 * What the API needs of Temporal's schedules. Every method rejects with `DroverError` for what an operator can mend, and
 * those that name a schedule with NoSuchSchedule.
 */
export interface SchedulesGateway {
  /** Rejects with ScheduleAlreadyExists, and with BadRequestException in Temporal's words for a spec that it does not take. */
  create(input: ScheduledJobInput, memo: ScheduleMemo, state: { paused: boolean; note?: string }): Promise<void>;
  list(account: string, rowsMax: number, pageToken?: Uint8Array): Promise<SchedulePage>;
  describe(account: string, scheduleId: string): Promise<DescribedSchedule>;
  /** The newest first. */
  runs(account: string, scheduleId: string, since: Date, rowsMax: number): Promise<readonly RunRecord[]>;
  /** Undefined when it is not there yet. */
  run(workflowId: string): Promise<RunRecord | undefined>;
  pause(account: string, scheduleId: string, note: string): Promise<void>;
  resume(account: string, scheduleId: string, note: string): Promise<void>;
  trigger(account: string, scheduleId: string, overlap: OverlapPolicy): Promise<void>;
  delete(account: string, scheduleId: string): Promise<void>;
}

/** `SchedulesGateway` on a Temporal client. `taskQueue` is the configured prefix. */
export class TemporalSchedules implements SchedulesGateway {
  private readonly queue: string;
  private readonly calls: TemporalCalls;

  constructor(
    private readonly client: Client,
    taskQueue: string,
  ) {
    this.queue = jobsQueue(taskQueue);
    this.calls = new TemporalCalls(client);
  }

  async create(input: ScheduledJobInput, memo: ScheduleMemo, state: { paused: boolean; note?: string }): Promise<void> {
    const { account, scheduleId } = input;
    const creating = this.call(scheduleId, () =>
      this.client.schedule.create({
        scheduleId: temporalScheduleId(account, scheduleId),
        spec: temporalSpec(memo.spec),
        policies: {
          overlap: OVERLAP[memo.overlap],
          catchupWindow: catchUpMs(memo.spec),
        },
        state,
        memo: { ...memo },
        typedSearchAttributes: accountAttribute(account),
        action: {
          type: 'startWorkflow',
          workflowType: WORKFLOW_TYPES.scheduledJob,
          workflowId: scheduledRunWorkflowId(account, scheduleId),
          taskQueue: this.queue,
          args: [input],
          typedSearchAttributes: accountAttribute(account),
          staticSummary: `${scheduleId}: ${memo.operation}`,
        },
      }),
    );
    await creating.catch((error: unknown) => {
      // The SDK's way of passing on what the server says of a spec.
      if (!(error instanceof TypeError)) throw error;
      throw new DroverError('BadRequestException', `spec: ${error.message}`, { cause: error });
    });
  }

  /** The raw call, for the SDK's own list has no pages. */
  async list(account: string, rowsMax: number, pageToken?: Uint8Array): Promise<SchedulePage> {
    const answer = await this.calls.call(() =>
      this.client.workflowService.listSchedules({
        namespace: this.client.options.namespace,
        query: `${SEARCH_ATTRIBUTES.account} = '${account}'`,
        maximumPageSize: rowsMax,
        ...defined({ nextPageToken: pageToken }),
      }),
    );
    const records: ScheduleRecord[] = [];
    for (const { memo, info } of answer.schedules) {
      const known = await this.calls.memoValues(memo);
      if (!isScheduleMemo(known)) continue;
      const next = (info?.futureActionTimes ?? []).map(timestampToIso);
      const last = info?.recentActions?.at(-1)?.actualTime;
      records.push(record(known, info?.paused === true, info?.notes, next, last ? timestampToIso(last) : undefined));
    }
    const next = answer.nextPageToken;
    return { records, ...(next.length > 0 ? { pageToken: next } : {}) };
  }

  async describe(account: string, scheduleId: string): Promise<DescribedSchedule> {
    const described = await this.described(account, scheduleId);
    const memo = described.memo as ScheduleMemo | undefined;
    const [input] = (described.action.args ?? []) as ScheduledJobInput[];
    // Made by hand under a name of ours.
    if (memo?.spec === undefined || input?.template === undefined) throw noSuchSchedule(scheduleId);
    const { info, state } = described;
    const next = info.nextActionTimes.map((time) => time.toISOString());
    return {
      ...record(memo, state.paused, state.note, next, info.recentActions.at(-1)?.takenAt.toISOString()),
      template: input.template,
      createdAt: info.createdAt,
      runsTaken: info.numActionsTaken,
      runsSkipped: info.numActionsSkippedOverlap,
      runsMissed: info.numActionsMissedCatchupWindow,
      running: info.runningActions.map(({ workflow }) => workflow.workflowId),
      recent: info.recentActions.map(({ action }) => action.workflow.workflowId),
    };
  }

  runs(account: string, scheduleId: string, since: Date, rowsMax: number): Promise<readonly RunRecord[]> {
    const clauses = [
      `WorkflowType = '${WORKFLOW_TYPES.scheduledJob}'`,
      `TemporalScheduledById = '${temporalScheduleId(account, scheduleId)}'`,
      // Not those of a schedule of the same name that was deleted.
      `StartTime >= '${since.toISOString()}'`,
    ];
    return this.call(scheduleId, async () => {
      const runs: RunRecord[] = [];
      for await (const run of this.client.workflow.list({ query: clauses.join(' AND '), pageSize: rowsMax })) {
        runs.push(runRecord(run));
        if (runs.length >= rowsMax) break;
      }
      return runs;
    });
  }

  async run(workflowId: string): Promise<RunRecord | undefined> {
    const described = await this.calls.describe(workflowId);
    return described && runRecord(described);
  }

  pause(account: string, scheduleId: string, note: string): Promise<void> {
    return this.call(scheduleId, () => this.handle(account, scheduleId).pause(note));
  }

  resume(account: string, scheduleId: string, note: string): Promise<void> {
    return this.call(scheduleId, () => this.handle(account, scheduleId).unpause(note));
  }

  trigger(account: string, scheduleId: string, overlap: OverlapPolicy): Promise<void> {
    return this.call(scheduleId, () => this.handle(account, scheduleId).trigger(OVERLAP[overlap]));
  }

  delete(account: string, scheduleId: string): Promise<void> {
    return this.call(scheduleId, () => this.handle(account, scheduleId).delete());
  }

  private handle(account: string, scheduleId: string): ScheduleHandle {
    return this.client.schedule.getHandle(temporalScheduleId(account, scheduleId));
  }

  private async described(account: string, scheduleId: string): Promise<ScheduleDescription> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.call(scheduleId, () => this.handle(account, scheduleId).describe(), DESCRIBE_TIMEOUT_MS);
      } catch (error) {
        const silent = error instanceof DroverError && error.code === 'ServiceUnavailable';
        if (!silent || attempt >= DESCRIBE_ATTEMPTS_MAX) throw error;
      }
    }
  }

  /** Rejects in the schedule's name. */
  private async call<Answer>(scheduleId: string, fn: () => Promise<Answer>, timeoutMs?: number): Promise<Answer> {
    try {
      return await this.calls.call(fn, timeoutMs);
    } catch (error) {
      throw explainScheduleError(error, scheduleId);
    }
  }
}

const OVERLAP: Readonly<Record<OverlapPolicy, ScheduleOverlapPolicy>> = {
  Skip: 'SKIP',
  BufferOne: 'BUFFER_ONE',
  BufferAll: 'BUFFER_ALL',
  CancelOther: 'CANCEL_OTHER',
  TerminateOther: 'TERMINATE_OTHER',
  AllowAll: 'ALLOW_ALL',
};

function temporalSpec(spec: ScheduleSpec): ScheduleOptions['spec'] {
  const { Cron, TimeZone, EverySeconds, StartAt, EndAt, JitterSeconds } = spec;
  return {
    ...(Cron === undefined ? {} : { cronExpressions: [...Cron] }),
    ...(EverySeconds === undefined ? {} : { intervals: [{ every: EverySeconds * 1_000 }] }),
    ...defined({ timezone: TimeZone }),
    ...(StartAt === undefined ? {} : { startAt: new Date(StartAt) }),
    ...(EndAt === undefined ? {} : { endAt: new Date(EndAt) }),
    ...(JitterSeconds === undefined ? {} : { jitter: JitterSeconds * 1_000 }),
  };
}

function catchUpMs({ CatchUpWindowSeconds }: ScheduleSpec): number {
  return CatchUpWindowSeconds === undefined ? LIMITS.schedule.catchUpWindowMs : CatchUpWindowSeconds * 1_000;
}

function accountAttribute(account: string) {
  return [{ key: { name: SEARCH_ATTRIBUTES.account, type: 'KEYWORD' as const }, value: account }];
}

function record(
  memo: ScheduleMemo,
  paused: boolean,
  note: string | null | undefined,
  nextRunTimes: readonly string[],
  lastRunAt: string | undefined,
): ScheduleRecord {
  return {
    memo,
    paused,
    ...(note ? { note } : {}),
    // Temporal tells them of a paused schedule, too.
    nextRunTimes: paused ? [] : nextRunTimes,
    ...defined({ lastRunAt }),
  };
}

type DescribedRun = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>;

function runRecord(
  run: Pick<DescribedRun, 'startTime' | 'closeTime' | 'status' | 'memo' | 'typedSearchAttributes'>,
): RunRecord {
  const due = run.typedSearchAttributes.get({ name: 'TemporalScheduledStartTime', type: 'DATETIME' });
  return {
    ...(due === undefined ? {} : { scheduledAt: due.toISOString() }),
    startedAt: run.startTime.toISOString(),
    ...(run.closeTime === undefined ? {} : { endedAt: run.closeTime.toISOString() }),
    execution: executionState(run.status.code),
    memo: run.memo ?? {},
  };
}

/** False for a schedule that isn't ours. */
function isScheduleMemo(memo: object): memo is ScheduleMemo {
  return 'spec' in memo && 'scheduleId' in memo;
}

function noSuchSchedule(scheduleId: string, cause?: unknown): DroverError {
  return new DroverError('NoSuchSchedule', `There is no schedule '${scheduleId}' in this account`, { cause });
}

function explainScheduleError(error: unknown, scheduleId: string): unknown {
  const cause = { cause: error };
  if (error instanceof ScheduleNotFoundError) return noSuchSchedule(scheduleId, error);
  if (error instanceof ScheduleAlreadyRunning) {
    return new DroverError('ScheduleAlreadyExists', `The account has a schedule '${scheduleId}' already`, cause);
  }
  if (!(error instanceof DroverError) && isInvalidArgument(error)) {
    return new DroverError('BadRequestException', `Temporal refuses this schedule: ${String(error)}`, cause);
  }
  return error;
}
