import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];
/** Shells add the number of a signal to it: 130 after Ctrl-C. */
const SHELL_BASE = 128;

/** The signals that end a command which follows something, and what the shell is told then. */
export class Signals {
  private last: Signal = 'SIGINT';

  /** Calls the handler at the first Ctrl-C, or when the program is told to end; the second signal ends it at once. */
  readonly onInterrupt = (handler: () => void): (() => void) => {
    const stops = SIGNALS.map((signal) => {
      const listener = (): void => {
        this.last = signal;
        handler();
      };
      process.once(signal, listener);
      return () => process.off(signal, listener);
    });
    return () => stops.forEach((stop) => stop());
  };

  get exitCode(): number {
    return SHELL_BASE + constants.signals[this.last];
  }
}
