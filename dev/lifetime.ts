import { isRunByNpm } from '../config/dev';
import { makeFilesPrivate } from './parts/private-folder';
import { Supervisor } from './supervisor';

export interface Lifetime {
  /** Never rejects; resolves at the first signal. */
  readonly stopped: Promise<void>;
  readonly say: (line: string) => void;
  /** A supervisor whose parts are stopped before this process ends, however it ends. Called once. */
  supervise(home: string): Supervisor;
}

const PARENT_POLL_MS = 500;
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program that starts a stack. It ends when `program` does (exit code 0; 1 with the message alone when it rejects: these
 * messages are made for reading), or at the first signal (`signalExitCode`), with every part stopped. A second signal kills
 * what is left.
 */
export function runUntilStopped(program: (lifetime: Lifetime) => Promise<void>, signalExitCode = 0): void {
  makeFilesPrivate();
  let supervisor: Supervisor | undefined;
  let signals = 0;
  let ending = false;
  let tellStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    tellStopped = resolve;
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    tellStopped();
    await supervisor?.stop();
    process.exit(code);
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      signals += 1;
      if (signals === 1) {
        say('stopping …');
        void end(signalExitCode);
      } else {
        supervisor?.kill();
        process.exit(1);
      }
    });
  }
  if (isRunByNpm()) whenOrphaned(() => void end(signalExitCode));
  const supervise = (home: string): Supervisor => {
    supervisor = new Supervisor({ home, say });
    return supervisor;
  };
  program({ stopped, say, supervise }).then(
    () => end(0),
    (error: unknown) => {
      if (!ending) process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      return end(1);
    },
  );
}

/** An npm that was killed outright can't pass that on: nobody would be left to stop the stack. */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_POLL_MS);
  timer.unref();
}
