import { SUCCESSFUL, type TaskOutcome } from '../../contracts/engine/outcome';
import type { FailedOutcome, Waited } from '../../contracts/engine/waiting';
import { type RestoreFound, restoreWaitingOf } from './restore-waiting';

const ASKED_AGAIN: TaskOutcome = {
  status: 'succeeded',
  httpStatus: 200,
  message: 'Successful: the restored copy was gone before it was used, and was asked for once more',
};

const LOST: FailedOutcome = {
  status: 'failed',
  httpStatus: 409,
  errorCode: 'RestoreLost',
  message:
    'The object was restored twice, and each time the copy was gone, or the restore was dropped, before it was used',
};

/** The outcome of a restore after a look; undefined when it is to be asked for, for the first or a second time. */
export function afterWait({ waiting, found }: Waited): TaskOutcome | undefined {
  const { asked, accepted } = restoreWaitingOf(waiting);
  switch (found as RestoreFound) {
    case 'readable':
      return asked > 1 && accepted ? ASKED_AGAIN : SUCCESSFUL;
    case 'lost':
      return asked > 1 ? LOST : undefined;
    case 'turn':
      return undefined;
  }
}
