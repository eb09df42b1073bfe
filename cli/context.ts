import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CliConfig } from '../config/cli';
import { ApiClient } from './api-client';
import type { ExitCode } from './exit-codes';
import { Output, type Terminal } from './output';

/** What a command works with. */
export interface CommandContext {
  readonly api: ApiClient;
  readonly output: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What options of sources read from and send to. */
export function sourceIo({ api, stdin }: CommandContext) {
  return {
    stdin,
    putManifest: (body: () => AsyncIterable<Uint8Array>, sha256: string) => api.putManifest(body(), sha256),
  };
}

/** A mistake in the command line: said in one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Invocation {
  readonly terminal: Terminal;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly config: () => CliConfig;
  /** Absent: that of the process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly sleep?: (ms: number) => Promise<void>;
  exitCode: ExitCode;
}

export type Action<Options> = (context: CommandContext, args: readonly string[], options: Options) => Promise<ExitCode>;

/** Commander's action for a command: the last two arguments it passes are options and command, the rest the operands. */
export function action<Options>(invocation: Invocation, run: Action<Options>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const operands = given.slice(0, -2).filter((operand): operand is string => typeof operand === 'string');
    // An unset variable in a script: as an id it would ask for something else, a list for example.
    if (operands.includes('')) throw new UsageError('an argument is empty');
    const options = command.optsWithGlobals<Options & { json?: boolean }>();
    const context: CommandContext = {
      api: new ApiClient(invocation.config()),
      output: new Output(invocation.terminal, options.json === true),
      stdin: invocation.stdin,
      sleep: invocation.sleep ?? ((ms) => delay(ms)),
    };
    invocation.exitCode = await run(context, operands, options);
  };
}
