import type { Job } from '../api-client';
import { count, duration, table } from '../output';
import { statusText } from './status-text';

/** A shorter beginning of an id is hard to tell from another one. */
const SHORT_ID_MIN = 8;
/** Below this a description is left out. */
const DESCRIPTION_MIN = 10;

/** Jobs in lines that fit the terminal: on a narrow one with short ids, which every command takes, and fewer columns. */
export function jobTable(jobs: readonly Job[], columns: number | undefined, now: number): string {
  if (jobs.length === 0) return 'No jobs.';
  const wide = wideTable(jobs);
  if (columns === undefined || wide.split('\n').every((line) => line.length <= columns)) return wide;
  return narrowTable(jobs, columns, now);
}

function wideTable(jobs: readonly Job[]): string {
  const heading = ['JOB ID', 'STATUS', 'OPERATION', 'PRIORITY', 'TASKS', 'SUCCEEDED', 'SKIPPED', 'FAILED', 'CREATED'];
  const rows = jobs.map((job) => [
    job.jobId,
    job.status,
    job.operation,
    String(job.priority),
    count(job.progress.totalTasks),
    count(job.progress.succeeded),
    count(job.progress.skipped),
    count(job.progress.failed),
    job.createdAt.replace(/\.\d+Z$/, 'Z'),
    job.description ?? '',
  ]);
  return table([[...heading, 'DESCRIPTION'], ...rows]);
}

function narrowTable(jobs: readonly Job[], columns: number, now: number): string {
  const idLength = uniqueLength(jobs.map(({ jobId }) => jobId));
  const rows = jobs.map((job) => [
    job.jobId.slice(0, idLength),
    statusText(job),
    job.operation,
    count(job.progress.totalTasks),
    count(job.progress.failed),
    duration((now - Date.parse(job.createdAt)) / 1_000),
  ]);
  const all = [['JOB ID', 'STATUS', 'OPERATION', 'TASKS', 'FAILED', 'AGE'], ...rows];
  const taken = Math.max(
    ...table(all)
      .split('\n')
      .map((line) => line.length),
  );
  const room = columns - taken - 2;
  if (room < DESCRIPTION_MIN) {
    return table(all)
      .split('\n')
      .map((line) => line.slice(0, columns))
      .join('\n');
  }
  const descriptions = ['DESCRIPTION', ...jobs.map(({ description = '' }) => description)];
  return table(all.map((row, at) => [...row, shortened(descriptions[at] ?? '', room)]));
}

function uniqueLength(ids: readonly string[]): number {
  const longest = Math.max(...ids.map((id) => id.length));
  for (let length = SHORT_ID_MIN; length < longest; length += 1) {
    if (new Set(ids.map((id) => id.slice(0, length))).size === ids.length) return length;
  }
  return longest;
}

function shortened(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}
