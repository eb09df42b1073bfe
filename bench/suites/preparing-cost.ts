import { LIMITS } from '../../contracts/limits';

/** How a list is made: what decides on the number of beats. */
export interface Preparing {
  readonly rows: number;
  readonly parts: number;
  /** All activities that read parts at a time have it together. */
  readonly rowsPerSecond: number;
  /** Attempts that end without a result, as those of a worker that is killed. */
  readonly retries: number;
}

/** Temporal's billable actions (https://docs.temporal.io/cloud/actions) while a job is Preparing, by kind. */
export interface PreparingCost {
  readonly seconds: number;
  readonly activities: number;
  readonly retries: number;
  readonly heartbeats: number;
  /** Not on Temporal's list; they count as one each, to be on the safe side. */
  readonly memo: number;
  readonly others: number;
}

/** The workflow's start, its status and priority as search attributes, and the dispatcher's signals. */
const OTHERS = 10;

/**
 * Plays the parts of a source second by second through as many lanes as a job has: each lane beats every `LIMITS.source.preparingBeatMs`, an end of a
 * part refreshes the memo when it is old enough. The rows are shared out evenly among parts, and the speed among lanes.
 */
export function preparingCost({ rows, parts, rowsPerSecond, retries }: Preparing): PreparingCost {
  const lanes = Array.from({ length: Math.min(LIMITS.source.partsInFlight, parts) }, () => ({ left: 0, beatAt: 0 }));
  const rowsPerPart = rows / parts;
  let open = parts;
  let [nowMs, heartbeats, memo, publishedAt] = [0, 0, 0, -Infinity];
  const stepMs = LIMITS.batch.heartbeatThrottleMs;
  const busy = (): number => lanes.filter(({ left }) => left > 0).length;
  while (open > 0 || busy() > 0) {
    for (const lane of lanes) {
      if (lane.left > 0 || open === 0) continue;
      open--;
      Object.assign(lane, { left: rowsPerPart, beatAt: nowMs + LIMITS.source.preparingBeatMs });
    }
    nowMs += stepMs;
    const rowsEach = (rowsPerSecond * stepMs) / 1_000 / busy();
    for (const lane of lanes.filter(({ left }) => left > 0)) {
      lane.left -= rowsEach;
      if (nowMs >= lane.beatAt) {
        heartbeats++;
        lane.beatAt = nowMs + LIMITS.source.preparingBeatMs;
      }
      if (lane.left > 0 || nowMs - publishedAt < LIMITS.job.memoIntervalMs) continue;
      memo++;
      publishedAt = nowMs;
    }
  }
  // Cutting the source and putting the manifest together.
  return { seconds: nowMs / 1_000, activities: parts + 2, retries, heartbeats, memo, others: OTHERS };
}

export function actionsOf({ activities, retries, heartbeats, memo, others }: PreparingCost): number {
  return activities + retries + heartbeats + memo + others;
}
