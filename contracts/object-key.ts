/** Taken as paths, some keys lead out of their bucket: on stores that keep objects as files, into another one. */
import type { TaskOutcome } from './engine/outcome';

/** What becomes of a request, or a row, that names one. The code is S3's for an address that it can't take. */
export const CLIMBING = {
  status: 'failed',
  httpStatus: 400,
  errorCode: 'InvalidURI',
  message: 'The key climbs above its bucket when it is taken for a path: it has more .. than names before them',
} as const satisfies TaskOutcome;

/**
 * True when there are, from left to right, ever more `..` than names before them: S3 refuses these ("Naming Amazon S3 objects").
 * `a/../b` does not climb, `a/../../b` does. Empty names and `.` count for nothing, for paths drop them. Some stores and systems
 * take a backslash for a slash, so that no reading of the key may climb.
 */
export function climbs(key: string): boolean {
  if (!key.includes('..')) return false;
  return depthOf(key.split('/')) < 0 || (key.includes('\\') && depthOf(key.split(/[/\\]/)) < 0);
}

/** True for `.` and `a/..`: taken for a path, the key is the bucket. */
export function isBucketItself(key: string): boolean {
  return (key.includes('..') || /^[./]/.test(key)) && depthOf(key.split('/')) === 0;
}

/** For the begin of keys: what follows its last slash is only the begin of a name. */
export function startClimbs(start: string): boolean {
  return climbs(start.slice(0, start.lastIndexOf('/') + 1));
}

/** How many names deep the path ends; -1 when it leaves the root on the way. */
function depthOf(names: readonly string[]): number {
  let depth = 0;
  for (const name of names) {
    if (name === '..') depth -= 1;
    else if (name !== '' && name !== '.') depth += 1;
    if (depth < 0) return -1;
  }
  return depth;
}
