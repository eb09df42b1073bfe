import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { defined } from '../../contracts/defined';
import { checkpointOf, type HeartbeatDetails } from '../../contracts/engine/checkpoint';
import { STILL_WAITING } from '../../contracts/engine/failures';
import { valueOf } from '../../temporal/payload-codec';
import type { ExecutionState } from '../jobs/job-view';
import type { BatchHeartbeat } from './chunk-run';

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** What the wording of a heartbeat depends on. */
export interface HeartbeatRule {
  readonly timeoutMs: number;
  readonly nowMs: number;
}

export async function heartbeatOf(
  client: Client,
  activity: PendingActivity,
  rule: HeartbeatRule,
): Promise<BatchHeartbeat> {
  const payload = activity.heartbeatDetails?.payloads?.[0];
  const details = payload ? ((await valueOf(client, payload)) as HeartbeatDetails | undefined) : undefined;
  const checkpoint = checkpointOf(details);
  const waiting = waitingOf(activity);
  // What holds up the present attempt counts for more than the end of a former one.
  const trouble =
    missedWorker(activity, rule) ?? details?.silentStore ?? (waiting === undefined ? troubleOf(activity) : undefined);
  return {
    activityId: activity.activityId ?? '',
    ...defined({ checkpoint }),
    ...(details?.preparing && { preparing: details.preparing }),
    ...defined({ trouble, waiting }),
  };
}

function waitingOf({ lastFailure }: PendingActivity): string | undefined {
  if (lastFailure?.applicationFailureInfo?.type !== STILL_WAITING) return undefined;
  return lastFailure.message?.replace(/^waiting for /, '');
}

/** temporal.api.enums.v1.PendingActivityState. */
const STARTED = 2;
/** Beats come every second or two: a worker that is busy misses some. */
const BEATS_MISSED_MS = 6_000;

function missedWorker(activity: PendingActivity, { timeoutMs, nowMs }: HeartbeatRule): string | undefined {
  const last = activity.lastHeartbeatTime ?? activity.lastStartedTime;
  if (Number(activity.state) !== STARTED || !last) return undefined;
  if (nowMs - Date.parse(timestampToIso(last)) < BEATS_MISSED_MS) return undefined;
  const seconds = Math.round(timeoutMs / 1_000);
  return `batches of a worker that stopped answering: taken up again in up to ${seconds} s`;
}

/** temporal.api.enums.v1.TimeoutType. */
const HEARTBEAT_TIMEOUT = 4;

/** Failures of activities carry a message for people and no stack: activities/failure sees to it. */
function troubleOf(activity: {
  readonly attempt?: number | null;
  readonly lastFailure?: {
    readonly message?: string | null;
    readonly timeoutFailureInfo?: { readonly timeoutType?: number | null } | null;
  } | null;
}): string | undefined {
  const { message, timeoutFailureInfo } = activity.lastFailure ?? {};
  if (!message) return undefined;
  const what = timeoutFailureInfo?.timeoutType === HEARTBEAT_TIMEOUT ? 'a worker stopped answering' : message;
  return `${what} (attempt ${activity.attempt ?? 1}; retried automatically)`;
}

/** Values of temporal.api.enums.v1.WorkflowExecutionStatus: 1 running, 2 completed, 3 failed, 4 canceled, 5 terminated, 7 timed out. */
export function executionState(code: number): ExecutionState {
  const states: Record<number, ExecutionState> = {
    2: 'completed',
    3: 'failed',
    4: 'cancelled',
    5: 'terminated',
    7: 'timedOut',
  };
  return states[code] ?? 'running';
}

interface Timestamp {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

/** A `google.protobuf.Duration`; 0 for none. */
export function durationMs(duration: Timestamp | null | undefined): number {
  return Number(duration?.seconds ?? 0) * 1_000 + Math.floor((duration?.nanos ?? 0) / 1e6);
}

export function timestampToIso({ seconds, nanos }: Timestamp): string {
  return new Date(Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1e6)).toISOString();
}
