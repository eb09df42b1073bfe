/** Goal: a command that follows a job and is ended leaves in order, and the shell is told by what. Method: the signals, told to this process. */
import { Signals } from '../../../cli/signals';

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s calls the handler once, and is exit code %i', (signal, exitCode) => {
  const signals = new Signals();
  const handler = jest.fn();
  const stop = signals.onInterrupt(handler);
  process.emit(signal, signal);
  expect(handler).toHaveBeenCalledTimes(1);
  expect(signals.exitCode).toBe(exitCode);
  // The next one is what it always was.
  expect(process.listenerCount(signal)).toBe(0);
  stop();
  expect(NAMES.map((name) => process.listenerCount(name))).toEqual([0, 0, 0]);
});
