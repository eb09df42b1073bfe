import { Command } from 'commander';
import { loadCliConfig, terminalEnvironment } from '../config/cli';
import { packageVersion } from '../config/package-version';
import { defined } from '../contracts/defined';
import { addCancelCommand } from './commands/cancel';
import { addCompletionCommand } from './commands/completion';
import { addConfigCommand } from './commands/config';
import { addConfirmCommand } from './commands/confirm';
import { addCreateCommand } from './commands/create';
import { addDescribeCommand } from './commands/describe';
import { addLimitsCommand } from './commands/limits';
import { addListCommand } from './commands/list';
import { addOperationsCommand } from './commands/operations';
import { addPauseCommand } from './commands/pause';
import { addPreviewCommand } from './commands/preview';
import { addPriorityCommand } from './commands/priority';
import { addReportCommand } from './commands/report';
import { addResumeCommand } from './commands/resume';
import { addRetryCommand } from './commands/retry';
import { addScheduleCommand } from './commands/schedule';
import { addStoreCommand } from './commands/store';
import { addTagsCommand } from './commands/tags';
import { addTopCommand } from './commands/top';
import { addVaultCommand } from './commands/vault';
import { addVerbCommands } from './commands/verbs';
import { addWatchCommand } from './commands/watch';
import type { Invocation, OnInterrupt } from './context';
import { EXIT, type ExitCode } from './exit-codes';
import type { Terminal } from './output';
import { reportError } from './report-error';

const COMMANDS = [
  addCreateCommand,
  addPreviewCommand,
  addRetryCommand,
  addVerbCommands,
  addListCommand,
  addDescribeCommand,
  addWatchCommand,
  addTopCommand,
  addPauseCommand,
  addResumeCommand,
  addConfirmCommand,
  addPriorityCommand,
  addLimitsCommand,
  addTagsCommand,
  addCancelCommand,
  addReportCommand,
  addScheduleCommand,
  addOperationsCommand,
  addConfigCommand,
  addStoreCommand,
  addVaultCommand,
  addCompletionCommand,
];

export interface RunOptions {
  readonly terminal: Terminal;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Absent: that of the process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Absent: Ctrl-C is what it is for the process. */
  readonly onInterrupt?: OnInterrupt;
}

/** Runs one command line (without `node` and script) and says how it ended. Never throws. */
export async function run(argv: readonly string[], options: RunOptions): Promise<ExitCode> {
  const invocation: Invocation = {
    terminal: options.terminal,
    stdin: options.stdin,
    config: () => loadCliConfig(options.env),
    ...defined({ env: options.env, sleep: options.sleep, onInterrupt: options.onInterrupt }),
    exitCode: EXIT.ok,
  };
  try {
    await buildProgram(invocation).parseAsync(argv, { from: 'user' });
    return invocation.exitCode;
  } catch (error) {
    return reportError(error, argv, options.terminal, {
      json: asksForJson(argv),
      env: terminalEnvironment(options.env),
    });
  }
}

function buildProgram(invocation: Invocation): Command {
  const program = new Command('drover')
    .description('S3 Batch Operations for any S3-compatible store')
    .version(packageVersion(), '--version', 'show the version')
    .option('--json', 'print JSON only on stdout')
    .helpCommand(false)
    .showHelpAfterError(false);
  for (const add of COMMANDS) add(program, invocation);
  program.addHelpText(
    'after',
    '\nEnvironment: DROVER_API_URL (http://127.0.0.1:8800), DROVER_ACCESS_KEY and DROVER_SECRET_KEY.' +
      '\nExit codes: 0 done (watch, create --wait: every task succeeded), 1 refused or tasks failed, 2 usage, 3 API unreachable (watch, create --wait: for an hour), 130 Ctrl-C (the job goes on).',
  );
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => invocation.terminal.stdout.write(text),
      writeErr: (text) => invocation.terminal.stderr.write(text),
      // Said by reportError.
      outputError: () => undefined,
    });
  }
  return program;
}

/** `--json`, wherever it stands among the options. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}
