import type { BatchRestoreLimits } from '../../contracts/engine/activities';
import type { RestoreTier } from '../../contracts/job';
import type { RestorePace } from '../../operations/operation';
import { Pace } from './pace';

/** Lets the restores of a batch pass at its part of the job's rates. */
export function restorePace(limits: BatchRestoreLimits): RestorePace {
  const paces = new Map<RestoreTier, Pace>();
  for (const tier of ['BULK', 'STANDARD'] as const) {
    const perSecond = limits[tier]?.requestsPerSecond;
    if (perSecond !== undefined) paces.set(tier, new Pace(perSecond));
  }
  return {
    isByTurn: (tier) => limits[tier]?.byTurn === true,
    pass: async (tier, signal) => paces.get(tier)?.pass(signal),
  };
}
