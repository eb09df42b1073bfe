/** The value of a `datetime-local` input: the time in the zone of the browser, `2026-12-01T10:33:22`. */
export function localInput(utc: string | undefined): string {
  const time = new Date(utc ?? '');
  if (Number.isNaN(time.getTime())) return '';
  const parts = [time.getMonth() + 1, time.getDate(), time.getHours(), time.getMinutes(), time.getSeconds()];
  const [month, day, hours, minutes, seconds] = parts.map((part) => String(part).padStart(2, '0'));
  return `${String(time.getFullYear()).padStart(4, '0')}-${month}-${day}T${hours}:${minutes}:${seconds}`;
}

/** ISO 8601 in UTC, as requests have it; undefined while the time is not whole. */
export function utcOf(local: string): string | undefined {
  const time = new Date(local);
  return local === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace('.000Z', 'Z');
}
