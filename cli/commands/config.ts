import { createRequire } from 'node:module';
import type { Command } from 'commander';
import type * as Checks from '../../checks';
import { configJsonSchema } from '../../config/describe';
import { loadConfigAndFile, loadConfigFile, type LoadedConfig } from '../../config/load';
import { ConfigurationError } from '../../config/problems';
import type { Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { Output, printable } from '../output';

interface CheckOptions {
  readonly file?: string;
  readonly json?: boolean;
}

/** `drover config …` */
export function addConfigCommand(program: Command, invocation: Invocation): void {
  const config = program
    .command('config')
    .description('Check the configuration, or print its schema')
    .helpCommand(false);
  config
    .command('check')
    .description('Load the configuration, and test the connections to stores and Temporal')
    .option('--file <path>', 'configuration file (default: the one that API and workers load)')
    .action(async (_options: CheckOptions, command: Command) => {
      const options = command.optsWithGlobals<CheckOptions>();
      const results: Checks.CheckResult[] = [];
      const output = new Output(invocation.terminal, options.json === true);
      for await (const result of runChecks(invocation, options.file)) {
        results.push(result);
        if (!output.json) invocation.terminal.stdout.write(`${lineOf(result)}\n`);
      }
      const ok = results.every((result) => result.ok);
      if (output.json) output.result({ ok, checks: results }, () => '');
      invocation.exitCode = ok ? EXIT.ok : EXIT.failed;
    });
  config
    .command('schema')
    .description('Print the JSON Schema of drover.config.yaml, for editors')
    .action(() => {
      invocation.terminal.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    });
}

async function* runChecks(invocation: Invocation, file: string | undefined): AsyncGenerator<Checks.CheckResult> {
  const name = 'configuration';
  let loaded: LoadedConfig;
  try {
    loaded = file === undefined ? loadConfigAndFile(invocation.env) : loadConfigFile(file, invocation.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const problem of error.problems) yield { name, ok: false, detail: problem };
    return;
  }
  yield { name, ok: true, detail: loaded.file ?? 'no file: environment and defaults' };
  yield* loadChecks().checkConfig(loaded.config);
}

/** The SDKs of stores and Temporal take long to load: other commands need not wait for them. */
function loadChecks(): typeof Checks {
  return createRequire(__filename)('../../checks') as typeof Checks;
}

function lineOf({ name, ok, detail, advice }: Checks.CheckResult): string {
  const line = `${ok ? 'ok    ' : 'FAILED'}  ${printable(name)}: ${printable(detail)}`;
  return advice === undefined ? line : `${line}\n        ${printable(advice)}`;
}
