const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };
const MINUTE: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const LOCAL = new Intl.DateTimeFormat(undefined, { ...DAY, ...MINUTE });
const LOCAL_PRECISE = new Intl.DateTimeFormat(undefined, { ...DAY, ...MINUTE, second: '2-digit' });

/** In the zone and the manner of the browser. */
export function localTime(date: Date, precise: boolean): string {
  return (precise ? LOCAL_PRECISE : LOCAL).format(date);
}

const CLOCK = new Intl.DateTimeFormat(undefined, { ...MINUTE, second: '2-digit' });

/** The time of day, in the zone and the manner of the browser. */
export function clockTime(date: Date): string {
  return CLOCK.format(date);
}

/** `2026-12-01 10:33:22 UTC` */
export function utcTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A length of time by its two largest units: `3 d 4 h`, `12 min 5 s`, `0 s`. */
export function duration(totalSeconds: number): string {
  const seconds = Math.max(0, Math.round(totalSeconds));
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** The beginning of a day (`2026-12-31`) in the zone of the browser, or of one some days later; undefined for what is no day. */
export function startOfDay(day: string, daysLater = 0): Date | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const start = new Date(Number(year), Number(month) - 1, Number(date) + daysLater);
  return start.getFullYear() > 1_000 ? start : undefined;
}
