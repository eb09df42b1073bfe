import type { JobStatus } from '../../contracts/job';

const RESET = '\u001b[0m';
const RED = '\u001b[31m';
const GREEN = '\u001b[32m';
const YELLOW = '\u001b[33m';

/** What a person looks for first: failures, and what waits for somebody. Other statuses keep the terminal's own colour. */
const COLOURS: Readonly<Partial<Record<string, string>>> = {
  Failed: RED,
  Failing: RED,
  Complete: GREEN,
  Suspended: YELLOW,
  Pausing: YELLOW,
  Paused: YELLOW,
} satisfies Partial<Record<JobStatus, string>>;

/** The status of a description, or of a line that begins with a job's id, and in `top` the number behind it. */
const STATUS =
  /^(Status {1,80}|[0-9a-f-]{4,36} {1,80})([A-Z][a-z]{1,20})\b( \(by \w{1,20}\))?( {1,80}[1-9][\d,]{0,25}(?= {1,80}(?:\d{1,3}%|-) ))?/gm;
const FAILURES = /\b[1-9][\d,]{0,25} failed\b/g;
const FAILURES_FACT = /^(Failed +)([1-9][\d,]*)$/gm;

/** Where text is read by a person: on a terminal, unless `NO_COLOR` (https://no-color.org) or a terminal without colours says no. */
export function hasColours(
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR = '', TERM }: NodeJS.ProcessEnv,
): boolean {
  return isTTY === true && NO_COLOR === '' && TERM !== 'dumb';
}

/** Descriptions, tables and closing lines of jobs with their statuses and failures in colour, which no layout sees: it is to be called last. */
export function coloured(text: string): string {
  return failuresInRed(text)
    .replaceAll(FAILURES_FACT, (_all, name: string, failed: string) => name + red(failed))
    .replaceAll(STATUS, (_all, before: string, status: string, by: string | undefined, failed: string | undefined) => {
      const colour = COLOURS[status];
      const shown = colour === undefined ? status : `${colour}${status}${RESET}`;
      return `${before}${shown}${by ?? ''}${failed === undefined ? '' : red(failed)}`;
    });
}

/** `3 failed`, as progress lines have it. */
export function failuresInRed(text: string): string {
  return text.replaceAll(FAILURES, (failed) => red(failed));
}

export function red(text: string): string {
  return `${RED}${text}${RESET}`;
}
