import { limitsText } from '../../contracts/text/limits-text';
import type { Job } from '../api-client';
import { count, duration } from '../output';
import { readText, refusedRowsText, skippedText, statusText, waitText } from './status-text';

/** How fast a job is. */
export interface Pace {
  readonly tasksPerSecond: number;
  /** Absent: not known. */
  readonly secondsLeft?: number;
}

const BETWEEN = ' | ';
const BAR_MAX = 30;
/** A shorter bar tells less than the percentage beside it. */
const BAR_MIN = 8;

/**
 * One line of at most `columns` characters. What a person must act on comes first: failures, and what the job waits for. What
 * does not fit is left out from the end; a bar takes what is left.
 */
export function terminalLine(job: Job, pace: Pace, columns: number): string {
  const status = statusText(job);
  const room = columns - status.length;
  const wait = waitingParts(job);
  const parts = [
    `${count(job.progress.failed)} failed`,
    ...wait.map((text) => shortened(text, Math.floor(columns / 2))),
    percentText(job),
    `${count(doneOf(job))}/${count(job.progress.totalTasks)}`,
    `${count(Math.round(pace.tasksPerSecond))} tasks/s`,
    `ETA ${etaText(pace)}`,
    ...asideParts(job),
  ];
  let line = '';
  for (const part of parts) {
    if (line.length + BETWEEN.length + part.length > room) break;
    line += BETWEEN + part;
  }
  return shortened(`${status}${bar(job, room - line.length - 3)}${line}`, columns);
}

/** For logs and pipes: everything, in one line of any length. */
export function plainLine(job: Job, pace: Pace): string {
  const { failed, totalTasks } = job.progress;
  const percent = percentText(job);
  const numbers = `${percent}, ${count(doneOf(job))} of ${count(totalTasks)} tasks, ${count(Math.round(pace.tasksPerSecond))} tasks/s, ETA ${etaText(pace)}, ${count(failed)} failed`;
  return [`${statusText(job)} ${numbers}`, ...asideParts(job), ...waitingParts(job)].join(', ');
}

function doneOf({ progress: { succeeded, failed } }: Job): number {
  return succeeded + failed;
}

export function percentText(job: Job): string {
  const { totalTasks } = job.progress;
  return totalTasks === undefined || totalTasks === 0 ? '-' : `${Math.floor((100 * doneOf(job)) / totalTasks)}%`;
}

function etaText({ secondsLeft }: Pace): string {
  return secondsLeft === undefined ? '-' : duration(secondsLeft);
}

/** What the job waits for; while it prepares, what it has read. */
function waitingParts(job: Job): string[] {
  const preparing = job.status === 'Preparing' ? readText(job) : undefined;
  const waiting = waitText(job);
  return [
    ...(preparing === undefined ? [] : [preparing]),
    ...(waiting === undefined ? [] : [`waiting for${job.status === 'Suspended' ? ':' : ''} ${waiting}`]),
  ];
}

function asideParts(job: Job): string[] {
  const skipped = skippedText(job.progress);
  const limits = limitsText(job.limits);
  return [
    ...(skipped === undefined ? [] : [`${skipped} skipped`]),
    ...(job.progress.pending > 0 ? [`${count(job.progress.pending)} awaited`] : []),
    ...foundParts(job),
    ...(limits === undefined ? [] : [`limits: ${limits}`]),
  ];
}

/** What was found before the first task; nothing where there is nothing to know. */
function foundParts(job: Job): string[] {
  const { duplicates = 0 } = job.preparing ?? {};
  const refused = refusedRowsText(job);
  return [
    ...(duplicates === 0 ? [] : [`${count(duplicates)} duplicates`]),
    ...(refused === undefined ? [] : [`refused rows: ${refused}`]),
  ];
}

function bar(job: Job, room: number): string {
  const { totalTasks } = job.progress;
  const width = Math.min(BAR_MAX, room);
  if (totalTasks === undefined || totalTasks === 0 || width < BAR_MIN) return '';
  const full = Math.min(width, Math.floor((width * doneOf(job)) / totalTasks));
  return ` [${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
}

function shortened(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
