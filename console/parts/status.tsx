import type { JobStatus } from '../client/api';
import { type Mood, moodOf } from './lifecycle';

/** Shapes, so that colour is not all that tells them apart. */
const MARKS: Readonly<Record<Mood, string>> = {
  runs: 'M2 1l7 4-7 4z',
  waits: 'M1.5 1h2.5v8H1.5zM6 1h2.5v8H6z',
  good: 'M5 .5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z',
  bad: 'M5 .5l4.7 8.5H.3z',
  over: 'M1 1h8v8H1z',
};

export function Status({ status }: { readonly status: JobStatus }) {
  const mood = moodOf(status);
  return (
    <span className={`status status-${mood}`}>
      <svg className="status-mark" viewBox="0 0 10 10" aria-hidden="true">
        <path d={MARKS[mood]} />
      </svg>
      {status}
    </span>
  );
}
