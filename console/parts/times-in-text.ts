const DAY_MS = 86_400_000;

/** A text of the API in pieces: words, and in place of a time of day in UTC (`14:20 UTC`) the next such moment, in milliseconds since 1970. */
export function timesIn(text: string, nowMs: number): readonly (string | number)[] {
  return text
    .split(/\b(\d\d:\d\d UTC)\b/)
    .map((piece, index) => (index % 2 === 0 ? piece : nextAt(piece, nowMs)))
    .filter((piece) => piece !== '');
}

function nextAt(time: string, nowMs: number): number {
  const now = new Date(nowMs);
  const [hours, minutes] = [Number(time.slice(0, 2)), Number(time.slice(3, 5))];
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hours, minutes);
  // The minute that runs is not over.
  return today > nowMs - 60_000 ? today : today + DAY_MS;
}
