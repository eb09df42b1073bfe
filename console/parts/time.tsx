import { localTime, utcTime } from './times';

interface TimeProps {
  /** ISO 8601, or milliseconds since 1970. */
  readonly at: string | number;
  /** With seconds. */
  readonly precise?: boolean;
}

/** A time in the viewer's zone, with UTC on hover. */
export function Time({ at, precise = false }: TimeProps) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={utcTime(date)}>
      {localTime(date, precise)}
    </time>
  );
}
