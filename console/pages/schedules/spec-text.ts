import type { Schedule } from '../../client/schedules';
import { duration } from '../../parts/times';

/** When a schedule is due, in words: `0 2 * * * (Europe/Berlin)`, `every 6 h`. */
export function specText({ Cron, EverySeconds, TimeZone }: Schedule['spec']): string {
  if (EverySeconds !== undefined) return `every ${duration(EverySeconds)}`;
  const expressions = [Cron ?? []].flat().join(' and ');
  return `${expressions} (${TimeZone ?? 'UTC'})`;
}
