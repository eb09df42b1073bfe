import type { JsonObject, RestoreLimits, RestoreTier } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { DAY_MS } from '../../contracts/limits/units';

/** Bytes that may be asked for now, by tier; below zero after an object that was larger than what was left. */
interface Account {
  readonly bytes: number;
  /** When it was counted, milliseconds since 1970. */
  readonly at: number;
}

export interface Turn {
  readonly tier: RestoreTier;
  readonly bytes: number;
}

/**
 * Tells whose turn it is to ask for a restore, in the order given, where a job restores so many bytes a day. What a day allows comes in bit by
 * bit, so that a store, and a bill, sees a rate and not a heap at midnight; some hours of it can be saved up. An object that is larger than
 * what is there goes, too, and those after it wait the longer. `memory` is kept from one look to the next.
 */
export function takeTurns(turns: readonly Turn[], limits: RestoreLimits, memory: JsonObject, now: Date): boolean[] {
  const accounts = new Map<RestoreTier, Account>();
  const taken = turns.map(({ tier, bytes }) => {
    const perDay = limits[tier]?.BytesPerDay;
    if (perDay === undefined) return true;
    const account = accounts.get(tier) ?? filled(memory[tier] as Account | undefined, perDay, now.getTime());
    const isDue = account.bytes >= 0;
    accounts.set(tier, isDue ? { ...account, bytes: account.bytes - bytes } : account);
    return isDue;
  });
  for (const [tier, account] of accounts) memory[tier] = { ...account };
  return taken;
}

function filled(former: Account | undefined, bytesPerDay: number, now: number): Account {
  if (former === undefined) return { bytes: 0, at: now };
  const perMs = bytesPerDay / DAY_MS;
  const saved = former.bytes + perMs * Math.max(0, now - former.at);
  return { bytes: Math.round(Math.min(saved, perMs * LIMITS.restore.bytesSavedMs)), at: now };
}
