/** What a case shows on one store, in the words of the table in docs/run/stores.md. */
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import { onlyAnswered } from '../../support/servers/store-matrix';

export const WORKS = 'yes';

/**
 * `yes` when the row says success and the effect is there; `no effect` when the row says success only; the status and code
 * of a failed row otherwise. A failed row whose effect is there all the same is told apart, for it lies.
 */
export async function seen(outcome: TaskOutcome, effect: () => Promise<boolean>): Promise<string> {
  // What the store does not know or does not have is not there.
  const done = (await effect().catch(onlyAnswered)) ?? false;
  const row = rowOf(outcome);
  if (outcome.status === 'succeeded') return done ? WORKS : 'no effect';
  return done ? `${row}, yet done` : row;
}

export function rowOf(outcome: TaskOutcome): string {
  if (outcome.status === 'failed') return `${outcome.httpStatus} ${outcome.errorCode}`;
  return outcome.status === 'succeeded' ? WORKS : outcome.status;
}
