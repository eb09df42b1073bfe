import type { Waiting } from '../../contracts/engine/waiting';
import type { RestoreTier } from '../../contracts/job';

/** What a task keeps that waits for its restore, or for its turn to ask for one. */
export interface RestoreWaiting {
  readonly for: 'restore' | 'turn';
  readonly tier: RestoreTier;
  /** How often the restore has been asked for. */
  readonly asked: number;
  /** The store has taken the last request: no restore was under way then, and the copy of a former one was gone. */
  readonly accepted: boolean;
  /** Known of those that wait for their turn. */
  readonly bytes?: number;
}

export function waitFor(state: RestoreWaiting, now: Date): Waiting {
  return { since: now.toISOString(), state: { ...state } };
}

export function restoreWaitingOf({ state }: Waiting): RestoreWaiting {
  return state as unknown as RestoreWaiting;
}

/** What a look finds. `lost`: there is neither a restore under way nor a readable copy. */
export type RestoreFound = 'readable' | 'lost' | 'turn';
