import { badFilter } from './refusal';

/** A time of day with its zone, so that it is the same time for every reader. */
const ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i;
const ZONE_CHARS_MAX = 6;

export function timeMs(member: 'CreatedAfter' | 'CreatedBefore', given: string): number {
  const ms = Date.parse(given);
  if (Number.isNaN(ms) || !given.includes('T') || !ZONE.test(given.slice(-ZONE_CHARS_MAX))) {
    throw badFilter(member, `${JSON.stringify(given)} must be an ISO 8601 time with a zone`);
  }
  return ms;
}

export function ageMs(member: 'OlderThanSeconds' | 'NewerThanSeconds', seconds: number): number {
  if (!Number.isFinite(seconds) || seconds < 0) throw badFilter(member, 'must be a number of seconds, not below 0');
  return seconds * 1_000;
}
