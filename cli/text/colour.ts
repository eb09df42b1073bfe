import type { JobStatus } from '../../contracts/job';
import type { Terminal } from '../output';

const RESET = '\u001b[0m';
const RED = '\u001b[31m';
const GREEN = '\u001b[32m';
const YELLOW = '\u001b[33m';

/** What a person looks for first: failures, and what waits for somebody. Other statuses keep the terminal's own colour. */
const COLOURS: Partial<Record<JobStatus, string>> = {
  Failed: RED,
  Failing: RED,
  Complete: GREEN,
  Suspended: YELLOW,
  Pausing: YELLOW,
  Paused: YELLOW,
};

/** Where answers are read by a person: on a terminal, unless `NO_COLOR` (https://no-color.org) or a terminal without colours says no. */
export function hasColours({ stdout }: Terminal, { NO_COLOR = '', TERM }: NodeJS.ProcessEnv): boolean {
  return stdout.isTTY === true && NO_COLOR === '' && TERM !== 'dumb';
}

/** The text with the first mention of the status in colour, which no layout sees: it is to be called last. */
export function coloured(text: string, status: JobStatus): string {
  const colour = COLOURS[status];
  const at = text.indexOf(status);
  if (colour === undefined || at < 0) return text;
  const end = at + status.length;
  return `${text.slice(0, at)}${colour}${status}${RESET}${text.slice(end)}`;
}

/** A table with a heading, and below it one line for each job. */
export function colouredRows(table: string, statuses: readonly JobStatus[]): string {
  return table
    .split('\n')
    .map((line, at) => {
      const status = statuses[at - 1];
      return status === undefined ? line : coloured(line, status);
    })
    .join('\n');
}
