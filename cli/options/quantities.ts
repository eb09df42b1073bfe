import { UsageError } from '../usage-error';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** Seconds of `90s`, `15m`, `12h`, `30d` or `2w`; undefined for another text. */
export function secondsIn(text: string): number | undefined {
  const [, count, unit = ''] = /^(0|[1-9]\d{0,8})([smhdw])$/.exec(text) ?? [];
  const seconds = UNIT_SECONDS[unit];
  return count === undefined || seconds === undefined ? undefined : Number(count) * seconds;
}

/**
 * ISO 8601 in UTC of a time with a zone, or of a date, which is its midnight in UTC; undefined for another text. A time
 * without a zone would mean another one on the machine of each reader.
 */
export function timeIn(text: string): string | undefined {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  const time = isDate || isTime ? Date.parse(text) : Number.NaN;
  // `Date.parse` takes 30 February for 2 March.
  const day = Number(text.slice(8, 10));
  if (Number.isNaN(time) || new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() !== day) return undefined;
  return new Date(time).toISOString();
}

/** Bytes of `500`, `1MiB` or `1.5GB`. Throws `UsageError`. */
export function bytesOf(text: string, flag: string): number {
  const [, count, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const bytes = count === undefined ? Number.NaN : Number(count) * (UNIT_BYTES[unit] ?? Number.NaN);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(`${flag} must be a size in whole bytes, such as 500, 10GB (10^9) or 1MiB (2^20), not '${text}'`);
}
