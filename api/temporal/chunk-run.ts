import type { BatchCheckpoint } from '../../contracts/engine/checkpoint';
import type { RowCounts } from '../../contracts/job';
import type { RunAt } from './histories';

/** What Temporal knows of a chunk's present run without a worker. */
export interface ChunkRun extends RunAt {
  /** `ended`: from outside, or by a defect. */
  readonly state: 'running' | 'completed' | 'ended';
  readonly heartbeats: readonly BatchHeartbeat[];
}

/** What Temporal knows of one running or retrying batch activity. */
export interface BatchHeartbeat {
  readonly activityId: string;
  /** Details of the last heartbeat; absent before the first. */
  readonly checkpoint?: BatchCheckpoint;
  /** What an activity that reads a source has come to. */
  readonly preparing?: RowCounts;
  /** What tasks wait for, and when they are looked at next: the last look found nothing. */
  readonly waiting?: string;
  /** Why the last attempt failed, while another is awaited or under way, or what holds up the present one. */
  readonly trouble?: string;
}
