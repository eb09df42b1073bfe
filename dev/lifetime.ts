import { Supervisor } from './supervisor';

export interface Lifetime {
  /** Never rejects; resolves at the first signal. */
  readonly stopped: Promise<void>;
  readonly say: (line: string) => void;
  /** A supervisor whose parts are stopped before this process ends, however it ends. Called once. */
  supervise(home: string): Supervisor;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program that starts a stack. It ends when `program` does (exit code 0; 1 with the message alone when it rejects: these
 * messages are made for reading), or at the first signal (`signalExitCode`), with every part stopped. A second signal kills
 * what is left.
 */
export function runUntilStopped(program: (lifetime: Lifetime) => Promise<void>, signalExitCode = 0): void {
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
