import type { ObjectProperties } from '../../storage/object-store';
import type { OperationContext } from '../operation';

/** What was written a minute before the job was created by another clock may have been written by the job. */
const CLOCK_SKEW_MS = 60_000;

/** True when the job itself may have written the object. */
export function mayBeWrittenByJob(
  there: Pick<ObjectProperties, 'lastModified'> | undefined,
  { createdAt }: Pick<OperationContext, 'createdAt'>,
  skewMs = CLOCK_SKEW_MS,
): boolean {
  return there?.lastModified !== undefined && there.lastModified.getTime() >= createdAt.getTime() - skewMs;
}
