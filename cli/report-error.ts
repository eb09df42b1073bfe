import { CommanderError } from 'commander';
import { DroverError } from '../contracts/engine/failures';
import { ApiError, UnreachableError } from './api-client';
import { EXIT, type ExitCode } from './exit-codes';
import { QUOTES_HINT } from './options/read-json';
import { printable, type Terminal } from './output';
import { hasColours, red } from './text/colour';
import { UsageError } from './usage-error';

interface Said {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** Says on stderr what went wrong, in text or as one line of JSON, and gives the exit code. */
export function reportError(
  error: unknown,
  argv: readonly string[],
  { stderr }: Terminal,
  { json, env }: { readonly json: boolean; readonly env: NodeJS.ProcessEnv },
): ExitCode {
  // Asking for help is no mistake.
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  const { exitCode, ...said } = saidOf(error, argv);
  const { code, message, advice = '' } = said;
  if (json) stderr.write(`${JSON.stringify({ error: said, exitCode })}\n`);
  else {
    const text = error instanceof ApiError ? `${code}: ${message}` : message;
    const lines = [...text.split('\n'), advice].filter((line) => line !== '');
    stderr.write(`${hasColours(stderr, env) ? red('drover:') : 'drover:'} ${lines.map(printable).join('\n')}\n`);
  }
  return exitCode;
}

function saidOf(error: unknown, argv: readonly string[]): Said {
  if (error instanceof CommanderError) return usageOf(error, argv);
  if (error instanceof UsageError) return { exitCode: EXIT.usage, code: 'Usage', message: error.message };
  if (error instanceof UnreachableError) {
    const advice = 'Start the API (npm run dev), or set DROVER_API_URL to its address.';
    return { exitCode: EXIT.unreachable, code: 'Unreachable', message: error.message, advice };
  }
  if (error instanceof ApiError) {
    const { code, message, advice } = error;
    // The API answers, but has nothing behind it.
    return { exitCode: code === 'ServiceUnavailable' ? EXIT.unreachable : EXIT.failed, code, message, advice };
  }
  if (error instanceof DroverError) {
    const { code, message, advice } = error;
    return { exitCode: EXIT.usage, code, message, advice };
  }
  return { exitCode: EXIT.failed, code: 'Error', message: error instanceof Error ? error.message : String(error) };
}

/** Commander's own words, which begin with "error:". */
function usageOf({ code, message }: CommanderError, argv: readonly string[]): Said {
  const text = message.replace(/^error: /, '');
  // The shell makes several words of JSON that is not in quotes.
  const isBroken = code === 'commander.excessArguments' && argv.some((word) => /^[{[]/.test(word));
  const advice = isBroken ? `${QUOTES_HINT}.` : '(run with --help for usage)';
  return { exitCode: EXIT.usage, code: 'Usage', message: text, advice };
}
