import { SUCCESSFUL, type TaskOutcome } from '../../../contracts/engine/outcome';
import type { FailedOutcome } from '../../../contracts/engine/waiting';
import { ALREADY_IN_DESIRED_STATE } from '../desired-state';

export interface SucceededStep {
  readonly label: string;
  readonly message: string;
}

export function failedAt(label: string, outcome: FailedOutcome): FailedOutcome {
  return { ...outcome, message: `${label}: ${outcome.message}` };
}

/**
 * The row of an object whose steps have all succeeded; `steps` are those that were applied. What a step says beyond
 * "Successful" is kept as it is when it is all there is to say, and with the step's name otherwise. So `AlreadyInDesiredState`
 * alone means that no step had to do anything. `none` is the row when no step was for the object.
 */
export function succeededWith(steps: readonly SucceededStep[], none: TaskOutcome): TaskOutcome {
  if (steps.length === 0) return none;
  if (steps.every(({ message }) => message === ALREADY)) return ALREADY_IN_DESIRED_STATE;
  const telling = steps.filter(({ message }) => message !== '' && message !== SUCCESSFUL_TEXT);
  const [first, second] = telling;
  if (first === undefined) return SUCCESSFUL;
  if (second === undefined && first.message !== ALREADY) return said(first.message);
  return said(telling.map(({ label, message }) => `${label}: ${message}`).join('; '));
}

const ALREADY = messageOf(ALREADY_IN_DESIRED_STATE);
const SUCCESSFUL_TEXT = messageOf(SUCCESSFUL);

function messageOf(outcome: TaskOutcome): string {
  return outcome.status === 'pending' ? '' : outcome.message;
}

function said(message: string): TaskOutcome {
  return { status: 'succeeded', httpStatus: 200, message };
}
