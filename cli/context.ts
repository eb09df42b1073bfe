import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type CliConfig, terminalEnvironment } from '../config/cli';
import { ApiClient } from './api-client';
import { EXIT, type ExitCode } from './exit-codes';
import { resolveJobId } from './options/job-id';
import { Output, type Terminal } from './output';
import { hasColours } from './text/colour';
import { UsageError } from './usage-error';

/** What a command works with. */
export interface CommandContext {
  readonly api: ApiClient;
  readonly output: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly onInterrupt: OnInterrupt;
}

/** Calls the handler at the next Ctrl-C, until the function that it gives back is called. */
export type OnInterrupt = (handler: () => void) => () => void;

/** What `work` ends with, or the exit code of a Ctrl-C that comes first. */
export async function untilInterrupted(
  { onInterrupt }: Pick<CommandContext, 'onInterrupt'>,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  let stop = (): void => undefined;
  const interrupted = new Promise<ExitCode>((resolve) => {
    stop = onInterrupt(() => resolve(EXIT.interrupted));
  });
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    stop();
  }
}

/** What options of sources read from and send to. */
export function sourceIo({ api, stdin }: CommandContext) {
  return {
    stdin,
    putManifest: (body: () => AsyncIterable<Uint8Array>, sha256: string) => api.putManifest(body(), sha256),
  };
}

export interface Invocation {
  readonly terminal: Terminal;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly config: () => CliConfig;
  /** Absent: that of the process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly onInterrupt?: OnInterrupt;
  exitCode: ExitCode;
}

export type Action<Options> = (context: CommandContext, args: readonly string[], options: Options) => Promise<ExitCode>;

/** Commander's action for a command: the last two arguments it passes are options and command, the rest the operands. */
export function action<Options>(invocation: Invocation, run: Action<Options>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const operands = given
      .slice(0, -2)
      .flat()
      .filter((operand): operand is string => typeof operand === 'string');
    // An unset variable in a script: as an id it would ask for something else, a list for example.
    if (operands.includes('')) throw new UsageError('an argument is empty');
    const options = { ...command.optsWithGlobals<Options & JobNames & { json?: boolean }>() };
    const context: CommandContext = {
      api: new ApiClient(invocation.config()),
      output: new Output(
        invocation.terminal,
        options.json === true,
        hasColours(invocation.terminal.stdout, terminalEnvironment(invocation.env)),
      ),
      stdin: invocation.stdin,
      sleep: invocation.sleep ?? ((ms) => delay(ms)),
      onInterrupt: invocation.onInterrupt ?? (() => () => undefined),
    };
    for (const name of ['like', 'fromJob'] as const) {
      const named = options[name];
      if (named !== undefined) Object.assign(options, { [name]: await resolveJobId(context.api, named) });
    }
    invocation.exitCode = await run(context, await resolved(context.api, command, operands), options);
  };
}

/** Options whose values are ids of jobs. */
interface JobNames {
  readonly like?: string;
  readonly fromJob?: string;
}

/** An operand `<job-id>` may be the ARN or the beginning of an id. */
async function resolved(api: ApiClient, command: Command, operands: readonly string[]): Promise<readonly string[]> {
  if (command.registeredArguments[0]?.name() !== 'job-id') return operands;
  // Behind `--set a=1`, `tags` may have pairs before the id.
  const jobId = operands.find((operand) => !operand.includes('='));
  if (jobId === undefined) return operands;
  return [await resolveJobId(api, jobId), ...operands.filter((operand) => operand !== jobId)];
}
