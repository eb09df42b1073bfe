import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import type { RestoreTier } from '../../contracts/job';
import { ask } from '../common/ask';
import { addressOf } from '../common/on-object';
import { restoreState } from '../common/restore-state';
import type { OperationContext } from '../operation';
import { waitFor } from './restore-waiting';

/** Classes of S3 that are read at once: to restore their objects is refused, or costs nothing. */
const ONLINE_CLASSES: readonly string[] = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'OUTPOSTS',
  'SNOW',
  'EXPRESS_ONEZONE',
];

/** The task waits for its turn when bytes have to be retrieved; undefined when they have not, or the row when its object can't be looked at. */
export async function turnOf(
  task: Task,
  tier: RestoreTier,
  context: OperationContext,
  signal: AbortSignal,
): Promise<TaskOutcome | undefined> {
  const question = () => context.storeFor(task.bucket, 'read').describeObject(addressOf(task), { signal });
  const found = await ask(question, task, context, signal);
  if ('refused' in found) return found.refused;
  const { storageClass = 'STANDARD', archiveStatus, contentLength: bytes } = found.answer;
  const state = restoreState(found.answer);
  const isOnline = ONLINE_CLASSES.includes(storageClass) && archiveStatus === undefined;
  if (state === 'restored' || state === 'in-progress' || isOnline) return undefined;
  if (bytes === undefined) {
    const message = 'The store does not tell the size of the object, and the job restores so many bytes a day';
    return { status: 'failed', httpStatus: found.answer.httpStatus, errorCode: 'InvalidResponse', message };
  }
  return { status: 'pending', waiting: waitFor({ for: 'turn', tier, asked: 0, accepted: false, bytes }, new Date()) };
}
