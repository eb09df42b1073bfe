import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { valueOf } from '../../temporal/payload-codec';
import type { BatchCheckpoint } from '../../contracts/checkpoint';
import type { ExecutionState } from '../jobs/job-view';
import type { BatchHeartbeat } from './chunk-run';

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

export async function heartbeatOf(client: Client, activity: PendingActivity): Promise<BatchHeartbeat> {
  const payload = activity.heartbeatDetails?.payloads?.[0];
  const checkpoint = payload ? await valueOf(client, payload) : undefined;
  const trouble = troubleOf(activity);
  return {
    activityId: activity.activityId ?? '',
    ...(isCheckpoint(checkpoint) ? { checkpoint } : {}),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** temporal.api.enums.v1.TimeoutType. */
const HEARTBEAT_TIMEOUT = 4;

/** Failures of activities carry a message for people and no stack: activities/failure sees to it. */
export function troubleOf(activity: {
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

function isCheckpoint(value: unknown): value is BatchCheckpoint {
  return typeof value === 'object' && value !== null && 'tally' in value && 'done' in value;
}

interface Timestamp {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

export function timestampToIso({ seconds, nanos }: Timestamp): string {
  return new Date(Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1e6)).toISOString();
}
